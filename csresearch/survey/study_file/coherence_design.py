"""Faults of how respondents were drawn and weighted: design, replicate weights and margins, held side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from csresearch.survey.grammar import File, margin_columns
from csresearch.survey.grammar.fieldwork import JOINT, Rake
from csresearch.survey.study_file.faults import Fault, Place, listed, place, quote

SUM_TOLERANCE = 0.001


def design_faults(file: File) -> Iterator[Fault]:
    """Find what the design says against itself, the groups or the margins."""
    design, grouped = file.design, file.groups.outlet
    outlet = design.outlet or (grouped.column if grouped else None)
    if grouped and grouped.column != outlet:
        remedy = "name the same column in both"
        yield Fault("[groups] outlet.column", quote(grouped.column), quote(outlet), remedy)
    if outlet and design.outlets is None:
        remedy = "say whether the outlets are a sample of the network (clusters) or all of it (strata)"
        yield Fault("[design] outlets", "nothing", "'sampled' or 'all'", remedy)
    if design.outlets and not outlet:
        yield Fault("[design] outlet", "nothing", "a column", 'add outlet = "column", or take outlets away')
    if design.outlets == "sampled" and design.clusters not in (None, outlet):
        remedy = "sampled outlets are the clusters; take clusters away"
        yield Fault("[design] clusters", quote(design.clusters), quote(outlet), remedy)
    if design.replicates is not None:
        yield from _replicates(file)
    elif design.weight and file.margins.asked:
        yield Fault("[design] weight", "[margins] too", "one of them", "take [design] weight or [margins] away")


def _replicates(file: File) -> Iterator[Fault]:
    """Find what replicate weights lack, or cannot stand beside."""
    asked = file.design.replicates
    where = "[design] replicates"
    for found, allowed, remedy in asked.problems if asked else ():
        yield Fault(where, found, allowed, remedy)
    if file.design.weight is None:
        yield Fault("[design] weight", "nothing", "the column of the full weights", 'add weight = "column"')
    if file.margins.asked:
        remedy = "replicate weights hold the margins already; take one away"
        yield Fault(where, "[margins] too", "one of them", remedy)


def margin_faults(file: File) -> Iterator[Fault]:
    """Find margins that are no shares, joint categories that do not fit, and options that say nothing."""
    margins, rake = file.margins, file.margins.rake
    for name, shares in margins.shares.items():
        yield from _shares(("margins", name), name, shares)
    for column, parts in margins.by.items():
        for part, own in parts.items():
            for name, shares in own.items():
                yield from _shares(("margins", "by", column, part, name), name, shares)
    if len(margins.by) > 1:
        yield Fault("[margins] by", f"the columns {listed(margins.by)}", "one column", "join them to one in the file")
    if rake.within and margins.by and rake.within not in margins.by:
        remedy = "the parts that have margins of their own are those raked within; name one column"
        yield Fault("[margins] rake.within", quote(rake.within), listed(margins.by), remedy)
    if rake != Rake() and not margins.asked:
        yield Fault("[margins] rake", "no margins to rake to", "shares, means or from", "add them, or take rake away")
    trim = rake.trim
    if trim is not None and not 0 <= trim[0] < 1 < trim[1]:
        found, allowed = f"[{trim[0]:g}, {trim[1]:g}]", "lower from 0 to below 1, upper above 1"
        yield Fault("[margins] rake.trim", found, allowed, "weights average 1; try [0.3, 3.0]")


def _shares(loc: Place, name: str, shares: Mapping[str, float]) -> Iterator[Fault]:
    columns = margin_columns(name)
    if not all(columns) or len(set(columns)) < len(columns):
        yield Fault(place(loc), "a column twice, or none", "columns with * between them", "write 'age * sex'")
    for category, share in shares.items():
        if share <= 0:
            remedy = "correct the share, or take the category away"
            yield Fault(place((*loc, category)), f"{share:g}", "above 0", remedy)
        if len(columns) > 1 and len(category.split(JOINT)) != len(columns):
            example = JOINT.join(f"category of {column}" for column in columns)
            remedy = "write a category of each column, with ' * ' between them, in their order"
            yield Fault(place((*loc, category)), quote(category), f"'{example}'", remedy)
    total = sum(shares.values())
    if abs(total - 1) > SUM_TOLERANCE:
        scale = "write shares, not per cent" if abs(total - 100) < 1 else f"divide each share by {total:g}"
        remedy = scale if shares else "write category = share"
        yield Fault(place(loc), f"the sum {total:g}", "1 (within 0.001)", remedy)
