"""What the cells of an .xlsx sheet do not tell: formulas without a value, errors, per cent; read from its XML."""

from __future__ import annotations

import re
import zipfile
from collections import Counter

from csresearch.survey.checking.view import Finding, note, stop
from csresearch.survey.study_file.faults import listed

_FORMULA = re.compile(rb"<c\b[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_REFERENCE = re.compile(rb'\br="([A-Z]+)\d+"')
_ERROR = re.compile(rb'<c\b[^>]*\bt="e"[^>]*>')
_SHEET = re.compile(rb'<sheet\b[^>]*\b(?:\w+:)?id="([^"]+)"')
_XF = re.compile(rb'<xf\b[^>]*\bnumFmtId="(\d+)"')
_PERCENT = {9, 10}  # formats that every workbook has


def remarks(archive: zipfile.ZipFile, position: int, file: str) -> list[Finding]:
    """Look through the XML of one sheet; nothing where the archive is no .xlsx."""
    xml = _sheet(archive, position)
    found = []
    if b"<f" in xml and (cells := _columns(_FORMULA, xml)):
        remedy = "open it in Excel, let it calculate, save it again; a formula is read as the value that was saved"
        found.append(stop(file, f"formulas without a value in {_told(cells)}", "values", remedy, cells.total()))
    if b't="e"' in xml and (cells := _columns(_ERROR, xml)):
        remedy = "they are read as empty; mend the formulas"
        found.append(note(file, f"errors such as #N/A in {_told(cells)}", "values", remedy, cells.total()))
    if styles := _percent(archive):
        pattern = re.compile(
            rb'<c\b[^>]*\bs="(?:' + b"|".join(b"%d" % style for style in styles) + rb')"[^>]*>(?=\s*<[vf])'
        )
        if cells := _columns(pattern, xml):
            remedy = "85% is stored as 0.85 and read so; are the ends of the scale right for that?"
            found.append(note(file, f"per cent in {_told(cells)}", "numbers of the scale", remedy, cells.total()))
    return found


def _sheet(archive: zipfile.ZipFile, position: int) -> bytes:
    """XML of the sheet at a position of the workbook; b"" where it is not told so."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return b""
    keys = _SHEET.findall(archive.read("xl/workbook.xml"))
    related = archive.read("xl/_rels/workbook.xml.rels")
    for entry in re.findall(rb"<Relationship\b[^>]*>", related) if position < len(keys) else ():
        target = re.search(rb'\bTarget="([^"]+)"', entry)
        if b'Id="%s"' % keys[position] in entry and target:
            path = target[1].decode("utf-8", "replace")
            path = path.lstrip("/") if path.startswith("/") else f"xl/{path}"
            return archive.read(path) if path in names else b""
    return b""


def _percent(archive: zipfile.ZipFile) -> list[int]:
    """Positions of the cell styles that show per cent."""
    if "xl/styles.xml" not in archive.namelist():
        return []
    xml = archive.read("xl/styles.xml")
    formats = _PERCENT | {
        int(number[1])
        for entry in re.findall(rb"<numFmt\b[^>]*>", xml)
        if b"%" in entry and (number := re.search(rb'numFmtId="(\d+)"', entry))
    }
    used = re.search(rb"<cellXfs\b.*?</cellXfs>", xml, re.DOTALL)
    return [place for place, number in enumerate(_XF.findall(used[0])) if int(number) in formats] if used else []


def _columns(pattern: re.Pattern[bytes], xml: bytes) -> Counter[str]:
    """Letter of the column -> cells that match."""
    places = (_REFERENCE.search(cell[0]) for cell in pattern.finditer(xml))
    return Counter(place[1].decode() for place in places if place)


def _told(cells: Counter[str]) -> str:
    column = "column" if len(cells) == 1 else "columns"
    names = sorted(cells, key=_in_order)
    return f"{cells.total()} cells of {column} {listed(names)}"


def _in_order(letters: str) -> tuple[int, str]:
    return len(letters), letters
