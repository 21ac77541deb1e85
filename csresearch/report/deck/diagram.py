"""Native path diagram of the deck: boxes, and arrows glued to them, all to be edited by hand."""

# mypy: allow-untyped-calls
# python-pptx annotates only a part of itself.
from __future__ import annotations

from pptx.enum.dml import MSO_LINE_DASH_STYLE
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.shapes.autoshape import Shape
from pptx.shapes.base import BaseShape
from pptx.shapes.group import GroupShape
from pptx.slide import Slide
from pptx.util import Emu, Inches, Pt

from csresearch.report.deck.master import Box
from csresearch.report.deck.shapes import (
    ACCENT,
    CALM,
    INK,
    MUTED,
    PAPER,
    POINTS,
    bare,
    described,
    group,
    panel,
    words,
    write,
)
from csresearch.report.measure import LINE_HEIGHT, fitting, shortened, text_width, wrapped
from csresearch.show.diagram import arrow_words, box_width, node_lines
from csresearch.show.format import number
from csresearch.show.layering import Box as Place
from csresearch.show.layering import Layout, Link, layered
from csresearch.show.specs import Arrow, Diagram, Node
from csresearch.show.words import text

_SIZES = (11.0, 10.0, 9.0, 8.0, 7.0)
_CAPTION, _KEY, _EDGE = 0.28, 0.25, 0.08  # inches
_HEAD = '<a:tailEnd xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" type="triangle"/>'
_Line = tuple[str, float, bool]  # words, size, bold


def add_diagram(slide: Slide, spec: Diagram, box: Box, language: str) -> BaseShape:
    """Put a path diagram on a slide as one group: boxes with text, connectors glued to their sides, labels.

    Parameters
    ----------
    slide : Slide
        Gets caption and key as well.
    spec : Diagram
        What is shown.
    box : Box
        The room there is.
    language : str
        Language of numbers and key.

    Returns
    -------
    BaseShape
        The group.
    """
    write(words(slide, box._replace(height=_CAPTION), name="Chart caption"), spec.caption, size=11, colour=MUTED)
    keys = [text("index.key", language)] + [text("index.weights", language)] * any(n.items for n in spec.nodes)
    foot = Box(box.left, box.top + box.height - _KEY, box.width, _KEY)
    write(words(slide, foot, name="Chart key"), "  ".join(keys), size=11, colour=MUTED)
    room = Box(box.left, box.top + _CAPTION, box.width, box.height - _CAPTION - _KEY)
    said = [arrow_words(arrow, spec, language) for arrow in spec.arrows]
    size, lines, layout = _fitted(spec, room, said, language)
    whole = group(slide, "Path diagram")
    shapes = [
        _box(whole, room, place, one, node.label)
        for place, one, node in zip(layout.boxes, lines, spec.nodes, strict=True)
    ]
    for arrow, link in zip(spec.arrows, layout.links, strict=True):
        named = f"{spec.nodes[arrow.source].label} → {spec.nodes[arrow.target].label}"
        _arrow(whole, arrow, link, shapes, named)
    for arrow, link, one in zip(spec.arrows, layout.links, said, strict=True):  # above all arrows
        _label(whole, room, link, one, size - 1.5, unsure=arrow.unsure)
    return whole


def _fitted(spec: Diagram, room: Box, said: list[str], language: str) -> tuple[float, list[list[_Line]], Layout]:
    """Find the largest type at which the boxes have room; the lines of each box, and where everything stands."""
    wide = box_width(spec, room.width, 1.15, most=2.0)
    for size in _SIZES:
        lines = [_lines(node, spec, language, size, wide) for node in spec.nodes]
        high = [sum(points * LINE_HEIGHT for _, points, _ in one) / POINTS + _EDGE for one in lines]
        longest = max((text_width(piece, size - 1.5) for one in said for piece in one.split("\n")), default=0.0)
        label = 0.94 * longest / POINTS, 2 * (size - 1.5) * LINE_HEIGHT / POINTS
        layout = layered(tuple((wide, h) for h in high), spec.edges, width=room.width, height=room.height, label=label)
        free = not any(a.overlap(b) for k, a in enumerate(layout.boxes) for b in layout.boxes[:k])
        if free and all(b.height / 2 <= b.y + 0.01 <= room.height + 0.02 - b.height / 2 for b in layout.boxes):
            break
    return size, lines, layout


def _lines(node: Node, spec: Diagram, language: str, size: float, wide: float) -> list[_Line]:
    room = (wide - 2 * _EDGE) * POINTS
    lines = [(line, size, True) for line in wrapped(shortened(node.label), room, size)]
    lines += [(line, size - 1, False) for line in node_lines(node, spec, language)]
    for item, weight in node.items:
        printed = number(weight, "sd", language)
        left = room - text_width(printed, size - 2) - 6
        lines.append((f"{fitting(item, width=left, height=size * 1.2, size=size - 2)} {printed}", size - 2, False))
    return lines


def _box(whole: GroupShape, room: Box, place: Place, lines: list[_Line], name: str) -> Shape:
    left, top = room.left + place.x - place.width / 2, room.top + place.y - place.height / 2
    shape = whole.shapes.add_shape(
        MSO_SHAPE.RECTANGLE, *(Inches(part) for part in (left, top, place.width, place.height))
    )
    shape.name = name
    described(shape, name)
    _plain(shape)
    shape.fill.solid()
    shape.fill.fore_color.theme_color = PAPER
    shape.line.color.theme_color = CALM
    shape.line.width = Pt(1.25)
    frame = shape.text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Emu(0)
    frame.vertical_anchor, frame.word_wrap = MSO_ANCHOR.MIDDLE, False
    for row, (content, size, bold) in enumerate(lines):
        write(frame, content, size=size, colour=INK, bold=bold, align=PP_ALIGN.CENTER, new=row > 0)
    return shape


def _plain(shape: BaseShape) -> None:
    """Take the style away, by which the theme would add a shadow."""
    for style in shape._element.xpath("p:style"):
        shape._element.remove(style)


def _arrow(whole: GroupShape, arrow: Arrow, link: Link, shapes: list[Shape], named: str) -> None:
    """Draw a connector glued to two boxes; thin and dashed is what the interval does not tell from zero."""
    line = whole.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, Emu(0), Emu(0), Emu(0), Emu(0))
    line.begin_connect(shapes[arrow.source], link.sides[0])
    line.end_connect(shapes[arrow.target], link.sides[1])
    _plain(line)
    line.name = named
    described(line, named)
    line.line.color.theme_color = MUTED if arrow.unsure else ACCENT
    line.line.width = Pt(1 if arrow.unsure else 1 + 3 * min(1.0, abs(arrow.value)))
    if arrow.unsure:
        line.line.dash_style = MSO_LINE_DASH_STYLE.DASH
    line.line._get_or_add_ln().append(parse_xml(_HEAD))


def _label(whole: GroupShape, room: Box, link: Link, said: str, size: float, *, unsure: bool) -> None:
    pieces = said.split("\n")
    wide = max(text_width(piece, size) for piece in pieces) / POINTS
    high = len(pieces) * size * LINE_HEIGHT / POINTS
    place = Box(room.left + link.label[0] - wide / 2, room.top + link.label[1] - high / 2, wide, high)
    frame = bare(panel(whole, place, PAPER).text_frame)
    frame.word_wrap = False
    for row, piece in enumerate(pieces):
        write(frame, piece, size=size, colour=MUTED if unsure else INK, align=PP_ALIGN.CENTER, new=row > 0)
