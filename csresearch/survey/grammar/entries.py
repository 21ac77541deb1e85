"""What may stand in a table of study.toml: texts, numbers and shares, labels by language, rules of screening."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

Text = Annotated[str, Field(min_length=1)]
Names = Annotated[tuple[Text, ...], Field(strict=False, min_length=1)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(allow_inf_nan=False, gt=0)]
Share = Annotated[float, Field(allow_inf_nan=False, gt=0, le=1)]
Span = Annotated[tuple[Number, Number], Field(strict=False)]
Kind = Literal["not_used", "skipped", "dont_know", "refused", "empty"]
Missing = Literal["raise", "listwise", "pairwise", "block_mean", "used"]
Do = Literal["flag", "exclude"]
Sign = Literal["longest", "spread", "distance", "even_odd", "synonyms", "antonyms", "speed"]
KINDS_OF_SIGNS: dict[str, str] = {
    "longest": "pattern", "spread": "pattern", "distance": "inconsistency", "even_odd": "inconsistency",
    "synonyms": "inconsistency", "antonyms": "inconsistency", "speed": "speed",
}  # fmt: skip
"""Sign of careless answering -> its kind."""
Correlation = Annotated[float, Field(ge=-1, le=1)]
LayoutName = Annotated[str | None, Field(min_length=1)]


class Table(BaseModel):
    """One table of the file: no unknown key, no conversion of types, not to be changed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    shorthand: ClassVar[str] = "a table { key = value }"

    @property
    def given(self) -> dict[str, Any]:
        """Keys that were written or have a default, in the order of the grammar."""
        return {name: value for name in type(self).model_fields if (value := getattr(self, name)) is not None}


class Labelled(Table):
    """A table whose remaining keys are languages; a plain text is the label in the first language (key "")."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)
    shorthand = "a text, or a table of languages { en = 'text' }"
    __pydantic_extra__: dict[str, Text] = Field(init=False)

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: object) -> object:
        return {"": value} if isinstance(value, str) else value

    @property
    def labels(self) -> dict[str, str]:
        """Language -> label, as written."""
        return dict(self.__pydantic_extra__ or {})


class Rule(Table):
    """What a screening rule does; a bare number is its limit, a bare word what is done."""

    shorthand = "'flag', 'exclude' or a table { do = 'flag' }"
    limit: ClassVar[str | None] = None
    do: Do = "exclude"

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        if isinstance(value, str):
            return {"do": value}
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return {cls.limit: value} if number and cls.limit else value

    @property
    def value(self) -> float | None:
        """The limit of the rule; None where it has none."""
        return None if self.limit is None else float(getattr(self, self.limit))


class Incomplete(Rule):
    """Fewer than `threshold` of the questions that applied were answered."""

    shorthand = "a share above 0 up to 1, 'flag', 'exclude' or a table { threshold = 0.5, do = 'exclude' }"
    limit = "threshold"
    threshold: Share = 0.5


class Straightline(Rule):
    """A run of equal answers as long as `threshold` of the answers; honest people do it too, so it flags."""

    shorthand = "a share above 0 up to 1, 'flag', 'exclude' or a table { threshold = 1.0, do = 'flag' }"
    limit = "threshold"
    do: Do = "flag"
    threshold: Share = 1.0


class Speed(Rule):
    """Fewer than `seconds_per_item` seconds for each answered question."""

    shorthand = "seconds an item, 'flag', 'exclude' or a table { seconds_per_item = 2.0, do = 'exclude' }"
    limit = "seconds_per_item"
    seconds_per_item: Positive = 2.0


class Careless(Rule):
    """Signs of at least `kinds` different kinds: pattern, inconsistency, speed; one sign alone flags only.

    There are no general cut-offs (Curran, 2016, Journal of Experimental Social Psychology 66, 4-19); each is a key:
    `longest` run of one answer as a share of a scale (half: Curran); `spread` of a person's answers as a share of the
    scale (IRV: Dunn et al., 2018); `distance`, probability of a smaller Mahalanobis D2 by chi2 (Meade and Craig, 2012);
    `even_odd` (Johnson, 2005), `synonyms` and `antonyms` (Meade and Craig, 2012; questions that correlate by `alike`
    in the file) within the person: no relation, or the wrong one; `seconds_per_item` (Huang et al., 2012).
    """

    shorthand = "'flag', 'exclude' or a table { do = 'exclude', kinds = 2, longest = 0.5 }"
    kinds: Annotated[int, Field(ge=2, le=3)] = 2
    signs: Annotated[tuple[Sign, ...], Field(strict=False, min_length=1)] = get_args(Sign)
    longest: Share = 0.5
    spread: Share = 0.05
    distance: Annotated[float, Field(gt=0.5, lt=1)] = 0.999
    even_odd: Correlation = 0.0
    synonyms: Correlation = 0.0
    antonyms: Correlation = 0.0
    alike: Share = 0.6
    seconds_per_item: Positive = 2.0

    @property
    def judged(self) -> tuple[str, ...]:
        """Kinds of the signs that are looked for, each once."""
        return tuple(dict.fromkeys(KINDS_OF_SIGNS[sign] for sign in self.signs))


class Screening(Table):
    """[data] screening: rules run in this order; those that are not named do not run."""

    incomplete: Incomplete | None = None
    duplicate: Rule | None = None
    straightline: Straightline | None = None
    speed: Speed | None = None
    careless: Careless | None = None

    @property
    def rules(self) -> dict[str, Rule]:
        """Rules of this study in the order in which they run."""
        return self.given
