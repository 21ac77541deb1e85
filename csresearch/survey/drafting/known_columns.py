"""Columns of an unknown survey file that are known by their names: who a respondent is, what a platform adds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from csresearch.survey.drafting.unknown_column import Column

ROLES: Mapping[str, str] = {  # whole names of columns that say who a respondent is
    "id": r"_?id|(resp(ondent|onse)?|case|record|user)[_. -]?(id|no|nr|num(ber)?)?|_?uuid|row|key|folio"
    r"|(customer|client|member|guest|interview)[_. -]?(id|no|nr|num(ber)?)|序号|编号|(答卷|问卷|样本|客户|会员)编号"
    r"|(id|folio|n[º°o.]*|n[uú]m(ero)?\.?)[_. -]*(de[_. -]+)?(cliente|encuesta(do)?|entrevista(do)?|cuestionario|caso)",
    "duration": r"seconds|_?duration.*|(interview|total)[_. -]?time|loi|duraci[oó]n.*|所用时间|答题时长|用时",
    "weight": r"weights?|wt|wgt|pw|sampling[_. -]?weight|peso|ponderaci[oó]n|factor([_. -]?(de[_. -])?expansi[oó]n)?"
    r"|权重",
    "outlet": r"(outlet|dealer|store|branch|shop|restaurant|site|agency|sucursal|concesionario|tienda|oficina"
    r"|门店|网点|经销商|分行|支行)([_. -]?(id|code|name|no|nr|编号|代码))?",
    "wave": r"wave|quarter|survey[_. -]?(wave|month|period)|period|ola|oleada|trimestre|期次|批次|季度|波次|调查期",
    "brand": r"brand|make|provider|operator|company|competitor|marca|operador|proveedor|品牌|厂商",
}
_PLATFORM = re.compile(
    r"(?i)(start|end|recorded|created|modified)_?-? ?(date|time)?|status|ip ?address|progress|finished|recipient.*"
    r"|external(data)?reference|location(latitude|longitude)|distributionchannel|userlanguage|collector id"
    r"|email( address)?|(first|last) name|custom data.*|submitdate|lastpage|startlanguage|datestamp|seed|refurl|ipaddr"
    r"|today|deviceid|_.*|meta/.*|formhub/.*|submissiondate|instanceid|.*_click|.*page submit"
    r"|提交答卷时间|来源|来源详情|来自ip|总分"
)
_ABOUT_PEOPLE = re.compile(
    r"(?i)(age|sex|gender|income|educat|diplom|employ|occupat|marital|region|country|city|nation|language|status|class"
    r"|type|channel|cohort|segment|faculty|department|frequency|tenure|sexo|g[eé]nero|edad|ingreso|ciudad|regi[oó]n|pa[ií]s"
    r"|性别|年龄|收入|学历|职业|城市|地区|省份)"
)
_IN_OWN_WORDS = re.compile(
    r"(?i)comment|remark|suggest|feedback|verbatim|anything else|in your own words|comentario|observaci|sugerenc"
    r"|opiniones|意见|建议|评论|留言|备注"
)
_ASKED_ABOUT_PEOPLE = re.compile(
    r"(?i)^(您|你)?的?(性别|年龄|收入|学历|职业|婚姻)|your (age|gender|sex|income|education)"
    r"|\bsu (edad|sexo|g[eé]nero)|^(sex|gender|age)\b"
)


def is_platform(column: Column) -> bool:
    """Tell whether a platform added a column by itself."""
    return bool(_PLATFORM.fullmatch(column.header))


def is_about_people(column: Column) -> bool:
    """Tell whether a column says who a respondent is, by its name or its question."""
    return bool(_ABOUT_PEOPLE.match(column.name) or _ASKED_ABOUT_PEOPLE.search(column.note.label))


def is_in_own_words(column: Column) -> bool:
    """Tell whether respondents wrote what they liked, by its name or its question: nothing of it goes into a draft."""
    return not column.numeric and bool(_IN_OWN_WORDS.search(column.said))


def roles_of(found: Sequence[Column]) -> dict[str, str]:
    """Columns known by their name, where their cells can play the role; weights also by their mean."""
    usable: dict[str, Callable[[Column], bool]] = {
        "id": lambda c: c.cells.nunique() > 0.9 * len(c.cells) and bool((c.cells != "").all()),
        "duration": lambda c: c.numeric,
        "weight": lambda c: bool((c.numbers > 0).all()),
        "outlet": lambda c: bool((c.cells != "").all()) and 2 <= c.cells.nunique() < len(c.cells) / 2,
        "wave": lambda c: 2 <= c.answered.nunique() <= 24,
        "brand": lambda c: 2 <= c.answered.nunique() <= 24,
    }
    roles: dict[str, str] = {}
    for role, pattern in ROLES.items():
        named = [c for c in found if any(re.fullmatch(f"(?i){pattern}", said) for said in (c.header, c.note.label))]
        fits = [c.name for c in named if usable[role](c)]
        roles |= {role: fits[0]} if fits else {}
    if "weight" not in roles:
        like = [c.name for c in found if c.name not in roles.values() and _weighs(c)]
        roles |= {"weight": like[0]} if len(like) == 1 else {}
    return roles


def _weighs(column: Column) -> bool:
    """Numbers above 0 with decimals and a mean of about 1, by a name that says weight."""
    numbers = column.numbers
    named = re.search(r"(?i)weight|wgt|^w_|pond|peso|权重|加权", column.said)
    return bool(named) and bool((numbers > 0).all()) and 0.9 < float(numbers.mean()) < 1.1 and numbers.nunique() > 2
