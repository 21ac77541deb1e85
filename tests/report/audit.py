"""What an audit by the Office Open XML schemas finds wrong with a deck."""

from __future__ import annotations

from pathlib import Path

from openxml_audit import validate_pptx

AXIS_IDS = ("axId", "crossAx")  # python-pptx gives negative ones; PowerPoint reads them


def complaints(path: Path) -> list[str]:
    """List the errors, apart from negative ids of axes."""
    errors = validate_pptx(str(path)).errors
    known = [e for e in errors if "less than minimum 0" in e.description and any(name in e.path for name in AXIS_IDS)]
    return [f"{e.part_uri} {e.path}: {e.description}" for e in errors if e not in known]
