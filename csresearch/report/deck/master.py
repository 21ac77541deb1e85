"""An empty 16:9 deck with its own master: theme colours, theme fonts and layouts with named placeholders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.oxml import parse_xml
from pptx.oxml.xmlchemy import BaseOxmlElement
from pptx.presentation import Presentation as Deck
from pptx.slide import SlideLayout
from pptx.util import Emu, Inches

from csresearch.show.theme import THEME

_NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)


class Box(NamedTuple):
    """A place on the slide in inches."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A named placeholder of a layout; colours are names of the theme."""

    name: str
    kind: str
    index: int
    box: Box
    size: float = 16
    colour: str = "tx1"
    bold: bool = False
    align: str = "l"
    anchor: str = "t"


SLIDE_NUMBER = (
    f'<a:fld {_NAMESPACES} id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum"><a:rPr lang="en-US"/>'
    "<a:t>‹#›</a:t></a:fld>"
)
SLIDE = Box(0, 0, 13.333, 7.5)
TITLE = Box(0.6, 0.45, 12.13, 0.95)
BODY = Box(0.6, 1.55, 12.13, 4.7)
CAUTION = Box(0.6, 5.9, 12.13, 0.3)
BODY_INDEX = 12
_BASE = Box(0.6, 6.33, 12.13, 0.26)
_SOURCE = Box(0.6, 6.57, 12.13, 0.38)
_RULE = Box(0.6, 7.03, 12.13, 0)

TITLE_SLOT = Slot(name="Title", kind="title", index=0, box=TITLE, size=26, colour="tx2", bold=True)
BASE_SLOT = Slot(name="Base", kind="body", index=14, box=_BASE, size=10.5, colour="tx1", bold=True)
SOURCE_SLOT = Slot(name="Source", kind="body", index=15, box=_SOURCE, size=9.5, colour="accent6")
FOOT = (
    Slot(name="Exhibit id", kind="ftr", index=16, box=Box(0.6, 7.08, 9, 0.27), size=9, colour="accent6"),
    Slot(
        name="Slide number", kind="sldNum", index=17, box=Box(11.73, 7.08, 1, 0.27), size=9, colour="accent6", align="r"
    ),
)
_COVER = (
    Slot(
        name="Title", kind="ctrTitle", index=0, box=Box(0.9, 2.2, 11, 1.7), size=40, colour="bg1", bold=True, anchor="b"
    ),
    Slot(name="Subtitle", kind="subTitle", index=1, box=Box(0.9, 4.3, 11, 1.1), size=18, colour="bg1"),
)


def _exhibit_slots(*body: Slot) -> tuple[Slot, ...]:
    return (TITLE_SLOT, *body, BASE_SLOT, SOURCE_SLOT, *FOOT)


LAYOUTS: dict[str, tuple[Slot, ...]] = {
    "Cover": _COVER,
    "Chart": _exhibit_slots(Slot(name="Chart", kind="chart", index=10, box=BODY)),
    "Table": _exhibit_slots(Slot(name="Table", kind="tbl", index=11, box=BODY)),
    "Text": _exhibit_slots(Slot(name="Body", kind="body", index=BODY_INDEX, box=BODY)),
    "Canvas": _exhibit_slots(),
}


def new_deck() -> Deck:
    """Make an empty deck of 13.333 x 7.5 in with the layouts of `LAYOUTS` and no other.

    Returns
    -------
    pptx.presentation.Presentation
        The deck; all its colours and fonts come from the theme, so a client's master recolours everything.

    Examples
    --------
    >>> [layout.name for layout in new_deck().slide_layouts]
    ['Cover', 'Chart', 'Table', 'Text', 'Canvas']
    """
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(SLIDE.width), Inches(SLIDE.height)
    deck.part._element.sldSz.attrib.pop("type", None)
    for key, relation in list(deck.part.rels.items()):
        if relation.reltype == RT.PRINTER_SETTINGS:
            deck.part.drop_rel(key)
    for surplus in list(deck.slide_layouts)[len(LAYOUTS) :]:
        deck.slide_layouts.remove(surplus)
    _dress_theme(deck)
    _dress_master(deck)
    for layout, (name, slots) in zip(deck.slide_layouts, LAYOUTS.items(), strict=True):
        _dress_layout(layout, name, slots)
    return deck


