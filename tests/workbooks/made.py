"""Workbooks that tests make themselves, down to the bytes where a library would not write them so."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def sheet_xml(rows: str, *, before: str = "", behind: str = "") -> str:
    return f"{DECLARATION}<worksheet {_MAIN}>{before}<sheetData>{rows}</sheetData>{behind}</worksheet>"


def text_cell(name: str, text: str) -> str:
    return f'<c r="{name}" t="inlineStr"><is><t>{text}</t></is></c>'


def write_xlsx(path: Path, sheet: str | Mapping[str, str], *, parts: Mapping[str, str | bytes] | None = None) -> Path:
    """A package with this XML as its only sheet `表一`, or one sheet per name; `parts` are added or replaced."""
    sheets = {"表一": sheet} if isinstance(sheet, str) else sheet
    listed = "".join(f'<sheet name="{n}" sheetId="{i}" r:id="r{i}"/>' for i, n in enumerate(sheets, 1))
    linked = "".join(
        f'<Relationship Id="r{i}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(sheets) + 1)
    )
    styles = f'<Relationship Id="s" Type="{_LINKS}/styles" Target="styles.xml"/>'
    everything: dict[str, str | bytes] = {
        "[Content_Types].xml": f'{DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'{DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r" '
        f'Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{DECLARATION}<workbook {_MAIN} xmlns:r="{_LINKS}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">'
        f"{linked}{styles}</Relationships>",
        "xl/styles.xml": f"{DECLARATION}<styleSheet {_MAIN}><cellXfs><xf/></cellXfs></styleSheet>",
    }
    everything |= {f"xl/worksheets/sheet{i}.xml": xml for i, xml in enumerate(sheets.values(), 1)}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in (everything | dict(parts or {})).items():
            file.writestr(name, content)
    return path


_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
_ODS_NAMES = " ".join(
    f'xmlns:{prefix}="{_OFFICE}:{name}:1.0"'
    for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"),
                         ("fo", "xsl-fo-compatible"))
)  # fmt: skip


def write_ods(path: Path, tables: str, *, styles: str = "") -> Path:
    content = (
        f'{DECLARATION}<office:document-content {_ODS_NAMES} xmlns:calcext="urn:org:documentfoundation:names:calc">'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        file.writestr("content.xml", content)
    return path
