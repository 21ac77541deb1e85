"""One tree of errors; each kind knows the exit code of the command line."""

from __future__ import annotations

from collections.abc import Sequence


class CSResearchError(Exception):
    """Base of every error that csresearch raises on purpose.

    A message names the file, the column or key, the value found, the values allowed and the remedy.

    Examples
    --------
    >>> issubclass(StudyError, CSResearchError), StudyError.exit_code
    (True, 3)
    """

    exit_code = 1


class StudyError(CSResearchError):
    """The study file cannot be used; `problems` lists every fault found."""

    exit_code = 3

    def __init__(self, message: str, *, problems: Sequence[str] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__(_report(message, self.problems))


class DataError(CSResearchError):
    """The data cannot be used; `problems` lists every fault found."""

    exit_code = 3

    def __init__(self, message: str, *, problems: Sequence[str] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__(_report(message, self.problems))


class StatisticsError(CSResearchError):
    """The numbers do not allow the statistic: too few answers, no variance, collinear predictors."""

    exit_code = 4


class ConvergenceError(StatisticsError):
    """An iteration did not reach its tolerance; nothing is returned rather than a half-finished estimate."""


class OutputError(CSResearchError):
    """A result could not be written; what stood there before is untouched."""

    exit_code = 5


def _report(message: str, problems: tuple[str, ...]) -> str:
    return "\n".join([message, *(f"  - {problem}" for problem in problems)])
