"""Delivering data: a file comes up, its columns are matched on a page, it is read in the background, all is told."""

from django.urls import path

from dukao.web.pages.deliveries import reading, uploading

urlpatterns = [
    path("deliveries/", reading.deliveries, name="deliveries"),
    path("deliveries/new/", uploading.new, name="deliveries.new"),
    path("deliveries/receipt/", uploading.deliver, name="deliveries.deliver"),
    path("deliveries/<str:number>/", reading.delivery, name="deliveries.page"),
    path("deliveries/<str:number>/rejects.csv", reading.rejects, name="deliveries.rejects"),
]
