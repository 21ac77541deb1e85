"""Which exhibits a document shows: by id or by family, in the order that was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from csresearch.report.exhibit import Report


def chosen(report: Report, slides: Sequence[str]) -> Report:
    """Keep the exhibits that are named, in that order; without names all of them.

    Parameters
    ----------
    report : Report
    slides : sequence of str
        Ids such as ``drivers.importance``, or families such as ``drivers``.

    Raises
    ------
    ValueError
        A name that no exhibit has; the message lists the nearest and all ids.

    Examples
    --------
    >>> import pandas as pd
    >>> from csresearch.report.exhibit import Exhibit
    >>> from csresearch.show.specs import Text
    >>> parts = [Exhibit(id=name, headline=name, frame=pd.DataFrame(), chart=Text(sections=()), alt=name)
    ...          for name in ("answer", "drivers.importance", "drivers.ranks")]
    >>> [part.id for part in chosen(Report(exhibits=tuple(parts), title="Shop"), ["drivers", "answer"]).exhibits]
    ['drivers.importance', 'drivers.ranks', 'answer']
    """
    if isinstance(slides, str) or not all(isinstance(name, str) for name in slides):
        raise ValueError(f"slides={slides!r}: a list of ids or families is needed, such as ['answer', 'drivers']")
    names = [name.strip() for name in slides if name.strip()]
    if not names:
        return report
    ids = [exhibit.id for exhibit in report.exhibits]
    families = {one.split(".")[0] for one in ids}
    unknown = [name for name in names if name not in ids and name not in families]
    if unknown:
        near = [match for name in unknown for match in get_close_matches(name, [*ids, *families], n=2)]
        hint = f"; nearest: {', '.join(dict.fromkeys(near))}" if near else ""
        raise ValueError(
            f"slides: no exhibit is called {', '.join(map(repr, unknown))}{hint}. Ids are {', '.join(ids)}"
        )
    order = [one for name in names for one in ids if name in (one, one.split(".")[0])]
    by_id = {exhibit.id: exhibit for exhibit in report.exhibits}
    return replace(report, exhibits=tuple(by_id[one] for one in dict.fromkeys(order)))
