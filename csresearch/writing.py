"""Files are written whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from csresearch.errors import OutputError

# Files carry this date instead of the hour of writing, so that the same results give the same bytes.
FIXED_DATE = datetime(2000, 1, 1)


def write_whole(path: Path, write: Callable[[Path], object], *, force: bool = False) -> None:
    """Let `write` fill a temporary file beside `path`, then rename it; a missing folder is made.

    Parameters
    ----------
    path : Path
        The file to be written.
    write : callable
        Takes the temporary path (same folder, same suffix) and writes it.
    force : bool
        Whether a file that stands there may be replaced.

    Raises
    ------
    OutputError
        If the file exists and `force` is not set, `path` is a folder, the folder cannot be made or written,
        or the rename is refused. What stood there before is untouched and nothing half-written is left behind.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "note.txt"
    >>> write_whole(target, lambda temporary: temporary.write_text("whole"))
    >>> target.read_text()
    'whole'
    """
    temporary = path.parent / f".{path.stem}-{secrets.token_hex(4)}{path.suffix}"
    try:
        if path.is_dir():
            raise OutputError(f"{path}: is a folder; name a file in it")
        if path.exists() and not force:
            raise OutputError(f"{path}: exists and is left as it is; use force (--force) or another name")
        path.parent.mkdir(parents=True, exist_ok=True)
        write(temporary)
        os.replace(temporary, path)
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written ({error.strerror or error}); "
            "close the file in other programs, free some space, or choose a folder you may write to"
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink()