def _dress_theme(deck: Deck) -> None:
    part = deck.slide_master.part.part_related_by(RT.THEME)
    roles = {"dk1": THEME.ink, "lt1": THEME.paper, "dk2": THEME.navy, "lt2": THEME.tint}
    accents = (THEME.accent, THEME.alert, THEME.green, THEME.calm, THEME.line, THEME.muted)
    roles |= {f"accent{place}": colour for place, colour in enumerate(accents, start=1)}
    roles |= {"hlink": THEME.accent, "folHlink": THEME.muted}
    colours = "".join(f'<a:{role}><a:srgbClr val="{colour}"/></a:{role}>' for role, colour in roles.items())
    face = (
        f'<a:latin typeface="{THEME.latin}"/><a:ea typeface="{THEME.chinese}"/><a:cs typeface=""/>'
        f'<a:font script="Hans" typeface="{THEME.chinese}"/>'
    )
    fonts = f"<a:majorFont>{face}</a:majorFont><a:minorFont>{face}</a:minorFont>"
    xml = part.blob.decode("utf-8")
    xml = re.sub(
        r"<a:clrScheme.*?</a:clrScheme>", f'<a:clrScheme name="csresearch">{colours}</a:clrScheme>', xml, flags=re.S
    )
    xml = re.sub(
        r"<a:fontScheme.*?</a:fontScheme>", f'<a:fontScheme name="csresearch">{fonts}</a:fontScheme>', xml, flags=re.S
    )
    part._blob = re.sub(r'(<a:theme [^>]*name=)"[^"]*"', r'\1"csresearch"', xml).encode("utf-8")


def _dress_master(deck: Deck) -> None:
    master = deck.slide_master._element
    body = Slot(name="Body", kind="body", index=BODY_INDEX, box=BODY)
    slots = (TITLE_SLOT, body, *FOOT)
    _replace(master, "cSld", _slide_xml(slots, background="bg1", name="", decoration=_rule() + _stripe()))
    _replace(master, "txStyles", _text_styles())


def _dress_layout(layout: SlideLayout, name: str, slots: tuple[Slot, ...]) -> None:
    element = layout._element
    element.attrib.pop("type", None)
    cover = name == "Cover"
    if cover:
        element.set("showMasterSp", "0")
    background = "tx2" if cover else ""
    _replace(element, "cSld", _slide_xml(slots, background=background, name=name, decoration=_band() if cover else ""))
    element.set("preserve", "1")


def _replace(parent: BaseOxmlElement, tag: str, xml: str) -> None:
    (old,) = parent.xpath(f"./p:{tag}")
    parent.replace(old, parse_xml(xml))


def _slide_xml(slots: tuple[Slot, ...], *, background: str, name: str, decoration: str) -> str:
    fill = (
        f'<p:bg><p:bgPr><a:solidFill><a:schemeClr val="{background}"/></a:solidFill><a:effectLst/></p:bgPr></p:bg>'
        if background
        else ""
    )
    shapes = "".join(_slot_xml(slot, number) for number, slot in enumerate(slots, start=20))
    return (
        f"<p:cSld {_NAMESPACES} name={quoteattr(name)}>{fill}<p:spTree><p:nvGrpSpPr>"
        '<p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
        f"{decoration}{shapes}</p:spTree></p:cSld>"
    )


