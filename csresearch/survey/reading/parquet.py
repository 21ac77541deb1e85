"""Parquet, read by DuckDB."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd

from csresearch.errors import DataError, extra
from csresearch.survey.reading.labelled import NOTHING_SAID, texts
from csresearch.survey.reading.table import Said, Table

_NESTED = ("STRUCT", "MAP", "UNION", "VARIANT", "BLOB", "GEOMETRY")
_FLOAT = ("FLOAT", "DOUBLE")
_INDEX = "__index_level_"  # what pandas keeps of the index


def is_parquet(content: bytes) -> bool:
    """Tell a Parquet file by its first bytes."""
    return content.startswith(b"PAR1")


def read_parquet(content: bytes, file: str, said: Said = NOTHING_SAID) -> Table:
    """Read a Parquet file, all cells as text: 7.0 is "7", true is "1", a null is "".

    Raises
    ------
    DataError
        Damaged, cut short, no column, or columns that hold lists, tables or bytes.
    """
    with extra("big"):
        import duckdb
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        path = Path(folder) / "answers.parquet"
        path.write_bytes(content)
        source = f"read_parquet('{path}')"
        try:
            described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
            kinds = {str(row[0]): str(row[1]) for row in described if not str(row[0]).startswith(_INDEX)}
            nested = [name for name, kind in kinds.items() if kind.startswith(_NESTED) or kind.endswith("]")]
            if nested or not kinds:
                found = f"columns that hold lists, tables or bytes: {', '.join(nested)}" if nested else "no column"
                raise DataError(f"{file} has {found}; write one value a cell, a column an answer")
            frame = connection.execute(f"SELECT {', '.join(map(_selected, kinds.items()))} FROM {source}").df()
        except duckdb.Error as error:
            raise DataError(f"{file} cannot be read as Parquet ({type(error).__name__}); write it again") from None
    cells = {n: texts(frame.iloc[:, place], single=kinds[n] == "FLOAT") for place, n in enumerate(kinds)}
    return Table(cells=pd.DataFrame(cells, index=pd.RangeIndex(len(frame)), dtype=object))


def _selected(column: tuple[str, str]) -> str:
    """Let DuckDB write whole numbers, dates and truths as text: a frame would round or rename them."""
    name, kind = column
    quoted = '"' + name.replace('"', '""') + '"'
    if kind in _FLOAT:
        return quoted
    return f"CAST({f'CAST({quoted} AS TINYINT)' if kind == 'BOOLEAN' else quoted} AS VARCHAR)"
