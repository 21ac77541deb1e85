# mypy: allow-untyped-calls
# python-pptx annotates only a part of itself.
"""Text and panels on a slide, in colours of the theme."""

from __future__ import annotations

from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.shapes.autoshape import Shape
from pptx.shapes.base import BaseShape
from pptx.shapes.group import GroupShape
from pptx.slide import Slide
from pptx.text.text import TextFrame
from pptx.util import Emu, Inches, Pt

from csresearch.report.deck.master import Box

INK, PAPER = MSO_THEME_COLOR.TEXT_1, MSO_THEME_COLOR.BACKGROUND_1
NAVY, TINT = MSO_THEME_COLOR.TEXT_2, MSO_THEME_COLOR.BACKGROUND_2
ACCENT, ALERT, CALM = MSO_THEME_COLOR.ACCENT_1, MSO_THEME_COLOR.ACCENT_2, MSO_THEME_COLOR.ACCENT_4
LINE, MUTED = MSO_THEME_COLOR.ACCENT_5, MSO_THEME_COLOR.ACCENT_6
POINTS = 72  # in an inch


def write(
    frame: TextFrame,
    content: str,
    *,
    size: float,
    colour: MSO_THEME_COLOR,
    bold: bool | None = None,
    align: PP_ALIGN | None = None,
    new: bool = False,
) -> None:
    """Write one paragraph: the first one, or a new one behind it."""
    paragraph = frame.add_paragraph() if new else frame.paragraphs[0]
    run = paragraph.add_run()
    run.text = content
    run.font.bold = bold
    run.font.size = Pt(size)
    run.font.color.theme_color = colour
    if align is not None:
        paragraph.alignment = align


def described(shape: BaseShape, alt: str) -> None:
    """Set the alternative text."""
    (naming,) = shape._element.xpath("./*/p:cNvPr")
    naming.set("descr", alt)


def group(slide: Slide, name: str) -> GroupShape:
    """Open a group of shapes that is named and described by `name`."""
    made = slide.shapes.add_group_shape()
    made.name = name
    described(made, name)
    return made


def words(parent: GroupShape | Slide, box: Box, *, name: str = "") -> TextFrame:
    """Open a text box without margins."""
    shape = parent.shapes.add_textbox(*(Inches(part) for part in box))
    shape.name = name or shape.name
    return bare(shape.text_frame)


def panel(
    parent: GroupShape | Slide, box: Box, colour: MSO_THEME_COLOR, *, shape: MSO_SHAPE = MSO_SHAPE.RECTANGLE
) -> Shape:
    """Draw a filled shape without outline and shadow."""
    drawn: Shape = parent.shapes.add_shape(shape, *(Inches(part) for part in box))
    drawn.fill.solid()
    drawn.fill.fore_color.theme_color = colour
    drawn.line.fill.background()
    for style in drawn._element.xpath("p:style"):  # the theme would add a shadow
        drawn._element.remove(style)
    return drawn


def badge(parent: GroupShape, box: Box, content: str, *, size: float = 14) -> None:
    """Draw a number in a disc."""
    frame = bare(panel(parent, box, ACCENT, shape=MSO_SHAPE.OVAL).text_frame)
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    write(frame, content, size=size, colour=PAPER, bold=True, align=PP_ALIGN.CENTER)


def bare(frame: TextFrame) -> TextFrame:
    """Take the margins away and let lines wrap."""
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Emu(0)
    return frame
