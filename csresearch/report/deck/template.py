# mypy: allow-untyped-calls
# python-pptx annotates only a part of itself.
"""The master of a deck, ours or a client's: its layouts, and where headline, body, base and source go on them."""

from __future__ import annotations

import io
import math
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER as PLACEHOLDER
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.presentation import Presentation as Deck
from pptx.shapes.placeholder import LayoutPlaceholder, MasterPlaceholder
from pptx.slide import SlideLayout

from csresearch.errors import OutputError
from csresearch.report.deck.master import BASE_SLOT, BODY, LAYOUTS, SLIDE, SOURCE_SLOT, TITLE, Box, new_deck

_MAIN = "application/vnd.openxmlformats-officedocument.presentationml.{}.main+xml"
_EMU = 914400
_MARGIN = 0.1  # inside a placeholder of a client
_LEAST = (5.0, 2.4)  # a body smaller than this shows nothing well
# Faces that run no wider than the widths of `measure`; type in any other is set a little smaller.
_MEASURED = {
    "Aptos", "Aptos Display", "Arial", "Arial Narrow", "Calibri", "Calibri Light", "Cambria", "Garamond", "Georgia",
    "Gill Sans MT", "Helvetica", "Liberation Sans", "Tahoma", "Times New Roman",
}  # fmt: skip
_WIDE = 1.1
_TITLES = (PLACEHOLDER.TITLE, PLACEHOLDER.CENTER_TITLE)
_ANY = (PLACEHOLDER.OBJECT, PLACEHOLDER.BODY)
_KINDS: Mapping[str, tuple[PLACEHOLDER, ...]] = {
    "Cover": (PLACEHOLDER.SUBTITLE, PLACEHOLDER.BODY, PLACEHOLDER.OBJECT),
    "Chart": (PLACEHOLDER.CHART, *_ANY),
    "Table": (PLACEHOLDER.TABLE, *_ANY),
    "Text": (PLACEHOLDER.BODY, PLACEHOLDER.OBJECT),
    "Canvas": (*_ANY, PLACEHOLDER.CHART, PLACEHOLDER.TABLE),
}
_UNREADABLE = (zipfile.BadZipFile, zlib.error, KeyError, UnicodeDecodeError, RuntimeError, SyntaxError)
_MOST_BYTES = 500_000_000  # unpacked; a few kilobytes can be packed to hold far more
_BODY_NAMES = {"Cover": "Subtitle", "Text": "Body"}


@dataclass(frozen=True, kw_only=True)
class Page:
    """One layout: its placeholders by what they carry, and places in inches of a slide of our own size."""

    layout: SlideLayout
    slots: Mapping[int, str]
    title: Box = TITLE
    body: Box = BODY
    base: Box = BASE_SLOT.box
    source: Box = SOURCE_SLOT.box


@dataclass(frozen=True, kw_only=True)
class Master:
    """An empty deck and its five layouts; `factor` is the size of its slides and type against our own."""

    deck: Deck
    pages: Mapping[str, Page]
    factor: float = 1.0
    own: bool = True


def open_master(template: Path | None = None, layouts: Mapping[str, str] | None = None) -> Master:
    """Open a master: ours, or that of a client with its own slides dropped.

    Parameters
    ----------
    template : Path, optional
        A ``.pptx`` or ``.potx`` file.
    layouts : mapping, optional
        Names of our layouts (Cover, Chart, Table, Text, Canvas) to those of the template; those not named are looked
        for under our name.

    Raises
    ------
    OutputError
        The file is missing or no presentation, or it lacks a layout; the message lists the layouts found, what each
        must contain and how to name them.
    """
    if template is None:
        deck = new_deck()
        pages = {
            name: Page(layout=layout, slots={slot.index: slot.name for slot in LAYOUTS[name]})
            for name, layout in zip(LAYOUTS, deck.slide_layouts, strict=True)
        }
        if layouts:
            raise ValueError(
                f"layouts name those of a template, and there is none; found {', '.join(map(repr, layouts.values()))}; "
                "give the template too, or take them away"
            )
        return Master(deck=deck, pages=pages)
    deck = _opened(template)
    _drop_slides(deck)
    factor = math.sqrt((deck.slide_width or 1) / _EMU / SLIDE.width * (deck.slide_height or 1) / _EMU / SLIDE.height)
    factor /= 1.0 if _faces(deck) <= _MEASURED else _WIDE
    return Master(deck=deck, pages=_pages(deck, template, layouts or {}, factor), factor=factor, own=False)


