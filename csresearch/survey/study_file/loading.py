"""From a study file to a Study: every fault in one report, names become scales, facets become items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from csresearch.errors import StudyError
from csresearch.survey.grammar import FacetTable, File, MultipleTable, ScaleTable
from csresearch.survey.questions import Attribute, Construct, Facet, Item, Multiple, Scale
from csresearch.survey.study import Study
from csresearch.survey.study_file.parsing import parse, read_document
from csresearch.survey.weighting.population import population_margins

FILE_NAME = "study.toml"


def load_study(path: str | Path) -> Study:
    """Read a study file; every fault is told in one report.

    Parameters
    ----------
    path : folder with a study.toml, or the file itself

    Returns
    -------
    Study

    Raises
    ------
    StudyError
        No such file, not TOML (with the line), or faults: `problems` lists them all.

    Examples
    --------
    >>> import tempfile
    >>> text = '''
    ... schema = 1
    ... title = "Kiosk"
    ... data = { file = "kiosk.csv" }
    ... scales = { rating = { ends = [1, 10] } }
    ... items = { Q1 = "Overall satisfaction", Q2 = { en = "Was it slow?", reversed = true } }
    ... '''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "study.toml").write_text(text, encoding="utf-8")
    ...     study = load_study(folder)
    >>> study, study.label("Q1"), study.is_reversed("Q2"), study.ends("Q2")
    (Study: Kiosk (2 items, 0 constructs, kiosk.csv), 'Overall satisfaction', True, (1.0, 10.0))
    """
    source = Path(path)
    source = source / FILE_NAME if source.is_dir() else source
    file, faults = parse(read_document(source))
    if faults:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise StudyError(f"{source} cannot be used: {count}", problems=[str(fault) for fault in faults])
    return _resolve(file, source)


def _resolve(file: File, source: Path) -> Study:
    """Turn a faultless file into a Study: names become scales, facets become items."""
    if file.data is None or file.title is None:
        raise StudyError(f"{source}: title and [data] are needed")
    first = file.languages[0]
    scales = {name: _scale(name, entry) for name, entry in file.scales.items()}
    attributes = {
        name: Attribute(name=name, labels=_labels(entry.labels, first), system=entry.system, stage=entry.stage)
        for name, entry in file.attributes.items()
    }
    facets = {name: _facet(name, entry, scales, attributes) for name, entry in file.facets.named.items()}
    counted = population_margins(file.margins, source)
    outlet = file.design.outlet or (file.groups.outlet.column if file.groups.outlet else None)
    drivers = file.roles.drivers
    if drivers is None and "performance" in facets:
        outcome = file.columns_behind(file.roles.outcome)
        drivers = tuple(name for name in facets["performance"].attributes if not outcome & file.columns_behind(name))
    return Study(
        title=_labels(file.title.labels, first),
        languages=file.languages,
        population={} if file.population is None else _labels(file.population.labels, first),
        data=file.data,
        scales=scales,
        items=_items(file, scales, attributes, facets),
        constructs={
            name: Construct(name=name, items=entry.items, labels=_labels(entry.labels, first))
            for name, entry in file.constructs.items()
        },
        paths=file.paths,
        roles=file.roles.model_copy(update={"drivers": drivers}),
        attributes=attributes,
        facets=facets,
        elements=file.elements,
        design=file.design.model_copy(update={"outlet": outlet, "clusters": _clusters(file)}),
        margins={**counted.shared, **file.margins.shares},
        margins_own=counted.joined(file.margins.own),
        means=file.margins.means,
        rake=file.margins.rake.model_copy(update={"within": file.margins.within}),
        groups=file.groups,
        words={name: _labels(entry.labels, first) for name, entry in file.labels.items()},
        plan=file.plan.steps,
        budget=file.plan.budget,
        capacity=file.plan.capacity,
        report=file.report,
        source=source,
        columns=file.columns,
        multiple={name: _multiple(name, entry, first) for name, entry in file.multiple.items()},
        loop=file.loop,
        dispositions=file.dispositions,
    )


def _clusters(file: File) -> str | None:
    """Column of the clusters; the rows that a loop makes of a respondent are one, where no outlet holds them."""
    sampled = file.design.outlets == "sampled"
    if file.loop is None or file.data is None or file.design.clusters or sampled:
        return file.design.clusters
    return file.data.id


def _items(
    file: File, scales: Mapping[str, Scale], attributes: Mapping[str, Attribute], facets: Mapping[str, Facet]
) -> dict[str, Item]:
    first = file.languages[0]
    items: dict[str, Item] = {}
    for column, entry in file.items.items():
        scale, own = _chosen(scales, entry.scale), _labels(entry.labels, first)
        items[column] = Item(column=column, scale=scale, reversed=entry.reversed, labels=own)
    for facet in facets.values():
        for pattern in facet.patterns:
            for name in facet.attributes:
                column, labels = pattern.replace("{}", name), attributes[name].labels
                items[column] = Item(column=column, scale=facet.scale, labels=labels, attribute=name, facet=facet.name)
    return items


def _multiple(name: str, entry: MultipleTable, first: str) -> Multiple:
    given = dict(entry.columns or {})
    options = tuple(given) or tuple(entry.options or ())
    return Multiple(
        name=name, options=options, columns=given, column=entry.column, delimiter=entry.delimiter,
        labels=_labels(entry.labels, first),
    )  # fmt: skip


def _scale(name: str, entry: ScaleTable) -> Scale:
    ends = entry.ends or (1.0, float(len(entry.options or ())))
    return Scale(name=name, ends=ends, options=entry.options or (), ordered=entry.ordered, missing=entry.missing)


def _facet(name: str, entry: FacetTable, scales: Mapping[str, Scale], attributes: Mapping[str, Attribute]) -> Facet:
    scale = _chosen(scales, entry.scale)
    return Facet(
        name=name,
        patterns=entry.columns or (entry.column or "",),
        scale=replace(scale, ordered=False) if name == "kano" else scale,
        attributes=entry.of or tuple(attributes),
        asked=entry.asked,
    )


def _chosen(scales: Mapping[str, Scale], name: str | None) -> Scale:
    """Scale by name; the only one where none is named."""
    return scales[name] if name is not None else next(iter(scales.values()))


def _labels(written: Mapping[str, str], first: str) -> dict[str, str]:
    """Labels by language; a plain text is in the first."""
    return {language or first: text for language, text in written.items()}
