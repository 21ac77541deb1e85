"""Path diagrams."""

from __future__ import annotations

from dataclasses import replace

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from csresearch.show.charts.style import ACCENT, CALM, INK, MUTED, PAPER, SIZE, SMALL, dots, settle, wrap
from csresearch.show.columns import columns_of, is_wide
from csresearch.show.diagram import arrow_words, box_width, largest_layer, node_lines
from csresearch.show.format import number
from csresearch.show.layering import Box, Layout, layered
from csresearch.show.specs import Diagram
from csresearch.show.words import text

NARROW = 6.0  # inches; below it the diagram runs downwards and shows the structure alone
TINY = 7.5
LINE = 1.3 / 72  # inches a point of type
ABOVE, BELOW = 0.5, 0.5


def diagram_size(spec: Diagram, width: float) -> tuple[float, float]:
    """Size of a figure in inches: as high as its fullest layer needs."""
    if width < NARROW:
        return width, 1.3 * width + 0.4
    longest = max((len(node.items) for node in spec.nodes), default=0)
    width = max(width, 12.0 if longest else 9.0)
    return width, max(0.5 * width, largest_layer(spec) * (0.95 + longest * TINY * LINE) + ABOVE + BELOW)


def draw_diagram(spec: Diagram, ax: Axes, language: str) -> Axes:
    """Draw boxes and arrows; thin and dashed is what the interval does not tell from zero."""
    ax.set_axis_off()
    settle(ax, final=True)
    whole = ax.get_window_extent()
    width, height = whole.width / dots(ax), whole.height / dots(ax)
    narrow = width < NARROW
    if narrow:
        spec = replace(spec, nodes=tuple(replace(node, items=()) for node in spec.nodes))
    columns = max(28, round(width * 14))
    caption = wrap(spec.caption, columns)
    said = _said(spec, width, language, narrow=narrow)
    layout = _layout(spec, said, width, height - ABOVE - BELOW, narrow=narrow)
    ax.set(xlim=(-0.03, width + 0.03), ylim=(height - ABOVE, -ABOVE))
    ax.text(0, -ABOVE, caption, va="top", color=MUTED, fontsize=SMALL)
    words = [text("index.key", language)] + [text("index.weights", language)] * any(node.items for node in spec.nodes)
    key = "\n".join(wrap(part, columns) for part in words)
    ax.text(0, height - ABOVE, key, va="bottom", color=MUTED, fontsize=SMALL)
    for arrow, link in zip(spec.arrows, layout.links, strict=True):
        line = {
            "arrowstyle": "-|>,head_width=0.22,head_length=0.5", "mutation_scale": 12, "shrinkA": 0, "shrinkB": 0,
            "color": MUTED if arrow.unsure else ACCENT, "linestyle": (0, (4, 3)) if arrow.unsure else "-",
            "linewidth": 0.9 if arrow.unsure else 0.9 + 3 * min(1.0, abs(arrow.value)),
        }  # fmt: skip
        ax.annotate("", link.end, link.start, arrowprops=line, zorder=2, annotation_clip=False)
        ax.text(
            *link.label, arrow_words(arrow, spec, language, short=narrow), ha="center", va="center", fontsize=TINY,
            color=MUTED if arrow.unsure else INK, linespacing=1.05, zorder=4,
            bbox={"facecolor": PAPER, "edgecolor": "none", "alpha": 0.9, "pad": 0.8},
        )  # fmt: skip
    for node, box, lines in zip(spec.nodes, layout.boxes, said, strict=True):
        _box(ax, box, lines, [number(weight, "sd", language) for _, weight in node.items], _name_size(spec, box.width))
    return ax


def _said(spec: Diagram, width: float, language: str, *, narrow: bool) -> list[tuple[str, str, list[str]]]:
    """Words of the boxes: name, numbers, items."""
    wide = _wide(spec, width, narrow=narrow)
    columns = max(8, int(wide * 72 / (_name_size(spec, wide) * 0.54)))
    found = []
    for node in spec.nodes:
        numbers = "\n".join(node_lines(node, spec, language))
        if wide * 72 < 20 * SMALL * 0.45:
            numbers = numbers.replace(" [", "\n[")
        room = max(10, int((wide - 0.45) * 72 / (TINY * 0.5)))
        found.append((wrap(node.label, columns), numbers, [_cut(label, room) for label, _ in node.items]))
    return found


def _name_size(spec: Diagram, wide: float) -> float:
    """Size of the names: smaller where the longest word would not fit its box."""
    longest = max(columns_of(word) for n in spec.nodes for word in n.label.split()[:9] or [""])
    chinese = any(is_wide(sign) for node in spec.nodes for sign in node.label)
    return SIZE if chinese else max(6.0, min(SIZE, (wide - 0.08) * 72 / (0.62 * longest)))


def _cut(label: str, columns: int) -> str:
    """Cut a label to one line; Chinese characters take two columns."""
    while columns_of(label) > columns:
        label = label[:-2].rstrip(" ,;:…") + "…"
    return label


def _wide(spec: Diagram, width: float, *, narrow: bool) -> float:
    if narrow:
        return min(1.15, width / max(3, largest_layer(spec)) - 0.2)
    return box_width(spec, width, 0.86, most=2.2)


def _layout(
    spec: Diagram, said: list[tuple[str, str, list[str]]], width: float, height: float, *, narrow: bool
) -> Layout:
    wide = _wide(spec, width, narrow=narrow)
    sizes = []
    for name, numbers, items in said:
        lines = (name.count("\n") + 1) * _name_size(spec, wide)
        lines += (numbers.count("\n") + 1) * (TINY if narrow else SMALL) * bool(numbers)
        sizes.append((wide, lines * LINE + len(items) * TINY * LINE + 0.12))
    if not narrow:
        return layered(tuple(sizes), spec.edges, width=width, height=height, label=(0.68, 0.28))
    turned = layered(
        tuple((h, w) for w, h in sizes), spec.edges, width=height, height=width, label=(0.16, 0.3)
    )  # the same from above downwards
    return Layout(
        boxes=tuple(Box(b.y, b.x, b.height, b.width) for b in turned.boxes),
        links=tuple(
            replace(link, start=link.start[::-1], end=link.end[::-1], label=link.label[::-1]) for link in turned.links
        ),
    )


def _box(ax: Axes, box: Box, said: tuple[str, str, list[str]], weights: list[str], size: float) -> None:
    """Draw a construct: its name, its numbers, its items with their weights at the right."""
    name, numbers, items = said
    small = min(SMALL, (box.width - 0.06) * 72 / max(0.46 * max(map(len, numbers.split("\n"))), 1))
    left, top = box.x - box.width / 2, box.y - box.height / 2
    ax.add_patch(
        FancyBboxPatch((left, top), box.width, box.height, boxstyle="round,pad=0,rounding_size=0.05", facecolor=PAPER,
                       edgecolor=CALM, linewidth=1.1, zorder=3)
    )  # fmt: skip
    y = top + 0.06
    for words, points, weight in ((name, size, "bold"), (numbers, small, "normal")):
        if words:
            ax.text(box.x, y, words, ha="center", va="top", fontsize=points, linespacing=1.15, zorder=5,
                    fontweight=weight)  # fmt: skip
            y += (words.count("\n") + 1) * points * LINE
    for item, weight in zip(items, weights, strict=True):
        ax.text(left + 0.06, y, item, va="top", fontsize=TINY, color=MUTED, zorder=5)
        ax.text(left + box.width - 0.06, y, weight, ha="right", va="top", fontsize=TINY, color=INK, zorder=5)
        y += TINY * LINE
