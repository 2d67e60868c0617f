"""Changing what is asked: designing sheets, sending them, answering, reviewing."""

from dukao.sheets.actions.designing import DefinedSheet as DefinedSheet
from dukao.sheets.actions.designing import SheetInUse as SheetInUse
from dukao.sheets.actions.designing import define_sheet as define_sheet
from dukao.sheets.actions.designing import retire_sheet as retire_sheet
from dukao.sheets.actions.designing import save_draft as save_draft
