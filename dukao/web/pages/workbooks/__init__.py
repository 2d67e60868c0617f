"""表格助手: a form filled with what is known, a pile of them compared, one made a sheet; and a filing as a file."""

from django.urls import path

from dukao.web.pages.workbooks import comparing, drafting, filling, returning, uploading

_FILING = "filings/<str:number>/<str:unit>/workbook"

urlpatterns = [
    path("workbooks/", uploading.new, name="workbooks"),
    path("workbooks/reading/", uploading.reading, name="workbooks.reading"),
    path("workbooks/form/", filling.form, name="workbooks.form"),
    path("workbooks/form/filled/", filling.filled, name="workbooks.filled"),
    path("workbooks/overlap/", comparing.overlap, name="workbooks.overlap"),
    path("workbooks/overlap/report/", comparing.report, name="workbooks.report"),
    path("workbooks/sheet/", drafting.draft, name="workbooks.sheet"),
    path(f"{_FILING}/", returning.workbook, name="desk.workbook"),
    path(f"{_FILING}/taking/", returning.take, name="desk.take"),
    path(f"{_FILING}.xlsx", returning.template, name="desk.template"),
]
