# mypy: allow-untyped-calls
# python-pptx annotates only a part of itself.
"""Deck: exhibits become slides with native, editable charts and tables, on a master whose theme can be replaced."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from pptx.oxml.xmlchemy import BaseOxmlElement
from pptx.presentation import Presentation as Deck
from pptx.shapes.base import BaseShape
from pptx.shapes.placeholder import LayoutPlaceholder, PlaceholderGraphicFrame
from pptx.slide import Slide
from pptx.util import Inches, Pt

from csresearch.errors import OutputError
from csresearch.report.deck_bars import add_bars, dress_bars
from csresearch.report.deck_cards import add_cards, card_pages
from csresearch.report.deck_grid import add_grid, dress_grid
from csresearch.report.deck_master import (
    BASE_SLOT,
    BODY,
    CAUTION,
    SOURCE_SLOT,
    TITLE,
    Box,
    layout_named,
    new_deck,
)
from csresearch.report.deck_shapes import ALERT, INK, POINTS, bare, panel, write
from csresearch.report.deck_table import TablePage, add_table, table_pages
from csresearch.report.deck_text import add_headlines, fill_text, text_pages
from csresearch.report.exhibit import Exhibit, as_table, distinct
from csresearch.report.files import FIXED_DATE, fix_dates, write_whole
from csresearch.report.measure import fitting, fitting_size
from csresearch.show.specs import Bars, Cards, Chart, Grid, Headlines, TableSpec, Text
from csresearch.show.words import text

_Page: TypeAlias = Bars | Grid | Headlines | TablePage | Cards | Text
_HEADLINE_SIZES = tuple(float(size) for size in range(26, 13, -1))
MOST = 255  # characters of a property of the file


def write_deck(
    exhibits: Sequence[Exhibit],
    to: str | Path,
    *,
    title: str,
    subtitle: str = "",
    language: str = "en",
    force: bool = False,
) -> Path:
    """Write exhibits as a PowerPoint deck.

    Parameters
    ----------
    exhibits : sequence of Exhibit
        One slide each, in this order; long tables, cards and texts go on over further slides.
    to : str or Path
        The ``.pptx`` file.
    title, subtitle : str
        The cover.
    language : str
        Language of words and numbers.
    force : bool
        Whether a file that stands there may be replaced.

    Returns
    -------
    Path
        The file written. Equal exhibits give equal bytes.

    Raises
    ------
    OutputError
        If the file cannot be written, or a headline is too long for two lines at 14 points.
    ValueError
        If there is no exhibit, or ids are repeated.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> bars = Bars(labels=("image", "price"), values=(0.3, 0.1), unit="share")
    >>> shown = Exhibit(id="drivers", headline="Image counts most.", frame=pd.DataFrame(), chart=bars, alt="Two bars")
    >>> write_deck([shown], Path(tempfile.mkdtemp()) / "deck.pptx", title="Drivers").name
    'deck.pptx'
    """
    deck = new_deck()
    _cover(deck, title, subtitle)
    for exhibit in distinct(exhibits):
        _slides(deck, exhibit, language)
    _properties(deck, title, subtitle, language)
    path = Path(to)

    def write_file(temporary: Path) -> None:
        deck.save(str(temporary))
        fix_dates(temporary)

    write_whole(path, write_file, force=force)
    return path


def _cover(deck: Deck, title: str, subtitle: str) -> None:
    slide = deck.slides.add_slide(layout_named(deck, "Cover"))
    slide.placeholders[0].text_frame.text = title
    slide.placeholders[1].text_frame.text = subtitle


def _slides(deck: Deck, exhibit: Exhibit, language: str) -> None:
    """Add the slide of an exhibit, or several where its chart goes on."""
    chart = exhibit.chart or as_table(exhibit.frame, language)
    box = _body_box(exhibit)
    pages = _pages(chart, box, language)
    first = 1
    for part, page in enumerate(pages, start=1):
        fields: dict[str, object] = {"headline": exhibit.headline, "part": part, "parts": len(pages)}
        headline = exhibit.headline if len(pages) == 1 else text("exhibit.part", language, fields=fields)
        slide = deck.slides.add_slide(layout_named(deck, _LAYOUT_OF[type(page)]))
        _name_placeholders(slide)
        _body(slide, page, box, language, first=first, alt=exhibit.alt)
        _frame(slide, replace(exhibit, headline=headline), language)
        first += len(page.actions) if isinstance(page, Cards) else 0


_LAYOUT_OF: dict[type[_Page], str] = {
    Bars: "Chart",
    Grid: "Chart",
    TablePage: "Table",
    Text: "Text",
    Cards: "Canvas",
    Headlines: "Canvas",
}


def _pages(chart: Chart, box: Box, language: str) -> Sequence[_Page]:
    if isinstance(chart, TableSpec):
        return table_pages(chart, box, language)
    if isinstance(chart, Cards):
        return card_pages(chart)
    return text_pages(chart, box) if isinstance(chart, Text) else [chart]


def _body_box(exhibit: Exhibit) -> Box:
    """Leave room for cautions, one line each."""
    return BODY._replace(height=BODY.height - CAUTION.height * len(exhibit.flags) - 0.05 * bool(exhibit.flags))


def _body(slide: Slide, chart: _Page, box: Box, language: str, *, first: int, alt: str) -> None:
    """Fill the body and describe it for those who do not see it."""
    shapes: Sequence[BaseShape]
    if isinstance(chart, (Bars, Grid)):
        placeholder = _placeholder(slide, "Chart")
        frame = (
            add_bars(placeholder, chart, language=language) if isinstance(chart, Bars) else add_grid(placeholder, chart)
        )
        frame.left, frame.top, frame.width, frame.height = (Inches(part) for part in box)
        shapes = [frame, *_dress(slide, frame, chart, language)]
    elif isinstance(chart, TablePage):
        shapes = [add_table(_placeholder(slide, "Table"), chart)]
    elif isinstance(chart, Text):
        body = _placeholder(slide, "Body")
        fill_text(body, chart, box)
        shapes = [body]
    elif isinstance(chart, Cards):
        shapes = add_cards(slide, chart, box, language, first=first)
    else:
        shapes = add_headlines(slide, chart, box, language)
    for place, shape in enumerate(shapes):
        _describe(shape, alt if place == 0 else shape.name)


def _dress(slide: Slide, frame: PlaceholderGraphicFrame, chart: Bars | Grid, language: str) -> list[BaseShape]:
    """Finish a chart in its final size; give the shapes drawn beside it."""
    if isinstance(chart, Bars):
        return dress_bars(slide, frame, chart, language)
    return dress_grid(slide, frame, chart, language)


def _frame(slide: Slide, exhibit: Exhibit, language: str) -> None:
    """Write what stands around the body, then put the shapes in reading order."""
    _fit(slide, "Title", exhibit.headline, TITLE, _HEADLINE_SIZES, exhibit)
    base = text("exhibit.base", language, fields={"base": exhibit.base}) if exhibit.base else ""
    _fit(slide, "Base", base, BASE_SLOT.box, (10.5, 10, 9.5, 9, 8.5, 8, 7), exhibit, cut=True)
    origin = []
    if exhibit.wording:
        origin.append(text("exhibit.wording", language, fields={"wording": exhibit.wording}))
    if exhibit.source:
        origin.append(text("exhibit.source", language, fields={"source": exhibit.source}))
    _fit(slide, "Source", "\n".join(origin), SOURCE_SLOT.box, (9.5, 9, 8.5, 8, 7), exhibit, cut=True)
    for place, flag in enumerate(exhibit.flags):
        top = BODY.top + BODY.height - CAUTION.height * (len(exhibit.flags) - place)
        _caution(slide, flag, CAUTION._replace(top=top), language)
    _foot(slide, text("deck.slide", language, fields={"id": exhibit.id}))
    _reading_order(slide)
    notes = slide.notes_slide.notes_text_frame
    if notes is not None:
        notes.text = _notes(exhibit, base, language)


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
    if size != sizes[0]:
        for paragraph in shape.text_frame.paragraphs:
            paragraph.font.size = Pt(size)


def _caution(slide: Slide, flag: str, box: Box, language: str) -> None:
    shape = slide.shapes.add_textbox(*(Inches(part) for part in box))
    shape.name = "Caution"
    bare(shape.text_frame)
    shape.text_frame.margin_left = Inches(0.12)
    content = text("exhibit.caution", language, fields={"flags": flag})
    sizes = (11.0, 10.0, 9.0, 8.0, 7.0)
    size = (
        fitting_size(content, width=(box.width - 0.12) * POINTS, height=box.height * POINTS, sizes=sizes) or sizes[-1]
    )
    write(shape.text_frame, content, size=size, colour=INK)
    shape.line.fill.background()
    mark = slide.shapes.add_group_shape()
    mark.name = "Caution mark"
    panel(mark, Box(box.left, box.top + 0.01, 0.05, box.height - 0.08), ALERT)
    _describe(mark, text("exhibit.mark", language))


def _foot(slide: Slide, content: str) -> None:
    """Copy id and slide number from the layout: python-pptx leaves them out."""
    for shape in _slots(slide):
        if shape.name in ("Exhibit id", "Slide number"):
            element = deepcopy(shape._element)
            (properties,) = element.xpath("p:spPr")
            for child in list(properties):
                properties.remove(child)
            for style in element.xpath("p:txBody/a:lstStyle"):
                for child in list(style):
                    style.remove(child)
            slide.shapes._spTree.append(element)
            (naming,) = element.xpath("p:nvSpPr/p:cNvPr")
            naming.set("id", str(max(int(taken) for taken in slide.shapes._spTree.xpath("//p:cNvPr/@id")) + 1))
            if shape.name == "Exhibit id":
                (run,) = element.xpath(".//a:t")
                run.text = content


def _reading_order(slide: Slide) -> None:
    """Title, body, cautions, base, source, id, number: the order in which a screen reader speaks."""
    tree = slide.shapes._spTree
    last = {"Base": 1, "Source": 2, "Exhibit id": 3, "Slide number": 4}

    def rank(element: BaseOxmlElement) -> int:
        (name,) = element.xpath("./*/p:cNvPr/@name")
        return -1 if name == "Title" else last.get(str(name), 0)

    for element in sorted((shape._element for shape in slide.shapes), key=rank):
        tree.append(element)


def _name_placeholders(slide: Slide) -> None:
    """Give the placeholders of a slide the names they have in the layout, in place of numbered ones."""
    names = {shape.placeholder_format.idx: shape.name for shape in _slots(slide)}
    for shape in slide.placeholders:
        shape.name = names[shape.placeholder_format.idx]


def _slots(slide: Slide) -> list[LayoutPlaceholder]:
    return list(slide.slide_layout.placeholders)


def _placeholder(slide: Slide, name: str):  # type: ignore[no-untyped-def]
    """Find a placeholder by the name it has in the layout."""
    (index,) = (shape.placeholder_format.idx for shape in _slots(slide) if shape.name == name)
    return slide.placeholders[index]


def _describe(shape: BaseShape, alt: str) -> None:
    """Set the alternative text."""
    (naming,) = shape._element.xpath("./*/p:cNvPr")
    naming.set("descr", alt)


def _notes(exhibit: Exhibit, base: str, language: str) -> str:
    lines = [exhibit.headline, base]
    for key, name, value in (
        ("exhibit.wording", "wording", exhibit.wording),
        ("exhibit.method", "notes", exhibit.notes),
        ("exhibit.source", "source", exhibit.source),
        ("exhibit.caution", "flags", " ".join(exhibit.flags)),
    ):
        lines += [text(key, language, fields={name: value})] if value else []
    return "\n".join(line for line in lines if line)


def _properties(deck: Deck, title: str, subtitle: str, language: str) -> None:
    properties = deck.core_properties
    properties.title, properties.subject, properties.language = title[:MOST], subtitle[:MOST], language
    properties.author = properties.last_modified_by = "csresearch"
    properties.created = properties.modified = FIXED_DATE
    properties.revision = 1
