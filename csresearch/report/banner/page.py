"""A banner as a page of its own: headings that stay in sight, and a table that prints."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from csresearch.report.banner.blocks import blocks_of
from csresearch.report.banner.worded import Worded
from csresearch.report.exhibit import printable
from csresearch.show.theme import THEME
from csresearch.show.words import text

if TYPE_CHECKING:
    from csresearch.report.banner.banner import Banner


def page_of(banner: Banner, language: str) -> str:
    """Write the page; it needs no network."""
    words = Worded(banner=banner, language=language)
    rooms = Environment(
        loader=PackageLoader("csresearch.report.banner", ""), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    groups = [(words.group(by), len(list(own))) for by, own in groupby(banner.columns, key=lambda c: c.by)]
    starts = {0}
    for _, size in groups:
        starts.add(max(starts) + size)
    families = Markup(", ").join(Markup('"{}"').format(family) for family in THEME.families) + Markup(", sans-serif")
    page = rooms.get_template("banner.html.j2").render(
        title=words.title,
        words=words,
        language=text("language.tag", language),
        groups=groups,
        starts=starts,
        heads=[(words.head(column)[1], column.letter) for column in banner.columns],
        blocks=blocks_of(banner, words),
        theme=THEME,
        families=families,
    )
    return printable(page)
