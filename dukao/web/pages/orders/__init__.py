"""Work orders of bad ratings: the list, and one of them with what comes next."""

from django.urls import path

from dukao.web.pages.orders import listing, one

_ORDER = "orders/<str:number>/"

urlpatterns = [
    path("orders/", listing.orders, name="orders"),
    path(_ORDER, one.order, name="orders.page"),
    path(_ORDER + "finding/", one.verify, name="orders.verify"),
    path(_ORDER + "answer/", one.answer, name="orders.answer"),
    path(_ORDER + "appeal/", one.appeal, name="orders.appeal"),
    path(_ORDER + "decision/", one.decide, name="orders.decide"),
    path(_ORDER + "contact/", one.contact, name="orders.contact"),
    path(_ORDER + "call-back/", one.call_back, name="orders.call_back"),
    path(_ORDER + "comment/", one.remove_comment, name="orders.remove_comment"),
]
