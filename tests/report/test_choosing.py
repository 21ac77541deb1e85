"""Which slides: by id, by family, in the order asked for; what is not there is told."""

from __future__ import annotations

import pytest

from csresearch.report.choosing import chosen
from csresearch.report.exhibit import Report


def ids(report: Report) -> list[str]:
    return [exhibit.id for exhibit in report.exhibits]


def test_without_a_choice_all_stay(report: Report) -> None:
    assert ids(chosen(report, [])) == ids(report)
    assert ids(chosen(report, [""])) == ids(report)


def test_ids_and_families_stand_in_the_order_asked_for_and_once(report: Report) -> None:
    assert ids(chosen(report, ["grid", "answer", " grid.map"])) == ["grid.map", "answer"]


def test_an_unknown_id_is_told_with_the_nearest_and_all(report: Report) -> None:
    with pytest.raises(ValueError, match=r"'driver'; nearest: drivers.*Ids are answer, sample\.flow, index") as told:
        chosen(report, ["answer", "driver"])
    assert "items" in str(told.value)
