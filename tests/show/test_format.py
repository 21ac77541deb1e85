from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from babel.numbers import format_decimal, format_percent

from csresearch.show.format import base, cell, column_unit, excel_format, interval, number, p_value
from csresearch.show.tables import printed
from csresearch.show.words import languages


@pytest.mark.parametrize(
    ("value", "unit", "language", "expected"),
    [
        (72.4567, "points", "en", "72.5"),
        (0.3349, "share", "en", "33%"),
        (-0.1251, "sd", "en", "−0.13"),
        (-0.001, "points", "en", "0.0"),
        (1234567.8, "money", "en", "1,234,568"),
        (7.0, "none", "en", "7"),
        (4.256, "none", "en", "4.26"),
        (math.nan, "r2", "en", "–"),
        (None, "r2", "en", "–"),
        (-math.inf, "points", "en", "−∞"),
    ],
)
def test_number_follows_unit_and_language(value, unit, language, expected):
    assert number(value, unit, language) == expected


def test_sign_is_printed_on_request_but_not_on_zero():
    assert number(1.42, "points", signed=True) == "+1.4"
    assert number(0.01, "points", signed=True) == "0.0"


def test_unknown_unit_and_language_list_what_is_allowed():
    with pytest.raises(ValueError, match="points, per_point, sd"):
        number(1.0, "metres")
    with pytest.raises(ValueError, match="language must be one of en"):
        number(1.0, "points", "fr")


def test_marks_of_numbers_are_those_of_the_language():
    assert number(1234.56, "points", "es") == "1.234,6"
    assert number(0.3349, "share", "es") == "33\N{NO-BREAK SPACE}%"
    assert interval(72.5, 70.8, 74.1, "points", "es") == "72,5 [70,8; 74,1]"
    assert p_value(0.0342, "es") == "0,034"
    assert interval(1234.5, 70.8, 74.1, "points", "zh") == "1,234.5 [70.8, 74.1]"
    assert excel_format("share", "es") == "0\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("value", [0.004, 7.25, 999.9, 1234.5, 1234567.8])
def test_numbers_are_printed_as_babel_prints_them(language, value):
    assert number(value, "points", language) == format_decimal(value, "#,##0.0", locale=language)
    assert number(value, "share", language) == format_percent(value, locale=language)


def test_interval_falls_back_to_the_number():
    assert interval(72.5, 70.8, 74.1, "points") == "72.5 [70.8, 74.1]"
    assert interval(72.5, math.nan, 74.1, "points") == "72.5"


def test_p_value_is_never_zero():
    assert [p_value(p) for p in (0.0342, 0.0005, 0.0004, 1.0)] == ["0.034", "0.001", "< 0.001", "1.000"]


def test_base_names_effective_n_only_where_there_is_one():
    assert base(1200, 940.3) == "n = 1,200 (effective 940)"
    assert base(1200) == base(1200, math.nan) == "n = 1,200"


def test_columns_of_the_vocabulary_know_their_unit():
    assert [column_unit(name, "share") for name in ("estimate", "n_obs", "p_value", "item", "df")] == [
        "share", "money", "p", None, "none"]  # fmt: skip
    assert excel_format("share") == "0%"


def test_cells_of_numpy_are_numbers():
    assert cell(np.int64(3), "points") == "3.0"
    assert cell(np.True_, None) == "yes"
    assert cell(pd.NA, "points") == "–"


def test_printed_table_speaks_words_and_drops_empty_columns():
    frame = pd.DataFrame(
        {
            "term": ["=price"],
            "statistic": ["lmg_share"],
            "unit": ["share"],
            "estimate": [0.33333],
            "p_value": [math.nan],
        }
    )
    assert printed(frame).to_dict("records") == [
        {"Term": "=price", "Statistic": "LMG share", "Unit": "share", "Estimate": "33%"}
    ]
