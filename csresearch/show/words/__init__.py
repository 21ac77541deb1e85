"""Printed words by dotted key: a folder a language, a TOML file a room."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_CHINESE_FIRST = re.compile(r"([\u4e00-\u9fff])([A-Za-z0-9+\u2212\[])")
_LATIN_FIRST = re.compile(r"([A-Za-z0-9+%\u00b2\]])([\u4e00-\u9fff])")


def languages() -> tuple[str, ...]:
    """Languages that have a folder of words, sorted.

    Examples
    --------
    >>> "en" in languages()
    True
    """
    return tuple(sorted(e.name for e in files(__name__).iterdir() if e.is_dir() and e.name[0].isalpha()))


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All words of a language by dotted key.

    Parameters
    ----------
    language : str
        Name of a folder beside this file.

    Returns
    -------
    Mapping of str to str
        Dotted key to text, which may hold ``{fields}``.

    Raises
    ------
    ValueError
        If the language has no words; the message lists those that have, or a key stands in two files.
    """
    if language not in languages():
        raise ValueError(f"language must be one of {', '.join(languages())}; found {language!r}")
    words: dict[str, str] = {}
    rooms = (e for e in files(__name__).joinpath(language).iterdir() if e.name.endswith(".toml"))
    for room in sorted(rooms, key=lambda entry: entry.name):
        found = dict(_flat(tomllib.loads(room.read_text(encoding="utf-8"))))
        if twice := sorted(words.keys() & found.keys()):
            raise ValueError(f"{language}/{room.name}: {', '.join(twice)} stands in another file as well")
        words |= found
    return words


def text(key: str, language: str = "en", *, fields: Mapping[str, object] | None = None) -> str:
    """Look up the words of one key and fill in its fields.

    Parameters
    ----------
    key : str
        Dotted key, such as ``base.plain``.
    language : str
        Language of the words.
    fields : mapping, optional
        Values for the ``{fields}`` of the text.

    Returns
    -------
    str
        The text.

    Raises
    ------
    KeyError
        If the key is not in the words of the language, or the text has a field that is not given.
    ValueError
        If the language has no words.

    Examples
    --------
    >>> text("base.plain", fields={"n": "250"})
    'n = 250'
    """
    words = catalogue(language)
    if key not in words:
        raise KeyError(f"{key!r} is not in csresearch/show/words/{language}; add it there")
    try:
        said = words[key].format_map(fields or {})
        return _apart(said) if language == "zh" else said
    except KeyError as error:
        raise KeyError(f"{key!r} of {language} needs the field {error}; given: {sorted(fields or {})}") from None


def words_of(name: str, language: str = "en") -> dict[str, str]:
    """All words whose keys begin with a name, by the rest of the key.

    Examples
    --------
    >>> words_of("sentence")["two"]
    '{first} {second}'
    """
    return {
        key.removeprefix(f"{name}."): said for key, said in catalogue(language).items() if key.startswith(f"{name}.")
    }


def _apart(words: str) -> str:
    """Put a space between Chinese and Latin signs, which a name that is filled in may bring together.

    Examples
    --------
    >>> _apart("Alba与各竞争对手，2027H1达到78分")
    'Alba 与各竞争对手，2027H1 达到 78 分'
    """
    return _LATIN_FIRST.sub(r"\1 \2", _CHINESE_FIRST.sub(r"\1 \2", words))


def _flat(table: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in table.items():
        key = f"{prefix}{name}"
        pairs.extend(_flat(value, f"{key}.") if isinstance(value, dict) else [(key, str(value))])
    return pairs
