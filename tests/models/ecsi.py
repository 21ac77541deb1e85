"""The ECSI model of the mobile-phone survey, and its moments, for the tests of the PLS rooms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csresearch.models.path.path_model import Mode, PathModel, Scheme
from csresearch.models.path.pls import PLSFit, fit_pls

Floats = NDArray[np.float64]

BLOCKS = {
    "Image": ("IMAG1", "IMAG2", "IMAG3", "IMAG4", "IMAG5"),
    "Expectation": ("CUEX1", "CUEX2", "CUEX3"),
    "Quality": ("PERQ1", "PERQ2", "PERQ3", "PERQ4", "PERQ5", "PERQ6", "PERQ7"),
    "Value": ("PERV1", "PERV2"),
    "Satisfaction": ("CUSA1", "CUSA2", "CUSA3"),
    "Complaints": ("CUSCO",),
    "Loyalty": ("CUSL1", "CUSL2", "CUSL3"),
}
NAMES = tuple(BLOCKS)
ITEMS = [item for block in BLOCKS.values() for item in block]
PATHS = (
    ("Image", "Expectation"),
    ("Image", "Satisfaction"),
    ("Image", "Loyalty"),
    ("Expectation", "Quality"),
    ("Expectation", "Value"),
    ("Expectation", "Satisfaction"),
    ("Quality", "Value"),
    ("Quality", "Satisfaction"),
    ("Value", "Satisfaction"),
    ("Satisfaction", "Complaints"),
    ("Satisfaction", "Loyalty"),
    ("Complaints", "Loyalty"),
)
LOW, HIGH = np.full(24, 1.0), np.full(24, 10.0)


def ecsi(mode: Mode = "A", scheme: Scheme = "path", *, without: tuple[str, str] | None = None) -> PathModel:
    """The model, if asked for without one of its paths."""
    return PathModel(
        blocks=tuple(tuple(ITEMS.index(item) for item in block) for block in BLOCKS.values()),
        names=NAMES,
        paths=tuple(
            (NAMES.index(source), NAMES.index(target)) for source, target in PATHS if (source, target) != without
        ),
        modes=(mode,) * len(NAMES),
        scheme=scheme,
    )


def moments(frame: pd.DataFrame, counts: Floats | None = None) -> tuple[Floats, Floats]:
    """Means (b, q) and covariances (b, q, q) over n - 1 of the rows, repeated `counts` (b, n) times."""
    rows = frame[ITEMS].to_numpy(dtype=np.float64)
    counts = np.ones((1, len(rows))) if counts is None else counts
    total = counts.sum(axis=1)
    mean = counts @ rows / total[:, None]
    centred = rows - mean[:, None]
    return mean, np.swapaxes(centred * counts[:, :, None], 1, 2) @ centred / (total - 1)[:, None, None]


def fitted(frame: pd.DataFrame, mode: Mode = "A", scheme: Scheme = "path") -> tuple[PathModel, PLSFit]:
    """The model and its estimate."""
    model = ecsi(mode, scheme)
    return model, fit_pls(model, moments(frame)[1])


def table(values: Floats, rows: list[str], columns: list[str]) -> dict[str, dict[str, float]]:
    """Nested dictionary of a matrix, as the golden files hold it."""
    return {row: dict(zip(columns, line, strict=True)) for row, line in zip(rows, values.tolist(), strict=True)}


def assert_agrees(check: dict[str, Any], ours: Any) -> None:
    """Every figure of a golden check is met within its tolerance; ours may hold more, never less."""
    _compare(check["value"], ours, check["tolerance"]["abs"], "")


def _compare(theirs: Any, ours: Any, tolerance: float, where: str) -> None:
    if isinstance(theirs, dict):
        for key, value in theirs.items():
            _compare(value, ours[key], tolerance, f"{where}/{key}")
    elif theirs is not None:
        assert abs(ours - theirs) <= tolerance, f"{where}: {ours} instead of {theirs}"
