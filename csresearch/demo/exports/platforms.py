"""How each platform lays its export out: columns of its own, header rows, answers in its way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from csresearch.demo.exports.asked import Answered, Column, Question, Sheet, Texts


def plain(answered: Answered) -> Sheet:
    """One header row of short names; an option is a column of 1 and 0."""
    columns = [_own("id", answered.id), _own("seconds", _texts(answered.seconds))]
    for question in answered.questions:
        if question.multiple:
            chosen = answered.chosen(question).items()
            columns += [_asked(f"{question.name}:{option}", cells) for option, cells in chosen]
        else:
            columns.append(_asked(question.name, answered.cells(question)))
    return Sheet(columns=columns)


def qualtrics(answered: Answered) -> Sheet:
    """Write three header rows: name, text, import id; preview rows first; options of multiple answers as text or 1."""
    n, words = len(answered.frame), answered.words
    begun, ended = answered.times("{0:%Y-%m-%d %H:%M:%S}")
    done = answered.finished
    ready = np.where(done, "True" if words else "1", "False" if words else "0").astype(object)
    own: dict[str, tuple[str, str, Texts]] = {
        "StartDate": ("Start Date", "startDate", begun),
        "EndDate": ("End Date", "endDate", ended),
        "Status": ("Response Type", "status", _constant("IP Address" if words else "0", n)),
        "Progress": ("Progress", "progress", np.where(done, "100", "46").astype(object)),
        "Duration (in seconds)": ("Duration (in seconds)", "duration", _texts(answered.seconds)),
        "Finished": ("Finished", "finished", ready),
        "RecordedDate": ("Recorded Date", "recordedDate", ended),
        "ResponseId": ("Response ID", "_recordId", answered.id),
        "DistributionChannel": ("Distribution Channel", "distributionChannel", _constant("anonymous", n)),
        "UserLanguage": ("User Language", "userLanguage", _constant("EN", n)),
    }
    columns = [Column("", (name, text, _import_id(key)), cells) for name, (text, key, cells) in own.items()]
    for name, question, option, text, cells in _split(answered, "Q{number}", "Q{number}_{place}"):
        code = f"QID{name.removeprefix('Q')}"
        if option:
            cells = np.where(cells == "1", question.options[option] if words else "1", "").astype(object)
        columns.append(Column(_key(question, option), (name, text, _import_id(code)), cells))
    width = len(columns)
    preview = ["2026-03-01 18:00:00", "2026-03-01 18:01:00", "Survey Preview" if words else "1", "100", "60"]
    preview += ["True" if words else "1", "2026-03-01 18:01:00"]
    tests = [[*preview, f"R_preview{row}", "preview", "EN", *[""] * (width - 10)] for row in range(answered.previews)]
    return Sheet(columns=columns, previews=tests)


def surveymonkey(answered: Answered) -> Sheet:
    """Write two header rows: question, then row or option; the question stands once over its columns."""
    n, (begun, ended) = len(answered.frame), answered.times("{0:%m/%d/%Y %I:%M:%S %p}")
    own = {"Respondent ID": answered.id, "Collector ID": _constant("400000001", n), "Start Date": begun}
    own |= {"End Date": ended, "IP Address": _constant("", n), "Email Address": _constant("", n)}
    own |= {"First Name": _constant("", n), "Last Name": _constant("", n), "Custom Data 1": _texts(answered.seconds)}
    columns = [Column("", (name, ""), cells) for name, cells in own.items()]
    before = 0
    for number, question in answered.numbered:
        stem, before = ("" if number == before else question.text), number
        if question.multiple:
            for option, cells in answered.chosen(question).items():
                words = question.options[option]
                marked = np.where(cells == "1", words, "").astype(object)
                columns.append(Column(_key(question, option), (stem, words), marked))
                stem = ""
        else:
            kind = "Response" if question.options else "Open-Ended Response"
            columns.append(Column(question.name, (stem, question.row or kind), answered.cells(question)))
    return Sheet(columns=columns)


def limesurvey(answered: Answered) -> Sheet:
    """Write codes with their parts in brackets; Y and blank in codes; Yes, No, and N/A where not asked, in words."""
    begun, ended = answered.times("{0:%Y-%m-%d %H:%M:%S}")
    submitted = np.where(answered.finished, ended, "").astype(object)
    last_page = np.where(answered.finished, "5", "2").astype(object)
    columns = [_own("id", answered.id), _own("submitdate", submitted), _own("lastpage", last_page)]
    columns.append(_own("startlanguage", _constant("en", len(answered.frame))))
    columns += [_own("startdate", begun), _own("datestamp", ended)]
    for name, question, option, _, cells in _split(answered, "Q{number}", "Q{number}[SQ{place:03d}]"):
        if option:
            no = np.where(cells == "0", "No", np.where(answered.skipped(question), "N/A", "")).astype(object)
            cells = np.where(cells == "1", "Yes" if answered.words else "Y", no if answered.words else "")
        elif answered.words:
            cells = np.where(answered.skipped(question), "N/A", cells)
        columns.append(Column(_key(question, option), (name,), cells.astype(object)))
    return Sheet(columns=[*columns, _own("interviewtime", _texts(answered.seconds))])


def kobo(answered: Answered) -> Sheet:
    """Write group/question; several answers as one column of names and a column of 0 and 1 each; n/a if not asked."""
    begun, ended = answered.times("{0:%Y-%m-%dT%H:%M:%S}.000+08:00")
    columns = [_own("start", begun), _own("end", ended)]
    for question in answered.questions:
        path = f"{question.group}/{question.name}" if question.group else question.name
        away = answered.skipped(question)
        if question.multiple:
            chosen = answered.chosen(question)
            none = np.where(away, "n/a", "")
            joined = np.where(next(iter(chosen.values())) == "", none, _joined(chosen, list(chosen), " "))
            columns.append(Column(question.name, (path,), joined.astype(object)))
            for option, cells in chosen.items():
                cells = np.where(away, "n/a", cells).astype(object)
                columns.append(Column(_key(question, option), (f"{path}/{option}",), cells))
        else:
            cells = np.where(away, "n/a", answered.cells(question)).astype(object)
            columns.append(Column(question.name, (path,), cells))
    last = {"_id": answered.id, "_submission_time": ended, "_duration": _texts(answered.seconds)}
    last["_index"] = _texts(np.arange(1, len(answered.frame) + 1))
    return Sheet(columns=[*columns, *(_own(name, cells) for name, cells in last.items())])


def wenjuanxing(answered: Answered) -> Sheet:
    """Write numbered headers, several answers joined by ┋, (跳过) and (空), -3 and -2 in codes; seconds with unit."""
    n, (_, ended) = len(answered.frame), answered.times("{0.year}/{0.month}/{0.day} {0.hour}:{0:%M:%S}")
    taken = np.array([f"{seconds}秒" for seconds in answered.seconds], dtype=object)
    own = {"序号": answered.id, "提交答卷时间": ended, "所用时间": taken, "来源": _constant("微信", n)}
    own |= {"来源详情": _constant("N/A", n), "来自IP": _constant("", n)}
    columns = [_own(name, cells) for name, cells in own.items()]
    for number, question in answered.numbered:
        header = f"{number}、{question.text}" + (f"—{question.row}" if question.row else "")
        if question.multiple:
            chosen = answered.chosen(question)
            names = list(question.options.values()) if answered.words else list(chosen)
            cells = _joined(chosen, names, "┋")
        else:
            cells = answered.cells(question)
        skipped, empty = ("(跳过)", "(空)") if answered.words else ("-3", "-2")
        away = np.where(answered.skipped(question), skipped, empty)
        columns.append(Column(question.name, (header,), np.where(cells == "", away, cells).astype(object)))
    return Sheet(columns=columns)


def _split(answered: Answered, single: str, part: str) -> Iterator[tuple[str, Question, str, str, Texts]]:
    """Give name, question, option ("" for one answer), text and cells of each column; parts count within a number."""
    place, before = 0, 0
    for number, question in answered.numbered:
        place, before = (place if number == before else 0), number
        if question.multiple:
            for option, cells in answered.chosen(question).items():
                place += 1
                text = f"{question.text} - Selected Choice - {question.options[option]}"
                yield part.format(number=number, place=place), question, option, text, cells
        elif question.row:
            place += 1
            text = f"{question.text} - {question.row}"
            yield part.format(number=number, place=place), question, "", text, answered.cells(question)
        else:
            yield single.format(number=number), question, "", question.text, answered.cells(question)


def _joined(chosen: Mapping[str, Texts], names: Sequence[str], delimiter: str) -> Texts:
    """Join the names of what was chosen, shape (n,)."""
    rows = zip(*chosen.values(), strict=True)
    picked = [delimiter.join(name for name, cell in zip(names, row, strict=True) if cell == "1") for row in rows]
    return np.array(picked, dtype=object)


def _own(name: str, cells: Texts) -> Column:
    return Column("", (name,), cells)


def _asked(name: str, cells: Texts) -> Column:
    return Column(name, (name,), cells)


def _key(question: Question, option: str) -> str:
    return f"{question.name}:{option}" if option else question.name


def _import_id(key: str) -> str:
    return json.dumps({"ImportId": key}, separators=(",", ":"))


def _constant(text: str, n: int) -> Texts:
    return np.full(n, text, dtype=object)


def _texts(values: object) -> Texts:
    return np.array([str(value) for value in np.asarray(values)], dtype=object)


PLATFORMS: Mapping[str, Callable[[Answered], Sheet]] = {
    "plain": plain,
    "qualtrics": qualtrics,
    "surveymonkey": surveymonkey,
    "limesurvey": limesurvey,
    "kobo": kobo,
    "wenjuanxing": wenjuanxing,
}
