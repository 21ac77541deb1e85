"""The encoding of a text: as said, by byte-order mark, strict UTF-8, else decided among a few, and then told."""

from __future__ import annotations

import codecs
import re

from csresearch.errors import DataError, extra
from csresearch.survey.checking.view import Finding, note

CANDIDATES = ("gb18030", "big5", "cp1252")
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # begins as UTF-16 does, so it is looked for first
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_MARKED = {"utf-8-sig": ("utf-8",), "utf-16": ("utf-16-le", "utf-16-be"), "utf-32": ("utf-32-le", "utf-32-be")}
_NAMES = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "utf-16": "UTF-16", "utf-32": "UTF-32"}
_NAMES |= {"gb18030": "GB18030", "big5": "Big5", "cp1252": "cp1252"}
DECIDED = tuple(_NAMES[name] for name in CANDIDATES)
"""Names of encodings that only the bytes tell."""
_REMEDY = "say encoding = '...' in [data], such as 'gb18030', 'big5' or 'cp1252', or save the file as CSV UTF-8"
_ESCAPES = ("idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7", "undefined")
"""Codecs of Python that are no encodings of a file: they would turn signs of the answers into others."""
_LOOKED_AT = 1 << 16  # bytes of different lines beyond ASCII, which tell the encoding
_MESS = 0.08  # a text that reads worse than this is in none of the encodings
_CERTAIN = 4  # different characters that are UTF-8 by no chance
_APART = 0.03  # candidates that read as well as each other cannot be told apart

_ACCENTS = 0.75  # share of letters with an accent in words that have one: été has the most, a Russian text has 1
_SIGNS = set("«»“”‘’„‚…–—€£°·¿¡ºª§®™ ")


def is_marked(content: bytes) -> bool:
    """Tell whether a text begins with a byte-order mark."""
    return content.startswith(tuple(_MARKS))


def decode(content: bytes, file: str, *, asked: str | None = None) -> tuple[str, str, tuple[Finding, ...]]:
    """Decode a text.

    Parameters
    ----------
    content, file
        Bytes, and the name of the file for messages.
    asked : str, optional
        The encoding that [data] says.

    Returns
    -------
    text, name of the encoding, findings
        A finding where the bytes decided.

    Raises
    ------
    DataError
        No such encoding; a line that is not in it; bytes that fit none of the candidates, or several alike.

    Examples
    --------
    >>> decode("满意,7".encode(), "a.csv")[:2], decode("¿Está satisfecha?; 7; señal".encode("cp1252"), "a.csv")[1]
    (('满意,7', 'UTF-8'), 'cp1252')
    """
    marked = next((name for mark, name in _MARKS.items() if content.startswith(mark)), None)
    if asked is not None:
        try:
            known = codecs.lookup(asked).name
            "a".encode(known)  # a codec of bytes, such as base64, is none of text
            if known in _ESCAPES:
                raise LookupError
        except LookupError:
            raise DataError(f"{file}: [data] encoding = '{asked}' is no encoding; {_REMEDY}") from None
        known = marked if marked is not None and known in _MARKED[marked] else known
        text = _strictly(content, known, file, said=asked)
        return text, _NAMES.get(known, asked), _doubted(content, text, file, asked)
    if marked is not None:
        return _strictly(content, marked, file), _NAMES[marked], ()
    try:
        return content.decode("utf-8"), "UTF-8", ()
    except UnicodeDecodeError as error:
        name = _decided(content, file, _line(content, error.start))
    found = f"read as {_NAMES[name]}, decided from the bytes"
    remedy = f"say encoding = '{name}' in [data] to fix it"
    return content.decode(name), _NAMES[name], (note(file, found, "UTF-8, or an encoding that is said", remedy, 1),)


def _doubted(content: bytes, text: str, file: str, asked: str) -> tuple[Finding, ...]:
    """Hold the encoding that is said against the bytes, which can be legal in several; DataError for UTF-8."""
    try:
        other = content.decode("utf-8-sig")
        name = "UTF-8"
    except UnicodeDecodeError:
        try:
            name = _decided(content, file, 1)
            other = content.decode(name)
        except DataError:
            return ()
    if "\0" in other or other.lstrip("\ufeff") == text.lstrip("\ufeff"):
        return ()
    if name == "UTF-8" and len({character for character in other if not character.isascii()}) >= _CERTAIN:
        raise DataError(f"{file}: the file is UTF-8; [data] says encoding = '{asked}'; take the key away")
    found = f"encoding = '{asked}', and bytes that read better as {_NAMES.get(name, name)}"
    return (note("[data] encoding", found, _NAMES.get(name, name), "it is read as you say; look at its words", 1),)


def _strictly(content: bytes, name: str, file: str, *, said: str | None = None) -> str:
    try:
        return content.decode(name)
    except UnicodeDecodeError as error:
        told = f"[data] says encoding = '{said}'" if said else f"its byte-order mark says {_NAMES[name]}"
        remedy = "take the key away, or correct it" if said else "export it again"
        raise DataError(
            f"{file}: line {_line(content, error.start)} is not in that encoding; {told}; {remedy}"
        ) from None


def _decided(content: bytes, file: str, line: int) -> str:
    """Choose among the candidates by how well they read; DataError where none or several do."""
    with extra("files"):
        from charset_normalizer import from_bytes
    legal = [name for name in CANDIDATES if _is_legal(content, name)]
    lines = dict.fromkeys(part for part in content.replace(b"\r", b"\n").split(b"\n") if not part.isascii())
    joined = b"\n".join(lines).replace("┋".encode("gb18030"), b" ")  # joins several answers, and reads as a mess
    sample = joined[:_LOOKED_AT]
    sample = sample if len(sample) < _LOOKED_AT else sample[: sample.rfind(b"\n")]
    read = {match.encoding: match.chaos for match in from_bytes(sample, cp_isolation=list(CANDIDATES))}
    read = {name: read[name] for name in legal if name in read}
    if "cp1252" in legal and _is_western(sample.decode("cp1252")):
        read["cp1252"] = 0.0  # it takes short words with many accents for a mess
    elif len(read) > 1:
        read.pop("cp1252", None)  # and Chinese of few characters for signs, which are no mess
    best = min(read.values(), default=1.0)
    where = f"{file}: line {line} is not UTF-8"
    if best > _MESS:
        tried = ", ".join(["UTF-8", *(_NAMES[name] for name in CANDIDATES)])
        raise DataError(f"{where}; tried: {tried}, and none reads well; {_REMEDY}")
    alike = [name for name, mess in read.items() if mess - best < _APART]
    if len(alike) > 1:
        several = " and ".join(_NAMES[name] for name in alike)
        raise DataError(f"{where}, and {several} read equally well, so the bytes do not decide; {_REMEDY}")
    return alike[0]


def _is_western(text: str) -> bool:
    """Tell whether letters with accents stand in words as Western languages have them: among plain letters."""
    words = [word for word in re.findall(r"[^\W\d_]+", text) if not word.isascii()]
    letters = "".join(words)
    symbols = {character for character in text if not character.isascii() and not character.isalpha()}
    return symbols <= _SIGNS and sum(not c.isascii() for c in letters) <= _ACCENTS * len(letters)


def _is_legal(content: bytes, name: str) -> bool:
    try:
        content.decode(name)
        return True
    except UnicodeDecodeError:
        return False


def _line(content: bytes, position: int) -> int:
    return content[:position].count(b"\n") + 1
