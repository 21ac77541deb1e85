# mypy: allow-untyped-calls
# python-pptx annotates only a part of itself.
"""The answer in big numbers, and sections of text in the body placeholder."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from pptx.enum.text import MSO_ANCHOR
from pptx.oxml import parse_xml
from pptx.shapes.group import GroupShape
from pptx.shapes.placeholder import SlidePlaceholder
from pptx.slide import Slide
from pptx.text.text import _Paragraph
from pptx.util import Inches, Pt

from csresearch.errors import OutputError
from csresearch.report.deck.master import Box
from csresearch.report.deck.shapes import (
    ACCENT,
    INK,
    MUTED,
    NAVY,
    POINTS,
    TINT,
    badge,
    bare,
    group,
    panel,
    words,
    write,
)
from csresearch.report.measure import fitting_size, text_height, wrapped
from csresearch.show.specs import BigNumber, Headlines, Section, Text

_GAP = 0.2
_NUMBER_HEIGHT = 1.75
_COLUMN_GAP = 0.45
_BULLET = 18.0
_BEFORE = (10, 4)  # points above a title, above a line
_DRAWING = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'


def add_headlines(slide: Slide, spec: Headlines, box: Box) -> GroupShape:
    """Draw the numbers in a row and the moves below, each a group; give the first."""
    count = len(spec.numbers)
    width = (box.width - _GAP * (count - 1)) / count
    height = _NUMBER_HEIGHT if spec.moves else 2.6
    groups = [group(slide, item.label) for item in spec.numbers]
    for place, (shapes, item) in enumerate(zip(groups, spec.numbers, strict=True)):
        _number(shapes, item, Box(box.left + place * (width + _GAP), box.top, width, height))
    if spec.moves:
        below = Box(box.left, box.top + height + 0.3, box.width, box.height - height - 0.3)
        _moves(group(slide, spec.moves_title), spec, below)
    return groups[0]


def _number(shapes: GroupShape, item: BigNumber, box: Box) -> None:
    panel(shapes, box, TINT)
    panel(shapes, Box(box.left, box.top, 0.06, box.height), ACCENT)
    frame = words(shapes, Box(box.left + 0.3, box.top + 0.1, box.width - 0.5, box.height - 0.2))
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    write(frame, item.label, size=13, colour=NAVY, bold=True)
    write(frame, item.number, size=44, colour=ACCENT, bold=True, new=True)
    ends = frame.paragraphs[-1].add_run()
    ends.text = f"  {item.ends}"
    ends.font.size = Pt(16)
    ends.font.color.theme_color = MUTED
    # A card without a note keeps the line, so that the numbers of all cards stand at one height.
    write(frame, item.note or "\N{NO-BREAK SPACE}", size=11, colour=MUTED, new=True)


def _moves(shapes: GroupShape, spec: Headlines, box: Box) -> None:
    write(words(shapes, box._replace(height=0.3)), spec.moves_title, size=14, colour=NAVY, bold=True)
    top = box.top + 0.42
    row = min(0.72, (box.top + box.height - top) / len(spec.moves))
    width = box.width - 0.65
    sizes = (16.0, 15.0, 14.0, 13.0, 12.0, 11.0, 10.0, 9.0)
    fits = [fitting_size(move, width=width * POINTS, height=row * POINTS, sizes=sizes) for move in spec.moves]
    size = min(fit or sizes[-1] for fit in fits)
    for place, move in enumerate(spec.moves, start=1):
        badge(shapes, Box(box.left, top + 0.02, 0.4, 0.4), str(place), size=13)
        lines = len(wrapped(move, width * POINTS, size))
        frame = words(shapes, Box(box.left + 0.6, top + (0.09 if lines == 1 else 0), width, row))
        write(frame, move, size=size, colour=INK)
        top += row


def text_pages(spec: Text, box: Box) -> list[Text]:
    """Split sections over slides so that each page fits two columns at 11 points or more."""
    pages: list[list[Section]] = [[]]
    for section in (part for whole in spec.sections for part in _parts(whole, box)):
        trial = [*pages[-1], section]
        if pages[-1] and _columns(Text(sections=tuple(trial)), box) is None:
            pages.append([section])
        else:
            pages[-1] = trial
    return [Text(sections=tuple(page)) for page in pages]


def _parts(section: Section, box: Box) -> list[Section]:
    """Cut a section that no slide could hold into several of the same title."""
    if len(section.lines) < 2 or _columns(Text(sections=(section,)), box) is not None:
        return [section]
    middle = len(section.lines) // 2
    halves = (replace(section, lines=section.lines[:middle]), replace(section, lines=section.lines[middle:]))
    return [part for half in halves for part in _parts(half, box)]


def fill_text(slide: Slide, placeholder: SlidePlaceholder, spec: Text, box: Box) -> SlidePlaceholder:
    """Write sections into the body, and into a second box where one column is too short for them.

    Raises
    ------
    OutputError
        If a line alone is longer than a slide.
    """
    fit = _columns(spec, box)
    if fit is None:
        title = spec.sections[0].title
        raise OutputError(f"section {title!r} holds a line that is longer than a slide; shorten it")
    columns, size = fit
    width = (box.width - _COLUMN_GAP * (len(columns) - 1)) / len(columns)
    places = [box._replace(left=box.left + k * (width + _COLUMN_GAP), width=width) for k in range(len(columns))]
    placeholder.left, placeholder.top, placeholder.width, placeholder.height = (Inches(part) for part in places[0])
    frames = [bare(placeholder.text_frame), *(words(slide, place, name="Body 2") for place in places[1:])]
    for frame, column in zip(frames, columns, strict=True):
        for place, line in enumerate(column):
            _paragraph(frame.add_paragraph() if place else frame.paragraphs[0], line, size, first=place == 0)
    return placeholder


class _Line(NamedTuple):
    """A paragraph: a title (level 0) or a line below it (level 1)."""

    level: int
    words: str


def _paragraph(paragraph: _Paragraph, line: _Line, size: float, *, first: bool) -> None:
    """Write a paragraph; bullets and indents are written out, so that columns look alike on every master."""
    run = paragraph.add_run()
    run.text, paragraph.level = line.words, line.level
    run.font.size, run.font.bold = Pt(size + 2 * (line.level == 0)), line.level == 0
    run.font.color.theme_color = NAVY if line.level == 0 else INK
    before = 0 if first else _BEFORE[line.level] * 100
    properties = paragraph._p.get_or_add_pPr()
    properties.set("marL", str(0 if line.level == 0 else 228600))
    properties.set("indent", str(0 if line.level == 0 else -171450))
    bullet = "<a:buNone/>"
    if line.level:
        bullet = '<a:buClr><a:schemeClr val="accent1"/></a:buClr><a:buFont typeface="+mj-lt"/><a:buChar char="•"/>'
    shape = f'<a:x {_DRAWING}><a:spcBef><a:spcPts val="{before}"/></a:spcBef>{bullet}</a:x>'
    for part in list(parse_xml(shape)):
        properties.append(part)


def _columns(spec: Text, box: Box) -> tuple[list[list[_Line]], float] | None:
    """Find columns and type size at which the sections fit; None if they do not. A line is never broken over two."""
    lines = [
        line for part in spec.sections for line in (_Line(0, part.title), *(_Line(1, words) for words in part.lines))
    ]
    room = box.height * POINTS
    for size in (16.0, 14.0):
        if sum(_heights(lines, box.width * POINTS, size)) <= room:
            return [lines], size
    # A title stays with its first line.
    cuts = [k for k in range(1, len(lines)) if lines[k - 1].level]
    for size in (14.0, 13.0, 12.0, 11.0):
        heights = _heights(lines, (box.width - _COLUMN_GAP) / 2 * POINTS, size)
        highs = {k: max(sum(heights[:k]), sum(heights[k:])) for k in cuts}
        best = min(highs, key=highs.__getitem__, default=0)
        if best and highs[best] <= room:
            return [lines[:best], lines[best:]], size
    return None


def _heights(lines: list[_Line], width: float, size: float) -> list[float]:
    """Heights of paragraphs in points, with the room above them."""
    return [
        text_height(line.words, width - _BULLET * line.level, size + 2 * (line.level == 0)) + _BEFORE[line.level]
        for line in lines
    ]
