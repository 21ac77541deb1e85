"""Dots: a value a row with its interval, on an axis that need not start at zero."""

from __future__ import annotations

from dataclasses import dataclass

from csresearch.show.specs.axis import Scale, Unit, same_length, scale, top
from csresearch.show.specs.drawings import Bars


@dataclass(frozen=True, kw_only=True)
class Dots:
    """Rows of dots with whiskers, the first label on top, such as groups with letters, or outlets in their order.

    Parameters
    ----------
    labels : tuple of str
        One name a row (k).
    values : tuple of float
        Places (k,), in `unit`; NaN draws none.
    low, high : tuple of float
        Ends of the intervals (k,); NaN draws none.
    unit : Unit
    axis_title : str
        What is measured, with its scale.
    notes : tuple of str
        Said at the right end of each row (k), such as letters; none.
    highlight : tuple of str
        Labels that carry the message.
    reference : (float, str), optional
        A value to compare with, drawn as a line, and its name.

    Raises
    ------
    ValueError
        If a field has another length than `labels`.

    Examples
    --------
    >>> spec = Dots(labels=("a", "b"), values=(71.0, 75.0), low=(69.0, 73.5), high=(73.0, 76.5), unit="points",
    ...             axis_title="Points", notes=("b", "a"))
    >>> spec.scale(), spec.bars.labels
    (Scale(low=68.0, high=78.0, step=2.0), ('a (b)', 'b (a)'))
    """

    labels: tuple[str, ...]
    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    unit: Unit
    axis_title: str
    notes: tuple[str, ...] = ()
    highlight: tuple[str, ...] = ()
    reference: tuple[float, str] | None = None

    def __post_init__(self) -> None:
        same_length(self, "values", "low", "high", *(["notes"] if self.notes else []))

    def scale(self) -> Scale:
        """Choose the axis: values, intervals and the reference fit in."""
        values = [*self.values, *self.low, *self.high, *(self.reference or ())[:1]]
        numbers = [float(value) for value in values]
        return scale(numbers, highest=top(self.unit, numbers))

    @property
    def bars(self) -> Bars:
        """The same as bars, for documents that draw no dots."""
        notes = self.notes or ("",) * len(self.labels)
        named = {a: f"{a} ({note})" if note else a for a, note in zip(self.labels, notes, strict=True)}
        return Bars(
            labels=tuple(named[label] for label in self.labels), values=self.values, low=self.low, high=self.high,
            unit=self.unit, axis_title=self.axis_title, reference=self.reference,
            highlight=tuple(named[label] for label in self.highlight if label in named),
        )  # fmt: skip
