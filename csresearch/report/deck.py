# mypy: allow-untyped-calls
# python-pptx annotates only a part of itself.
"""Deck: exhibits become slides with native, editable charts and tables, on a master whose theme can be replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from pptx.oxml import parse_xml
from pptx.presentation import Presentation as Deck
from pptx.shapes.base import BaseShape
from pptx.slide import Slide
from pptx.util import Inches, Pt

from csresearch.errors import OutputError
from csresearch.report.deck_bars import add_bars
from csresearch.report.deck_cards import add_cards, card_pages
from csresearch.report.deck_grid import add_grid
from csresearch.report.deck_lines import add_lines
from csresearch.report.deck_master import BASE_SLOT, BODY, CAUTION, SLIDE_NUMBER, SOURCE_SLOT, TITLE, Box, new_deck
from csresearch.report.deck_shapes import ALERT, INK, POINTS, described, panel, words, write
from csresearch.report.deck_table import TablePage, add_table, table_pages
from csresearch.report.deck_text import add_headlines, fill_text, text_pages
from csresearch.report.exhibit import Exhibit, Report, around
from csresearch.report.files import FIXED_DATE, fix_dates, write_whole
from csresearch.report.measure import fitting, fitting_size
from csresearch.show.specs import Bars, Cards, Chart, Grid, Headlines, Lines, TableSpec, Text
from csresearch.show.words import text

_Page: TypeAlias = Bars | Grid | Lines | Headlines | TablePage | Cards | Text
_HEADLINE_SIZES = tuple(float(size) for size in range(26, 13, -1))
_FOOT = ("Exhibit id", "Slide number")
_ORDER = ("Base", "Source", *_FOOT)
MOST = 255  # characters of a property of the file
_LAYOUT_OF: dict[type[_Page], str] = {
    Bars: "Chart",
    Grid: "Chart",
    Lines: "Chart",
    TablePage: "Table",
    Text: "Text",
    Cards: "Canvas",
    Headlines: "Canvas",
}


def write_deck(report: Report, to: Path, *, force: bool = False) -> Path:
    """Write a report as a PowerPoint deck; long tables, cards and texts go on over further slides.

    Returns
    -------
    Path
        The file written. Equal reports give equal bytes.

    Raises
    ------
    OutputError
        If the file cannot be written; a headline is too long for its place, or a row of a table for its slide.
    """
    deck = new_deck()
    cover = _new_slide(deck, "Cover")
    cover.placeholders[0].text_frame.text = report.title
    cover.placeholders[1].text_frame.text = report.subtitle
    for exhibit in report.exhibits:
        _slides(deck, exhibit, report.language)
    properties = deck.core_properties
    properties.title, properties.subject = report.title[:MOST], report.subtitle[:MOST]
    properties.author = properties.last_modified_by = "csresearch"
    properties.created = properties.modified = FIXED_DATE
    properties.language, properties.revision = report.language, 1

    def write_file(temporary: Path) -> None:
        deck.save(str(temporary))
        fix_dates(temporary)

    write_whole(to, write_file, force=force)
    return to


def _new_slide(deck: Deck, layout: str) -> Slide:
    """Add a slide whose placeholders, foot included, carry the names they have in the layout."""
    slide: Slide = deck.slides.add_slide(deck.slide_layouts.get_by_name(layout))
    slots = {slot.placeholder_format.idx: slot for slot in list(slide.slide_layout.placeholders)}
    for slot in slots.values():
        if slot.name in _FOOT:
            slide.shapes.clone_placeholder(slot)  # python-pptx leaves these out
    for shape in slide.placeholders:
        shape.name = slots[shape.placeholder_format.idx].name
    return slide


def _slides(deck: Deck, exhibit: Exhibit, language: str) -> None:
    """Add the slide of an exhibit, or several where its chart goes on."""
    # Cautions take one line each.
    box = BODY._replace(height=BODY.height - CAUTION.height * len(exhibit.flags) - 0.05 * bool(exhibit.flags))
    pages = _pages(exhibit.chart, box)
    first = 1
    for part, page in enumerate(pages, start=1):
        fields: dict[str, object] = {"headline": exhibit.headline, "part": part, "parts": len(pages)}
        headline = exhibit.headline if len(pages) == 1 else text("exhibit.part", language, fields=fields)
        slide = _new_slide(deck, _LAYOUT_OF[type(page)])
        described(_body(slide, page, box, language, first=first), exhibit.alt)
        _frame(slide, replace(exhibit, headline=headline), language)
        first += len(page.actions) if isinstance(page, Cards) else 0


def _pages(chart: Chart, box: Box) -> Sequence[_Page]:
    if isinstance(chart, TableSpec):
        return table_pages(chart, box)
    if isinstance(chart, Cards):
        return card_pages(chart)
    return text_pages(chart, box) if isinstance(chart, Text) else [chart]


def _body(slide: Slide, page: _Page, box: Box, language: str, *, first: int) -> BaseShape:
    """Fill the body; give the shape that carries the message."""
    if isinstance(page, Bars):
        return add_bars(slide, _placeholder(slide, "Chart"), page, box, language)
    if isinstance(page, Grid):
        return add_grid(slide, _placeholder(slide, "Chart"), page, box, language)
    if isinstance(page, Lines):
        return add_lines(slide, _placeholder(slide, "Chart"), page, box, language)
    if isinstance(page, TablePage):
        return add_table(_placeholder(slide, "Table"), page)
    if isinstance(page, Text):
        return fill_text(_placeholder(slide, "Body"), page, box)
    if isinstance(page, Cards):
        return add_cards(slide, page, box, language, first=first)
    return add_headlines(slide, page, box)


def _frame(slide: Slide, exhibit: Exhibit, language: str) -> None:
    """Write what stands around the body, then put the shapes in reading order."""
    said = around(exhibit, language)
    _fit(slide, "Title", exhibit.headline, TITLE, _HEADLINE_SIZES, exhibit)
    _fit(slide, "Base", said["base"], BASE_SLOT.box, (10.5, 10, 9.5, 9, 8.5, 8, 7), exhibit, cut=True)
    origin = "\n".join(filter(None, (said["wording"], said["source"])))
    _fit(slide, "Source", origin, SOURCE_SLOT.box, (9.5, 9, 8.5, 8, 7), exhibit, cut=True)
    cautions = [text("exhibit.caution", language, fields={"flags": flag}) for flag in exhibit.flags]
    for place, caution in enumerate(cautions):
        top = BODY.top + BODY.height - CAUTION.height * (len(cautions) - place)
        _caution(slide, caution, CAUTION._replace(top=top), language)
    _placeholder(slide, "Exhibit id").text_frame.text = text("deck.slide", language, fields={"id": exhibit.id})
    _placeholder(slide, "Slide number").text_frame.paragraphs[0]._p.insert(0, parse_xml(SLIDE_NUMBER))
    # Title, body and cautions, base, source, id, number: the order in which a screen reader speaks.
    places = {name: place for place, name in enumerate(("Title", "", *_ORDER))}
    for shape in sorted(slide.shapes, key=lambda shape: places.get(shape.name, 1)):
        slide.shapes._spTree.append(shape._element)
    notes = (exhibit.headline, *(said[name] for name in ("base", "wording", "notes", "source")), *cautions)
    slide.notes_slide.notes_text_frame.text = "\n".join(filter(None, notes))  # type: ignore[union-attr]


def _fit(
    slide: Slide, name: str, content: str, box: Box, sizes: Sequence[float], exhibit: Exhibit, *, cut: bool = False
) -> None:
    """Write into a placeholder at the largest size that fits; take an empty one away.

    What is too long is refused, or `cut` where the notes of the slide have the whole.
    """
    shape = _placeholder(slide, name)
    if not content:
        shape._element.getparent().remove(shape._element)
        return
    width, height = box.width * POINTS, box.height * POINTS
    # A headline that spills one word over is rather set a little smaller.
    single = fitting_size(content, width=width, height=sizes[0] * 1.5, sizes=sizes[:4])
    size = single or fitting_size(content, width=width, height=height, sizes=sizes)
    if size is None and cut:
        size, content = sizes[-1], fitting(content, width=width, height=height, size=sizes[-1])
    if size is None:
        raise OutputError(
            f"exhibit {exhibit.id}: its {name.lower()} has {len(content)} characters and does not fit "
            f"at {sizes[-1]:g} points; shorten it: {content[:60]!r}"
        )
    shape.text_frame.text = content
    for paragraph in shape.text_frame.paragraphs if size != sizes[0] else ():
        paragraph.font.size = Pt(size)


def _caution(slide: Slide, content: str, box: Box, language: str) -> None:
    sizes = (11.0, 10.0, 9.0, 8.0, 7.0)
    size = fitting_size(content, width=(box.width - 0.12) * POINTS, height=box.height * POINTS, sizes=sizes)
    frame = words(slide, box, name="Caution")
    frame.margin_left = Inches(0.12)
    write(frame, content, size=size or sizes[-1], colour=INK)
    mark = panel(slide, Box(box.left, box.top + 0.01, 0.05, box.height - 0.08), ALERT)
    described(mark, text("exhibit.mark", language))


def _placeholder(slide: Slide, name: str):  # type: ignore[no-untyped-def]
    """Find a placeholder by its name."""
    return next(shape for shape in slide.placeholders if shape.name == name)