def write_master(to: Path) -> None:
    """Write our own master, as a presentation or (``.potx``) as a template, to start a client's from."""
    target = io.BytesIO()
    new_deck().save(target)
    kinds = (_MAIN.format("presentation"), _MAIN.format("template"))
    swap = kinds if to.suffix.lower() == ".potx" else (kinds[0], kinds[0])
    to.write_bytes(_retyped(target.getvalue(), *swap))


def _opened(path: Path) -> Deck:
    wrong = (
        f"{path}: is no PowerPoint presentation (.pptx) or template (.potx) without a password; save it as one of these"
    )
    try:
        blob = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(blob)) as archive:
            if (size := sum(member.file_size for member in archive.infolist())) > _MOST_BYTES:
                raise OutputError(
                    f"{path}: holds {size / 1e6:,.0f} MB unpacked, at most {_MOST_BYTES / 1e6:,.0f}; "
                    "take its slides and films away"
                )
            types = archive.read("[Content_Types].xml").decode("utf-8")
    except FileNotFoundError:
        raise OutputError(
            f"{path}: there is no such template; the path of [report] template starts at the folder of study.toml"
        ) from None
    except _UNREADABLE:
        raise OutputError(wrong) from None
    except OSError as error:
        raise OutputError(f"{path}: cannot be read ({error.strerror or error})") from error
    if "macroEnabled" in types:
        raise OutputError(f"{path}: holds macros; save it as .pptx or .potx without them")
    try:
        return Presentation(io.BytesIO(_retyped(blob, _MAIN.format("template"), _MAIN.format("presentation"))))
    except (*_UNREADABLE, ValueError, AttributeError) as error:  # python-pptx says so of parts that are not there
        raise OutputError(wrong) from error


