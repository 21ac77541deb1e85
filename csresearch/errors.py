"""One tree of errors; each kind knows the exit code of the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager


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
    """The study file cannot be used; `problems` lists every fault found.

    Examples
    --------
    >>> print(StudyError("study.toml cannot be used:", problems=["[paths] value: unknown construct 'qualty'"]))
    study.toml cannot be used:
      - [paths] value: unknown construct 'qualty'
    """

    exit_code = 3

    def __init__(self, message: str, *, problems: Sequence[str] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__(_report(message, self.problems))


class DataError(CSResearchError):
    """The data cannot be used; `problems` lists every fault found.

    Examples
    --------
    >>> DataError("the file is empty").problems
    ()
    """

    exit_code = 3

    def __init__(self, message: str, *, problems: Sequence[str] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__(_report(message, self.problems))


class StatisticsError(CSResearchError):
    """The numbers do not allow the statistic: too few answers, no variance, collinear predictors.

    Examples
    --------
    >>> StatisticsError("price has no variance").exit_code
    4
    """

    exit_code = 4


class ConvergenceError(StatisticsError):
    """An iteration did not reach its tolerance; nothing is returned rather than a half-finished estimate.

    Examples
    --------
    >>> issubclass(ConvergenceError, StatisticsError)
    True
    """


class OutputError(CSResearchError):
    """A result could not be written; what stood there before is untouched.

    Examples
    --------
    >>> OutputError("deck.pptx: exists").exit_code
    5
    """

    exit_code = 5


class MissingExtraError(CSResearchError, ImportError):
    """An optional part of csresearch is not installed; the message names the extra that holds it."""

    exit_code = 2


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Import an optional package within this, so that its absence is told as the extra to install.

    Examples
    --------
    >>> with extra("report"):
    ...     import no_such_package
    Traceback (most recent call last):
    ...
    csresearch.errors.MissingExtraError: no_such_package is not installed; pip install 'csresearch[report]'
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"{error.name} is not installed; pip install 'csresearch[{name}]'") from error


def _report(message: str, problems: tuple[str, ...]) -> str:
    return "\n".join([message, *(f"  - {problem}" for problem in problems)])
