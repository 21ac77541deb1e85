"""Encodings: what is said, what is marked, what the bytes decide; where they do not, it is asked."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest

from csresearch.errors import DataError
from csresearch.survey.reading.encoding import decode

WORDS = {
    "gb18030": "您对本店的服务是否满意 非常满意 不满意 等候时间 价格 北京 上海 客户经理 手机银行 大学本科 推荐 朋友",
    "big5": "您對本店的服務是否滿意 非常滿意 不滿意 等候時間 價格 台北 高雄 客戶經理 手機銀行 大學 推薦 朋友",
    "cp1252": "satisfacción atención señor año León Málaga teléfono días España público été déçu garçon Größe Straße",
}
NAMES = {"gb18030": "GB18030", "big5": "Big5", "cp1252": "cp1252"}


@pytest.mark.parametrize("encoding", WORDS)
def test_bytes_decide_or_are_not_guessed(encoding: str) -> None:
    draw = random.Random(3)
    words = WORDS[encoding].split()
    right = 0
    for rows in [6] * 20 + [60] * 5 + [2] * 20:
        text = "id,a,b\n" + "".join(f"{i},{draw.choice(words)},{draw.randint(1, 10)}\n" for i in range(rows))
        with suppress(DataError):
            found, name, told = decode(text.encode(encoding), "a.csv")
            right += 1
            assert (found, name) == (text, NAMES[encoding])
        (finding,) = told
        assert finding.remedy == f"say encoding = '{encoding}' in [data] to fix it"
    assert right >= 38


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_marks_and_utf8_need_no_word(encoding: str) -> None:
    assert decode("满意,ñ".encode(encoding), "a.csv")[::2] == ("满意,ñ", ())


def test_a_legal_text_of_another_country_is_told() -> None:
    text = "1,ааааа\n2,хорошо\n"
    assert decode(text.encode("cp1251"), "a.csv", asked="cp1251")[:2] == (text, "cp1251")
    gbk = "满意度,北京市朝阳区,非常满意\n不满意,上海市,服务\n".encode("gbk")
    assert decode(gbk, "a.csv", asked="gbk")[2] == ()  # GB18030 holds all of it
    (finding,) = decode(gbk, "a.csv", asked="latin-1")[2]
    assert finding.found == "encoding = 'latin-1', and bytes that read better as GB18030"


def test_short_words_with_many_accents_are_no_mess() -> None:
    text = "3,été,3\n4,été,4\n5,déçu,1\n"
    assert decode(text.encode("cp1252"), "a.csv")[:2] == (text, "cp1252")


def test_one_word_that_could_be_utf8_may_be_said_to_be_gb18030() -> None:
    assert decode("id,女\n".encode("gb18030"), "a.csv", asked="gb18030")[0] == "id,女\n"
