from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest

from csresearch.report.exhibit import Report
from csresearch.report.page.writing import write_page


@pytest.fixture(scope="module")
def page(report, tmp_path_factory):
    return write_page(report, tmp_path_factory.mktemp("page") / "page.html")


@pytest.fixture(scope="module")
def html(page):
    return page.read_text(encoding="utf-8")


class Reader(HTMLParser):
    """Collect tags with attributes and check that they close."""

    VOID = ("meta", "br", "path", "use", "rect")

    def __init__(self):
        super().__init__()
        self.tags, self.open = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_page_needs_no_network(html):
    assert not re.findall(r"https?://", html)
    assert html.count("<script") == 1
    assert not re.findall(r"<(?:script|img|link|iframe)[^>]*(?:src|href)=", html)
    assert "default-src 'none'" in html
    assert "@import" not in html


def test_every_exhibit_is_there_with_headline_base_and_figures(exhibits, html):
    words = unescape(html)
    for exhibit in exhibits:
        assert words.count(exhibit.headline) >= 2
        assert exhibit.base in words
        assert exhibit.notes in words
        assert f'<section id="{exhibit.id}"' in html
    assert html.count("<details>") == len(exhibits)
    assert not re.findall(r"<td[^>]*>[^<]*\d\.\d{4,}", words)


def test_page_is_sane_for_screen_readers(exhibits, html):
    reader = Reader()
    reader.feed(html)
    assert reader.open == []
    ids = [attrs["id"] for _, attrs in reader.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    targets = {attrs["href"][1:] for tag, attrs in reader.tags if tag == "a"}
    assert targets <= set(ids)
    tags = [tag for tag, _ in reader.tags]
    assert {"header", "nav", "main"} <= set(tags)
    assert tags.count("table") == tags.count("caption") >= len(exhibits)
    figures = [attrs for tag, attrs in reader.tags if tag == "figure"]
    assert len(figures) == 4
    assert all(attrs["role"] == "img" and attrs["aria-label"] for attrs in figures)


def test_data_is_escaped(exhibits, tmp_path):
    evil = replace(exhibits[1], headline="<script>alert(1)</script> & more")
    words = write_page(Report(exhibits=(evil,), title="<b>"), tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<script>" not in words
    assert "<b>" not in words
    assert "&lt;script&gt;" in words


def test_two_writes_are_equal_bytes(report, page, tmp_path):
    again = write_page(report, tmp_path / "again.html")
    assert again.read_bytes() == page.read_bytes()
