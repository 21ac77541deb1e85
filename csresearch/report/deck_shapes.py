# mypy: allow-untyped-calls
# python-pptx annotates only a part of itself.
"""Text and panels on a slide, in colours of the theme."""

from __future__ import annotations

from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.shapes.group import GroupShape
from pptx.text.text import TextFrame
from pptx.util import Emu, Inches, Pt

from csresearch.report.deck_master import Box

INK, PAPER = MSO_THEME_COLOR.TEXT_1, MSO_THEME_COLOR.BACKGROUND_1
NAVY, TINT = MSO_THEME_COLOR.TEXT_2, MSO_THEME_COLOR.BACKGROUND_2
ACCENT, ALERT, MUTED = MSO_THEME_COLOR.ACCENT_1, MSO_THEME_COLOR.ACCENT_2, MSO_THEME_COLOR.ACCENT_6
POINTS = 72  # in an inch


def write(
    frame: TextFrame,
    content: str,
    *,
    size: float | None = None,
    colour: MSO_THEME_COLOR | None = None,
    bold: bool | None = None,
    align: PP_ALIGN | None = None,
    new: bool = False,
) -> None:
    """Write one paragraph: the first one, or a new one behind it."""
    paragraph = frame.add_paragraph() if new else frame.paragraphs[0]
    run = paragraph.add_run()
    run.text = content
    run.font.bold = bold
    run.font.size = Pt(size) if size else None
    if colour is not None:
        run.font.color.theme_color = colour
    if align is not None:
        paragraph.alignment = align


def words(group: GroupShape, box: Box) -> TextFrame:
    """Open a text box without margins."""
    frame: TextFrame = group.shapes.add_textbox(*(Inches(part) for part in box)).text_frame
    bare(frame)
    return frame


def panel(group: GroupShape, box: Box, colour: MSO_THEME_COLOR, *, shape: MSO_SHAPE = MSO_SHAPE.RECTANGLE) -> TextFrame:
    """Draw a filled shape without outline and shadow."""
    drawn = group.shapes.add_shape(shape, *(Inches(part) for part in box))
    drawn.fill.solid()
    drawn.fill.fore_color.theme_color = colour
    drawn.line.fill.background()
    for style in drawn._element.xpath("p:style"):  # the theme would add a shadow
        drawn._element.remove(style)
    frame: TextFrame = drawn.text_frame
    bare(frame)
    return frame


def badge(group: GroupShape, box: Box, content: str, *, size: float = 14) -> None:
    """Draw a number in a disc."""
    frame = panel(group, box, ACCENT, shape=MSO_SHAPE.OVAL)
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    write(frame, content, size=size, colour=PAPER, bold=True, align=PP_ALIGN.CENTER)


def bare(frame: TextFrame) -> None:
    """Take the margins away and let lines wrap."""
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Emu(0)
