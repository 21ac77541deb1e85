# mypy: allow-untyped-calls
# python-pptx annotates only a part of itself.
"""Language of a deck: every run carries it, so that spelling, line breaks and screen readers follow."""

from __future__ import annotations

from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck

from csresearch.show.words import text

_OURS = ("/ppt/slides/", "/ppt/notesSlides/", "/ppt/charts/")
_RUNS = (qn("a:r"), qn("a:fld"), qn("a:br"))
_PROPERTIES = (qn("a:rPr"), qn("a:endParaRPr"), qn("a:defRPr"))


def mark_language(deck: Deck, language: str) -> None:
    """Set the language of all words on slides, in notes and in charts; layouts and master keep their own."""
    tag = text("language.tag", language)
    for part in deck.part.package.iter_parts():
        root = getattr(part, "_element", None)
        if root is None or not str(part.partname).startswith(_OURS):
            continue
        for run in root.iter(*_RUNS):
            if run.find(_PROPERTIES[0]) is None:
                run.insert(0, run.makeelement(_PROPERTIES[0], {}))
        for properties in root.iter(*_PROPERTIES):
            properties.set("lang", tag)