def _retyped(blob: bytes, found: str, wanted: str) -> bytes:
    """Swap the content type of the main part: python-pptx opens presentations, not templates."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(blob)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        for member in source.infolist():
            content = source.read(member)
            if member.filename == "[Content_Types].xml":
                content = content.replace(found.encode(), wanted.encode())
            written.writestr(zipfile.ZipInfo(member.filename), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _faces(deck: Deck) -> set[str]:
    """Latin faces of the theme."""
    theme = deck.slide_master.part.part_related_by(RT.THEME).blob.decode("utf-8")
    return set(re.findall(r'<a:m\w+Font>\s*<a:latin typeface="([^"]*)"', theme))


def _drop_slides(deck: Deck) -> None:
    """Take the slides of a template away, with the sections and shows that name them."""
    element = deck.part._element
    for entry in list(element.xpath("p:sldIdLst/p:sldId")):
        deck.part.drop_rel(entry.rId)
        entry.getparent().remove(entry)
    for naming in element.xpath("p:custShowLst | p:extLst"):
        element.remove(naming)


def _pages(deck: Deck, template: Path, layouts: Mapping[str, str], factor: float) -> dict[str, Page]:
    """Find a page for each of our layouts; all that is missing is told at once."""
    found = {layout.name: layout for master in deck.slide_masters for layout in master.slide_layouts}
    pages: dict[str, Page] = {}
    lacks = []
    for name in LAYOUTS:
        wanted = layouts.get(name, name)
        if wanted not in found:
            lacks.append(f"{name}: there is no layout {wanted!r}")
            continue
        page, lack = _page(name, found[wanted], deck, factor)
        pages[name] = page
        if lack:
            lacks.append(f"{name}: layout {wanted!r} has {lack}")
    if lacks:
        listed = ", ".join(map(repr, found)) or "none"
        raise OutputError(
            f"{template}: {'; '.join(lacks)}. Its layouts are {listed}. Cover needs a title and should have a "
            "subtitle; Chart, Table and Text need a title and a placeholder for content; Canvas needs a title. Name "
            'them in study.toml, [report.layouts] Chart = "Title and Content", or by --layout "Chart=Title and '
            'Content"; csresearch report --write-template master.pptx writes a master to start from'
        )
    return pages


def _page(name: str, layout: SlideLayout, deck: Deck, factor: float) -> tuple[Page, str]:
    """Read a layout; give its page, and what it lacks."""
    slots = [slot for slot in list(layout.placeholders) if slot.width]
    kinds = {slot.placeholder_format.idx: slot.placeholder_format.type for slot in slots}
    titles = [slot for slot in slots if kinds[slot.placeholder_format.idx] in _TITLES]
    named: dict[int, str] = {slot.placeholder_format.idx: "Title" for slot in titles[:1]}
    for slot in slots:
        idx = slot.placeholder_format.idx
        lines = slot.name if slot.name in ("Base", "Source") and kinds[idx] == PLACEHOLDER.BODY else ""
        foot = {PLACEHOLDER.FOOTER: "Exhibit id", PLACEHOLDER.SLIDE_NUMBER: "Slide number"}.get(kinds[idx], "")
        if lines or foot:
            named[idx] = lines or foot
    content = _content(name, (s for s in slots if s.placeholder_format.idx not in named))
    if content is not None and name != "Canvas":
        named[content.placeholder_format.idx] = _BODY_NAMES.get(name, name)
    title = _inset(_box(titles[0], factor)) if titles else TITLE
    if name == "Cover":
        named = {idx: slot for idx, slot in named.items() if slot in ("Title", "Subtitle")}
        return Page(layout=layout, slots=named, title=title), "" if titles else "no title"
    body = _box(content, factor) if content is not None else _free(deck, layout, title, factor)
    lack = "no title" if not titles else "no placeholder for content" if content is None and name != "Canvas" else ""
    by_name = {named[i]: _box(s, factor) for s in slots if (i := s.placeholder_format.idx) in named}
    height = BASE_SLOT.box.height + SOURCE_SLOT.box.height
    if not {"Base", "Source"} <= set(by_name):  # the lines of the base take the foot of the body
        body = body._replace(height=body.height - height - 0.08)
    foot_top = body.top + body.height + 0.06
    base = by_name.get("Base", Box(body.left, foot_top, body.width, BASE_SLOT.box.height))
    source = by_name.get("Source", Box(body.left, foot_top + base.height, body.width, SOURCE_SLOT.box.height))
    if not lack and (body.width < _LEAST[0] or body.height < _LEAST[1]):
        lack = f"only {body.width * factor:.1f} x {max(0, body.height) * factor:.1f} inches for the body"
    return Page(layout=layout, slots=named, title=title, body=body, base=base, source=source), lack


def _content(name: str, slots: Iterable[LayoutPlaceholder]) -> LayoutPlaceholder | None:
    """Pick the placeholder for the body: of the kind that suits best, the largest of these."""
    open_slots = list(slots)
    for kind in _KINDS[name]:
        of_kind = [slot for slot in open_slots if slot.placeholder_format.type == kind]
        if of_kind:
            return max(of_kind, key=lambda slot: slot.width * slot.height)
    return None


def _free(deck: Deck, layout: SlideLayout, title: Box, factor: float) -> Box:
    """Room of a layout without a placeholder for content: that of its master, else what the headline leaves."""
    slots = list(layout.slide_master.placeholders)
    bodies = [slot for slot in slots if slot.placeholder_format.type == PLACEHOLDER.BODY and slot.width]
    if bodies:
        return _box(bodies[0], factor)
    top = title.top + title.height + 0.15
    return Box(title.left, top, title.width, (deck.slide_height or 0) / _EMU / factor * 0.92 - top)


def _box(slot: LayoutPlaceholder | MasterPlaceholder, factor: float) -> Box:
    return Box(*(side / _EMU / factor for side in (slot.left, slot.top, slot.width, slot.height)))


def _inset(box: Box) -> Box:
    return Box(box.left + _MARGIN, box.top + _MARGIN / 2, box.width - 2 * _MARGIN, box.height - _MARGIN)