def _slot_xml(slot: Slot, number: int) -> str:
    naming = f'<a:r><a:rPr lang="en-US"/><a:t>{slot.name}</a:t></a:r>'
    content = SLIDE_NUMBER if slot.kind == "sldNum" else naming
    # Level 1 carries the look of the slot; the body keeps the two levels of the master.
    style = "" if slot.index == BODY_INDEX else _level(1, slot)
    return (
        f"<p:sp><p:nvSpPr><p:cNvPr id={quoteattr(str(number))} name={quoteattr(slot.name)}/>"
        f'<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f'<p:nvPr><p:ph type="{slot.kind}" idx="{slot.index}"/></p:nvPr></p:nvSpPr>'
        f'<p:spPr>{box_xml(slot.box)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr>'
        f'<p:txBody><a:bodyPr vert="horz" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="{slot.anchor}">'
        f"<a:noAutofit/></a:bodyPr><a:lstStyle>{style}</a:lstStyle><a:p>{content}</a:p></p:txBody></p:sp>"
    ).replace(' idx="0"', "")


def _level(number: int, slot: Slot) -> str:
    return (
        f'<a:lvl{number}pPr marL="0" indent="0" algn="{slot.align}"><a:spcBef><a:spcPts val="0"/></a:spcBef><a:buNone/>'
        f'<a:defRPr sz="{round(slot.size * 100)}" b="{int(slot.bold)}"><a:solidFill><a:schemeClr val="{slot.colour}"/>'
        f"</a:solidFill></a:defRPr></a:lvl{number}pPr>"
    )


def box_xml(box: Box) -> str:
    """Write a place as DrawingML."""
    left, top, width, height = (Emu(Inches(part)) for part in box)
    return f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'


def _text_styles() -> str:
    heading = (
        '<a:lvl1pPr marL="0" indent="0" algn="l"><a:spcBef><a:spcPts val="1000"/></a:spcBef><a:buNone/>'
        '<a:defRPr sz="1600" b="1"><a:solidFill><a:schemeClr val="tx2"/></a:solidFill>{fonts}</a:defRPr></a:lvl1pPr>'
    )
    bullet = (
        '<a:lvl2pPr marL="228600" indent="-171450" algn="l"><a:spcBef><a:spcPts val="400"/></a:spcBef>'
        '<a:buClr><a:schemeClr val="accent1"/></a:buClr><a:buFont typeface="Arial"/><a:buChar char="•"/>'
        '<a:defRPr sz="1400"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill>{fonts}</a:defRPr></a:lvl2pPr>'
    )
    major, minor = (
        f'<a:latin typeface="+{part}-lt"/><a:ea typeface="+{part}-ea"/><a:cs typeface="+{part}-cs"/>'
        for part in ("mj", "mn")
    )
    title = _level(1, TITLE_SLOT).replace("</a:defRPr>", f"{major}</a:defRPr>")
    return (
        f"<p:txStyles {_NAMESPACES}><p:titleStyle>{title}</p:titleStyle>"
        f"<p:bodyStyle>{heading.format(fonts=minor)}{bullet.format(fonts=minor)}</p:bodyStyle>"
        f'<p:otherStyle><a:lvl1pPr><a:defRPr sz="1400">{minor}</a:defRPr></a:lvl1pPr></p:otherStyle></p:txStyles>'
    )


def _shape(number: int, name: str, box: Box, colour: str) -> str:
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name={quoteattr(name)}/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>'
        f'<p:spPr>{box_xml(box)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill>'
        f'<a:schemeClr val="{colour}"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr>'
        '<p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:endParaRPr lang="en-US"/></a:p></p:txBody></p:sp>'
    )


def _rule() -> str:
    return _shape(5, "Rule", Box(_RULE.left, _RULE.top, _RULE.width, 0.01), "accent5")


def _stripe() -> str:
    return _shape(6, "Stripe", Box(0.6, 0.27, 0.8, 0.06), "accent1")


def _band() -> str:
    return _shape(5, "Band", Box(0.9, 4.0, 1.6, 0.05), "accent4")
