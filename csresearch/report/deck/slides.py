# mypy: allow-untyped-calls
# python-pptx annotates only a part of itself.
"""Deck: exhibits become slides with native, editable charts and tables, on a master whose theme can be replaced."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from pptx.oxml import parse_xml
from pptx.shapes.base import BaseShape
from pptx.slide import Slide
from pptx.util import Inches, Pt

from csresearch.errors import OutputError
from csresearch.report.deck.bars import add_bars
from csresearch.report.deck.cards import add_cards, card_pages
from csresearch.report.deck.diagram import add_diagram
from csresearch.report.deck.funnel import add_funnel
from csresearch.report.deck.grid import add_grid
from csresearch.report.deck.language import mark_language
from csresearch.report.deck.lines import add_lines
from csresearch.report.deck.master import BASE_SLOT, BODY, CAUTION, SLIDE_NUMBER, SOURCE_SLOT, Box, Slot
from csresearch.report.deck.refit import refit
from csresearch.report.deck.shapes import ALERT, INK, MUTED, POINTS, described, panel, words, write
from csresearch.report.deck.table import TablePage, add_table, table_pages
from csresearch.report.deck.template import Master, Page, open_master
from csresearch.report.deck.text import add_headlines, fill_text, text_pages
from csresearch.report.exhibit import Exhibit, Report, around
from csresearch.report.files import FIXED_DATE, fix_dates, write_whole
from csresearch.report.measure import fitting, fitting_size
from csresearch.show.specs import (
    Bars,
    Board,
    Cards,
    Chart,
    Diagram,
    Dots,
    Funnel,
    Grid,
    Headlines,
    Lines,
    Surface,
    Swings,
    TableSpec,
    Text,
)
from csresearch.show.words import text

_Page: TypeAlias = Bars | Funnel | Grid | Lines | Diagram | Headlines | TablePage | Cards | Text
_HEADLINE_SIZES = tuple(float(size) for size in range(26, 13, -1))
_FOOT = ("Exhibit id", "Slide number")
_ORDER = ("Base", "Source", *_FOOT)
MOST = 255  # characters of a property of the file
_CHARTS: dict[type[_Page], Callable[..., BaseShape]] = {
    Bars: add_bars, Funnel: add_funnel, Grid: add_grid, Lines: add_lines,
}  # fmt: skip
_LAYOUT_OF: dict[type[_Page], str] = {
    **dict.fromkeys(_CHARTS, "Chart"), TablePage: "Table", Text: "Text", Diagram: "Canvas", Cards: "Canvas",
    Headlines: "Canvas",
}  # fmt: skip


def write_deck(
    report: Report,
    to: Path,
    *,
    template: Path | None = None,
    layouts: Mapping[str, str] | None = None,
    force: bool = False,
) -> Path:
    """Write a report as a PowerPoint deck; long tables, cards and texts go on over further slides.

    Parameters
    ----------
    report : Report
    to : Path
        The ``.pptx`` file.
    template : Path, optional
        Master of a client, ``.pptx`` or ``.potx``; its colours and fonts are kept.
    layouts : mapping, optional
        Our layouts to those of the template, where they have other names.
    force : bool
        Whether a file that stands there may be replaced.

    Returns
    -------
    Path
        The file written. Equal reports give equal bytes.

    Raises
    ------
    OutputError
        If the file cannot be written; a headline is too long for its place, or a row of a table for its slide; the
        template lacks a layout.
    """
    master = open_master(template, layouts)
    _cover(master, report)
    for exhibit in report.exhibits:
        _slides(master, exhibit, report.language)
    if not master.own:
        for slide in master.deck.slides:
            refit(slide, master.factor)
    mark_language(master.deck, report.language)
    properties = master.deck.core_properties
    properties.title, properties.subject = report.title[:MOST], report.subtitle[:MOST]
    properties.author = properties.last_modified_by = "csresearch"
    properties.created = properties.modified = FIXED_DATE
    properties.language, properties.revision = report.language, 1

    def write_file(temporary: Path) -> None:
        master.deck.save(str(temporary))
        fix_dates(temporary)

    write_whole(to, write_file, force=force)
    return to


def _cover(master: Master, report: Report) -> None:
    cover = _new_slide(master, "Cover")
    for name, content in (("Title", report.title), ("Subtitle", report.subtitle)):
        for shape in cover.placeholders:
            if shape.name == name:
                shape.text_frame.text = content
    cover.notes_slide.notes_text_frame.text = "\n".join(filter(None, (report.title, report.subtitle)))  # type: ignore[union-attr]


def _new_slide(master: Master, layout: str) -> Slide:
    """Add a slide whose placeholders carry the names of what they are for; those without use are taken away."""
    page = master.pages[layout]
    slide: Slide = master.deck.slides.add_slide(page.layout)
    for slot in list(page.layout.placeholders):
        if page.slots.get(slot.placeholder_format.idx) in _FOOT:
            slide.shapes.clone_placeholder(slot)  # python-pptx leaves these out
    for shape in list(slide.placeholders):
        name = page.slots.get(shape.placeholder_format.idx)
        if name is None or (name in ("Chart", "Table") and not hasattr(shape, f"insert_{name.lower()}")):
            shape._element.getparent().remove(shape._element)
        else:
            shape.name = name
    for lines, box in (("Base", page.base), ("Source", page.source)) if layout != "Cover" else ():
        if lines not in page.slots.values():
            words(slide, box, name=lines)
    return slide


def _slides(master: Master, exhibit: Exhibit, language: str) -> None:
    """Add the slide of an exhibit, or several where its chart goes on."""
    place = master.pages[_layout_of(exhibit.chart)]
    # Cautions take one line each.
    box = place.body._replace(
        height=place.body.height - CAUTION.height * len(exhibit.flags) - 0.05 * bool(exhibit.flags)
    )
    pages = _pages(exhibit.chart, box)
    first = 1
    for part, page in enumerate(pages, start=1):
        fields: dict[str, object] = {"headline": exhibit.headline, "part": part, "parts": len(pages)}
        headline = exhibit.headline if len(pages) == 1 else text("exhibit.part", language, fields=fields)
        slide = _new_slide(master, _LAYOUT_OF[type(page)])
        described(_body(slide, page, box, language, first=first), exhibit.alt)
        _frame(slide, replace(exhibit, headline=headline), language, place, own=master.own)
        first += len(page.actions) if isinstance(page, Cards) else 0


def _layout_of(chart: Chart) -> str:
    if isinstance(chart, TableSpec | Board | Swings):
        return "Table"
    return "Chart" if isinstance(chart, Surface | Dots) else _LAYOUT_OF[type(chart)]


def _pages(chart: Chart, box: Box) -> Sequence[_Page]:
    if isinstance(chart, TableSpec | Board | Swings):
        return table_pages(chart if isinstance(chart, TableSpec) else chart.table, box)
    if isinstance(chart, Cards):
        return card_pages(chart)
    if isinstance(chart, Surface):  # a slide has no contours: it shows the surface along its two lines
        if chart.profile is None:
            raise OutputError("a surface without a profile has nothing that a slide could draw")
        return [chart.profile]
    if isinstance(chart, Dots):  # native bars carry their intervals in print
        return [chart.bars]
    return text_pages(chart, box) if isinstance(chart, Text) else [chart]


def _body(slide: Slide, page: _Page, box: Box, language: str, *, first: int) -> BaseShape:
    """Fill the body; give the shape that carries the message."""
    if type(page) in _CHARTS:
        return _CHARTS[type(page)](slide, _placeholder(slide, "Chart"), page, box, language)
    if isinstance(page, Diagram):
        return add_diagram(slide, page, box, language)
    if isinstance(page, TablePage):
        frame = add_table(_placeholder(slide, "Table"), page)
        frame.left, frame.top = Inches(box.left), Inches(box.top)
        return frame
    if isinstance(page, Text):
        return fill_text(slide, _placeholder(slide, "Body"), page, box)
    if isinstance(page, Cards):
        return add_cards(slide, page, box, language, first=first)
    if isinstance(page, Headlines):
        return add_headlines(slide, page, box)
    raise TypeError(f"no slide shows a {type(page).__name__}")


def _frame(slide: Slide, exhibit: Exhibit, language: str, page: Page, *, own: bool) -> None:
    """Write what stands around the body, then put the shapes in reading order."""
    said = around(exhibit, language)
    _fit(slide, "Title", exhibit.headline, page.title, _HEADLINE_SIZES, exhibit.id, own=own)
    _fit(slide, "Base", said["base"], page.base, (10.5, 10, 9.5, 9, 8.5, 8, 7), exhibit.id, own=own, slot=BASE_SLOT)
    origin = "\n".join(filter(None, (said["wording"], said["source"])))
    _fit(slide, "Source", origin, page.source, (9.5, 9, 8.5, 8, 7), exhibit.id, own=own, slot=SOURCE_SLOT)
    cautions = [text("exhibit.caution", language, fields={"flags": flag}) for flag in exhibit.flags]
    for place, caution in enumerate(cautions):
        top = page.body.top + page.body.height - CAUTION.height * (len(cautions) - place)
        _caution(slide, caution, Box(page.body.left, top, page.body.width, CAUTION.height), language)
    for name, content in (
        ("Exhibit id", text("deck.slide", language, fields={"id": exhibit.id})),
        ("Slide number", ""),
    ):
        for shape in slide.placeholders:
            if shape.name == name and content:
                shape.text_frame.text = content
            elif shape.name == name:
                shape.text_frame.paragraphs[0]._p.insert(0, parse_xml(SLIDE_NUMBER))
    # Title, body and cautions, base, source, id, number: the order in which a screen reader speaks.
    places = {name: place for place, name in enumerate(("Title", "", *_ORDER))}
    for shape in sorted(slide.shapes, key=lambda shape: places.get(shape.name, 1)):
        slide.shapes._spTree.append(shape._element)
    notes = (exhibit.headline, *(said[name] for name in ("base", "wording", "notes", "source")), *cautions, exhibit.id)
    slide.notes_slide.notes_text_frame.text = "\n".join(filter(None, notes))  # type: ignore[union-attr]


def _fit(
    slide: Slide,
    name: str,
    content: str,
    box: Box,
    sizes: Sequence[float],
    id: str,
    *,
    own: bool,
    slot: Slot | None = None,
) -> None:
    """Write into the shape of a name at the largest size that fits; take an empty one away.

    What is too long is refused, or cut where it has a `slot`: the notes of the slide have the whole. On a client's
    master every size is written out, and a shape that is no placeholder takes the look of its slot.
    """
    shape = _placeholder(slide, name)
    if not content:
        shape._element.getparent().remove(shape._element)
        return
    width, height = box.width * POINTS, box.height * POINTS
    # A headline that spills one word over is rather set a little smaller.
    single = fitting_size(content, width=width, height=sizes[0] * 1.5, sizes=sizes[:4])
    size = single or fitting_size(content, width=width, height=height, sizes=sizes)
    if size is None and slot is not None:
        size, content = sizes[-1], fitting(content, width=width, height=height, size=sizes[-1])
    if size is None:
        raise OutputError(
            f"exhibit {id}: its {name.lower()} has {len(content)} characters and does not fit "
            f"at {sizes[-1]:g} points; shorten it: {content[:60]!r}"
        )
    shape.text_frame.text = content
    for paragraph in shape.text_frame.paragraphs if size != sizes[0] or not own else ():
        paragraph.font.size = Pt(size)
        if slot is not None and not shape.is_placeholder:
            paragraph.font.bold = slot.bold
            paragraph.font.color.theme_color = INK if slot is BASE_SLOT else MUTED


def _caution(slide: Slide, content: str, box: Box, language: str) -> None:
    sizes = (11.0, 10.0, 9.0, 8.0, 7.0)
    size = fitting_size(content, width=(box.width - 0.12) * POINTS, height=box.height * POINTS, sizes=sizes)
    frame = words(slide, box, name="Caution")
    frame.margin_left = Inches(0.12)
    write(frame, content, size=size or sizes[-1], colour=INK)
    mark = panel(slide, Box(box.left, box.top + 0.01, 0.05, box.height - 0.08), ALERT)
    described(mark, text("exhibit.mark", language))


class _Room:
    """Stands for a placeholder of a chart or table where the layout has none of that kind."""

    def __init__(self, slide: Slide) -> None:
        self.shapes = slide.shapes

    def insert_chart(self, kind, data):  # type: ignore[no-untyped-def]
        left, top, width, height = (Inches(part) for part in BODY)
        return self.shapes.add_chart(kind, left, top, width, height, data)

    def insert_table(self, rows, cols):  # type: ignore[no-untyped-def]
        left, top, width, height = (Inches(part) for part in BODY)
        return self.shapes.add_table(rows, cols, left, top, width, height)


def _placeholder(slide: Slide, name: str):  # type: ignore[no-untyped-def]
    """Find a shape by its name; a chart or table without placeholder goes on the slide itself."""
    return next((shape for shape in slide.shapes if shape.name == name), None) or _Room(slide)
