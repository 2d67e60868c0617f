from django.apps import AppConfig


class SheetsConfig(AppConfig):
    name = "dukao.sheets"
    # Called by the gate where it upholds an appeal against a demand of this kind.
    when_upheld = {"sheet": "dukao.sheets.actions.appeals.release_filing"}
