"""Where the demo studies stand: inside the installed package, or at the top of a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_FOLDERS = (_PACKAGE / "data", _PACKAGE.parent / "data")


def study_folder(name: str) -> Path:
    """Find the folder of a demo study.

    Parameters
    ----------
    name
        Name of the study, which is the name of its folder.

    Returns
    -------
    Path
        Folder with `study.toml` and the raw files; read it, never write to it.

    Raises
    ------
    ValueError
        There is no demo study of that name; the message lists those there are.

    Examples
    --------
    >>> (study_folder("mobile") / "study.toml").exists()
    True
    """
    folders = _studies()
    if name not in folders:
        known = ", ".join(sorted(folders)) or f"none, {_FOLDERS[0]} is missing: install csresearch again"
        raise ValueError(f"there is no demo study {name!r}; demo studies: {known}")
    return folders[name]


def _studies() -> dict[str, Path]:
    """Map names to folders of the first place that has studies."""
    for folder in _FOLDERS:
        found = {path.parent.name: path.parent for path in folder.glob("*/study.toml")}
        if found:
            return found
    return {}
