"""Documents are written whole or not at all, with fixed dates."""

from __future__ import annotations

import zipfile
from pathlib import Path

from csresearch.writing import FIXED_DATE as FIXED_DATE
from csresearch.writing import write_whole as write_whole


def fix_dates(path: Path) -> None:
    """Give every member of a zip file the same date, so that equal contents are equal bytes."""
    date = (FIXED_DATE.year, FIXED_DATE.month, FIXED_DATE.day, 0, 0, 0)
    with zipfile.ZipFile(path) as source:
        members = [(info.filename, source.read(info)) for info in source.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members:
            member = zipfile.ZipInfo(name, date)
            member.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(member, content)
