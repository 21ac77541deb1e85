"""SatisfactionIndex: the ACSI/ECSI family, a PLS path model with an index of 0-100 for every construct."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd

from csresearch.errors import ConvergenceError, DataError
from csresearch.inference.moments import Array
from csresearch.inference.replicates import AnyReplicates, Bootstrap, as_code
from csresearch.models.derived import Fitted
from csresearch.models.fitting import Plan, fit_plan
from csresearch.models.measurement.judging import CONVERGENT, DISTINCT, RELIABLE, worst
from csresearch.models.path.change import TakenApart
from csresearch.models.path.numbers import Numbers, defined, rows_of
from csresearch.models.path.path_model import Mode, PathModel, Scheme
from csresearch.models.path.pictures import full_picture, index_picture, structure_picture
from csresearch.models.path.weights import Frozen, Weights, fixed_weights, weights_of
from csresearch.models.pictures import bars_of
from csresearch.models.terms import Missing, as_tuple, item_columns, named, sampled, varied, within_scale
from csresearch.result import Result
from csresearch.show.phrase import Labels, Name, joined, phrase
from csresearch.survey.sample import Sample
from csresearch.vocabulary import Check


@dataclass(frozen=True, kw_only=True)
class SatisfactionIndex:
    """Path model of satisfaction by partial least squares, and its index of 0-100.

    Parameters
    ----------
    constructs : mapping of name to items, optional
        Default: the constructs of the study that a path names.
    paths : mapping of target to its sources, optional
        Default: the [paths] of the study. Never inferred.
    scheme : {"path", "centroid", "factorial"}
        Inner weighting.
    modes : {"A", "B"} or mapping of construct to one of them
        Outer weights: correlations (reflective) or regressions (formative).
    target : str, optional
        Construct of the importance-performance table; default: the outcome of the study, else the last target.
    missing : str, optional
        raise, listwise, pairwise or block_mean; default: that of the study.
    weights : {"own", "pooled", "frozen"}
        Outer weights of the categories of `by`: estimated in each; those of the whole sample, estimated anew in each
        draw; or those of an earlier study, taken as fixed. Paths, effects and index are given the weights.
    frozen : Result or mapping of construct to item to weight, optional
        The earlier index weights, which sum to 1 in a construct (table `weights`, statistic index_weight).
    reference : str, optional
        Category of `by` from which table `change` counts; default: the first.

    Notes
    -----
    `result.plot("index")` draws the indices, over waves as lines; `plot("paths")` the path diagram: constructs with
    index and R2, arrows with their coefficients, dashed where the interval holds zero; `plot("weights")` the same with
    the items and their index weights.

    The index takes unstandardised outer weights, w/sd, that sum to 1, and the theoretical ends of the scale (Fornell et
    al., 1996); PLS is iterated to 1e-10 on moments (Lohmoeller, 1989). Signs: most items of a block load positively.

    Examples
    --------
    >>> import numpy as np
    >>> random = np.random.default_rng(1)
    >>> quality = random.normal(size=(200, 1))
    >>> items = np.clip(np.round(7 + quality @ np.ones((1, 4)) + random.normal(size=(200, 4))), 1, 10)
    >>> sample = Sample.from_frame(pd.DataFrame(items, columns=["q1", "q2", "s1", "s2"]), scale=(1, 10))
    >>> model = SatisfactionIndex(
    ...     constructs={"quality": ("q1", "q2"), "satisfaction": ("s1", "s2")}, paths={"satisfaction": ("quality",)}
    ... )
    >>> model.fit(sample, replicates=None).wide("paths").round(2).to_numpy().tolist()
    [[0.66]]
    """

    constructs: Mapping[str, tuple[str, ...]] | None = None
    paths: Mapping[str, tuple[str, ...]] | None = None
    scheme: Scheme = "path"
    modes: Mode | Mapping[str, Mode] = "A"
    target: str | None = None
    missing: Missing | None = None
    weights: Weights = field(default="own", repr=False)
    frozen: Result | Frozen | None = field(default=None, repr=False)
    reference: str | None = field(default=None, repr=False)
    max_iterations: int = field(default=1000, repr=False)

    def __post_init__(self) -> None:
        if isinstance(self.frozen, Result):  # a model is a specification: the numbers stay, the result does not
            object.__setattr__(self, "frozen", weights_of(self.frozen))

    def __repr__(self) -> str:
        return as_code(self)

    def fit(
        self,
        sample: Sample | pd.DataFrame,
        *,
        replicates: AnyReplicates | None = Bootstrap(),  # noqa: B008
        by: str | None = None,
        level: float = 0.95,
    ) -> Result:
        """Estimate in the sample, or in each category of `by`.

        Returns
        -------
        Result
            Tables `index` `paths` `weights` `loadings` `effects` `constructs` `discriminant` `importance_performance`
            `items` (means in points); with `by` and own weights `change`: the index of each category less that of the
            reference, taken apart into ratings_moved and weights_moved, which add up to the total (p by Holm).

        Raises
        ------
        DataError
            No constructs or paths; unknown constructs or items; missing answers without a rule; answers outside the
            scale.
        ValueError
            An item given twice in a construct, an unknown mode, scheme, target, kind of weights or reference; frozen
            weights that do not fit the model.
        StudyError
            A circle of paths, a path given twice.
        StatisticsError
            An item without variance; fewer respondents than items.
        ConvergenceError
            PLS did not converge on the sample.
        """
        sample = sampled(sample)
        if self.reference is not None and (by is None or self.weights != "own"):
            raise ValueError(
                f"reference={self.reference!r} is for table `change`, which needs fit(..., by=) and weights='own'"
            )
        return fit_plan(self._plan(sample), self, sample, replicates=replicates, by=by, level=level)

    def _plan(self, sample: Sample) -> Plan:
        constructs, paths = self._specified(sample)
        names = tuple(constructs)
        columns = item_columns(sample, constructs, missing=self.missing)
        within_scale(sample, columns.names)
        ends = np.array([sample.ends(item) for item in columns.names])
        model = _path_model(constructs, paths, self.scheme, self.modes)
        target = _target(self.target, sample, names, paths)
        frozen = None if isinstance(self.frozen, Result) else self.frozen
        fixed = fixed_weights(self.weights, frozen, constructs, ends[:, 0], ends[:, 1])
        rows = pd.DataFrame(rows_of(model, columns.names, target))
        kept = defined(rows, model, target, frozen=fixed is not None)
        return Plan(
            columns=columns,
            rows=rows[kept].reset_index(drop=True),
            estimate=Numbers(
                model=model, low=ends[:, 0], high=ends[:, 1], target=names.index(target), kept=kept, fixed=fixed,
                max_iterations=self.max_iterations,
            ),
            pooled=self.weights == "pooled",
            across=TakenApart(model=model, reference=self.reference) if self.weights == "own" else None,
            guard=varied(columns.names),
            judge=_Judge(label=sample.label),
            estimator=self._method(),
            references=("Fornell et al. (1996)", "Lohmoeller (1989)", "Tenenhaus et al. (2005)", "Hesterberg (2015)"),
            pictures={
                "index": index_picture,
                "paths": structure_picture,
                "weights": full_picture,
                "constructs": bars_of("r2", about=("construct",), table="constructs"),
            },
        )  # fmt: skip

    def _method(self) -> str:
        """Say how the index was made."""
        fields: dict[str, object] = {"scheme": phrase(f"scheme.{self.scheme}"), "modes": _mode_words(self.modes)}
        plain = phrase("estimator.index", fields=fields)
        return plain if self.weights == "own" else joined(plain, phrase(f"index.weights_{self.weights}"))

    def _specified(self, sample: Sample) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
        """Take constructs and paths as given here, else by the study; never inferred."""
        paths = self.paths if self.paths is not None else (None if sample.study is None else sample.study.paths)
        if not paths:
            raise DataError(
                "no paths are given; write [paths] in study.toml (satisfaction = ['image', 'quality']) or give "
                "SatisfactionIndex(paths={'satisfaction': ('image', 'quality')}): a path model is never inferred"
            )
        edges = {target: as_tuple(sources) for target, sources in paths.items()}
        asked = [*dict.fromkeys(name for target, sources in edges.items() for name in (*sources, target))]
        given: Mapping[str, tuple[str, ...]] = sample.constructs if self.constructs is None else self.constructs
        if self.constructs is None and sample.study is not None:
            given = {name: part.items for name, part in sample.study.constructs.items()}
        unknown = [name for name in asked if name not in given]
        if unknown:
            raise DataError(
                f"the paths name {', '.join(map(repr, unknown))}, which are no constructs; constructs are "
                f"{', '.join(given) or 'none'}: give their items in [constructs] or constructs="
            )
        blocks = {name: named(f"items of {name!r}", items) for name, items in given.items() if name in asked}
        return blocks, edges


@dataclass(frozen=True, kw_only=True)
class _Judge:
    """Checks of the fitted model, in words; refuses one that did not converge."""

    label: Labels

    def __call__(self, fitted: Fitted) -> list[Check]:
        point, rows = fitted.point, fitted.rows
        if not np.isfinite(point[(rows["table"] == "weights").to_numpy()]).all():
            raise ConvergenceError(
                "PLS did not converge to 1e-10; the sources of a construct may be collinear (path scheme) or its items "
                "(mode B): look at the correlations, join what cannot be told apart, use mode 'A' or another scheme, "
                "or raise max_iterations"
            )
        return [
            worst(rows, point, "rho_c", "reliability", RELIABLE, self.label),
            worst(rows, point, "ave", "convergent_validity", CONVERGENT, self.label),
            worst(rows, point, "htmt", "discriminant_validity", DISTINCT, self.label),
            self._positive(rows, point),
        ]

    def _positive(self, rows: pd.DataFrame, point: Array) -> Check:
        check = "positive_weights"
        found, values = _of(rows, point, "outer_weight")
        items = tuple(found["item"][values < 0])
        words = phrase(f"check.{check}_none")
        if items:
            words = phrase(f"check.{check}", fields={"items": Name(items)}, labels=self.label)
        return Check(check=check, passed=not items, value=float(values.min(initial=0.0)), threshold=0.0, text=words)


def _of(rows: pd.DataFrame, point: Array, statistic: str) -> tuple[pd.DataFrame, Array]:
    mask = (rows["statistic"] == statistic).to_numpy() & np.isfinite(point)
    return rows[mask], point[mask]


def _path_model(
    constructs: Mapping[str, tuple[str, ...]], paths: Mapping[str, tuple[str, ...]], scheme: Scheme,
    modes: Mode | Mapping[str, Mode],
) -> PathModel:  # fmt: skip
    names = tuple(constructs)
    if not isinstance(modes, str) and (unknown := set(modes) - set(names)):
        raise ValueError(f"modes name {', '.join(sorted(unknown))}; constructs are {', '.join(names)}")
    edges = np.cumsum([0, *(len(items) for items in constructs.values())])
    return PathModel(
        blocks=tuple(tuple(range(a, b)) for a, b in pairwise(edges)), names=names,
        paths=tuple((names.index(s), names.index(t)) for t, sources in paths.items() for s in sources),
        modes=tuple(modes if isinstance(modes, str) else modes.get(name, "A") for name in names), scheme=scheme,
    )  # fmt: skip


def _target(given: str | None, sample: Sample, names: tuple[str, ...], paths: Mapping[str, tuple[str, ...]]) -> str:
    outcome = None if sample.study is None else sample.study.roles.outcome
    target = given or (outcome if outcome in names else list(paths)[-1])
    if target not in names:
        raise ValueError(f"target={target!r} is no construct; constructs are {', '.join(names)}")
    return target


def _mode_words(modes: Mode | Mapping[str, Mode]) -> str:
    if isinstance(modes, str):
        return modes
    others = ", ".join(f"{name} {mode}" for name, mode in modes.items() if mode != "A")
    return phrase("modes.but", fields={"others": others}) if others else "A"
