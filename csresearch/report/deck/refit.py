# mypy: allow-untyped-calls
# python-pptx annotates only a part of itself.
"""Slides drawn in our own size and roles of colour are refitted to a client's master."""

from __future__ import annotations

from pptx.oxml import parse_xml
from pptx.oxml.xmlchemy import BaseOxmlElement
from pptx.shapes.graphfrm import GraphicFrame
from pptx.slide import Slide

_A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
# Attributes that are lengths, by the elements that carry them.
_LENGTHS = (
    ("//a:off", ("x", "y")),
    ("//a:chOff", ("x", "y")),
    ("//a:ext[@cx]", ("cx", "cy")),
    ("//a:chExt", ("cx", "cy")),
    ("//a:bodyPr", ("lIns", "tIns", "rIns", "bIns")),
    ("//a:pPr", ("marL", "indent")),
    ("//a:gridCol", ("w",)),
    ("//a:tr", ("h",)),
    ("//a:tcPr", ("marL", "marR", "marT", "marB")),
    ("//a:ln | //a:lnB | //a:lnT | //a:lnL | //a:lnR", ("w",)),
    ("//a:spcPts", ("val",)),
    ("//a:rPr | //a:defRPr | //a:endParaRPr", ("sz",)),
    ("//c:marker/c:size", ("val",)),
)
# What our accents 4 to 6 stand for, said in colours that every theme has in this role.
_ROLES = {
    "accent4": '<a:schemeClr {} val="accent1"><a:lumMod val="60000"/><a:lumOff val="40000"/></a:schemeClr>',
    "accent5": '<a:schemeClr {} val="bg1"><a:lumMod val="85000"/></a:schemeClr>',
    "accent6": '<a:schemeClr {} val="tx1"><a:lumMod val="65000"/><a:lumOff val="35000"/></a:schemeClr>',
}
_LEAST = 700  # hundredths of a point


def refit(slide: Slide, factor: float) -> None:
    """Scale what was drawn on a slide, its charts included, and say our roles of colour in those of any theme."""
    charts = [shape.chart for shape in slide.shapes if isinstance(shape, GraphicFrame) and shape.has_chart]
    roots = [slide._element, *(chart._chartSpace for chart in charts)]
    for root in roots:
        _recolour(root)
        if abs(factor - 1) > 1e-6:
            _scale(root, factor)


def _scale(root: BaseOxmlElement, factor: float) -> None:
    names = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
    for path, attributes in _LENGTHS:
        if path.startswith("//c:") and "c" not in names:
            continue
        for element in root.xpath(path):
            for name in attributes:
                if (found := element.get(name)) is not None:
                    scaled = round(int(found) * factor)
                    element.set(name, str(max(_LEAST, scaled) if name == "sz" else scaled))


def _recolour(root: BaseOxmlElement) -> None:
    for role, instead in _ROLES.items():
        for found in root.xpath(f'//a:schemeClr[@val="{role}"]'):
            made = parse_xml(instead.format(_A))
            for change in found:  # a paler one stays paler
                made.append(change)
            found.getparent().replace(found, made)
