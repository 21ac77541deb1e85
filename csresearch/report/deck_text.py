# mypy: allow-untyped-calls
# python-pptx annotates only a part of itself.
"""The answer in big numbers, and sections of text in the body placeholder."""

from __future__ import annotations

import math
from dataclasses import replace

from pptx.enum.text import MSO_ANCHOR
from pptx.shapes.group import GroupShape
from pptx.shapes.placeholder import SlidePlaceholder
from pptx.slide import Slide
from pptx.util import Pt

from csresearch.report.deck_master import Box
from csresearch.report.deck_shapes import ACCENT, INK, MUTED, NAVY, POINTS, TINT, badge, group, panel, words, write
from csresearch.report.measure import LINE_HEIGHT, fitting_size, wrapped
from csresearch.show.specs import BigNumber, Headlines, Section, Text

_GAP = 0.2
_NUMBER_HEIGHT = 1.75
_COLUMN_GAP = 0.45
_BULLET = 18.0


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
    if item.note:
        write(frame, item.note, size=11, colour=MUTED, new=True)


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
        if pages[-1] and _layout(Text(sections=tuple(trial)), box) is None:
            pages.append([section])
        else:
            pages[-1] = trial
    return [Text(sections=tuple(page)) for page in pages]


def _parts(section: Section, box: Box) -> list[Section]:
    """Cut a section that no slide could hold into several of the same title."""
    if len(section.lines) < 2 or _layout(Text(sections=(section,)), box) is not None:
        return [section]
    middle = len(section.lines) // 2
    halves = (replace(section, lines=section.lines[:middle]), replace(section, lines=section.lines[middle:]))
    return [part for half in halves for part in _parts(half, box)]


def fill_text(placeholder: SlidePlaceholder, spec: Text, box: Box) -> SlidePlaceholder:
    """Write sections into the body: titles on level 1, lines on level 2, in one or two columns.

    Raises
    ------
    ValueError
        If a section alone is longer than a slide.
    """
    fit = _layout(spec, box)
    if fit is None:
        raise ValueError(f"section {spec.sections[0].title!r} is longer than a slide; split it")
    columns, size = fit
    frame = placeholder.text_frame
    if columns > 1:
        properties = frame._txBody.bodyPr
        properties.set("numCol", str(columns))
        properties.set("spcCol", str(round(_COLUMN_GAP * 914400)))
    for section in spec.sections:
        for level, line in ((0, section.title), *((1, line) for line in section.lines)):
            paragraph = frame.add_paragraph() if frame.text else frame.paragraphs[0]
            paragraph.text, paragraph.level = line, level
            paragraph.font.size = Pt(size + 2 * (level == 0))
    return placeholder


def _layout(spec: Text, box: Box) -> tuple[int, float] | None:
    """Find columns and type size at which the sections fit; None if they do not."""
    for columns, size in ((1, 16.0), (1, 14.0), (2, 14.0), (2, 13.0), (2, 12.0), (2, 11.0)):
        width = (box.width - _COLUMN_GAP * (columns - 1)) / columns * POINTS
        total = sum(_section_height(section, width, size) for section in spec.sections)
        longest = max(_section_height(section, width, size) for section in spec.sections)
        slack = 0 if columns == 1 else 3 * size  # columns break between lines, never evenly
        if math.ceil(total / columns) + slack <= box.height * POINTS and longest <= box.height * POINTS * columns:
            return columns, size
    return None


def _section_height(section: Section, width: float, size: float) -> float:
    heading = len(wrapped(section.title, width, size + 2)) * (size + 2) * LINE_HEIGHT + 10
    return heading + sum(len(wrapped(line, width - _BULLET, size)) * size * LINE_HEIGHT + 4 for line in section.lines)
