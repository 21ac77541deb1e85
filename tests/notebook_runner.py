"""Run the notebooks; the only writer of their outputs: `python tests/notebook_runner.py [--check] [name ...]`.

A name is a file or the beginning of one (`09`); without any, all are run. Each is executed in a fresh kernel and
written back in one form: the same answers give the same bytes. `--check` writes nothing and tells what would differ.

Words and figures are compared sign by sign. Pictures are compared by eye, so to say: as grey blocks of 16 x 16 pixels,
of which one in a hundred may differ clearly; another rendering of the fonts passes, bars of another length do not.
The figures in a picture stand in the tables, too. A picture that looks as before keeps its bytes, where all else does.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import nbformat
import numpy as np
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from PIL import Image

FOLDER = Path(__file__).parents[1] / "notebooks"
SECONDS_A_CELL = 120
BLOCK, GREY, SHARE = 16, 60.0, 0.01  # pixels; how far a block may be off, of 255; how many may be off
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
PASSING = ("Matplotlib is building the font cache",)  # said once on a new machine
WIDGET = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the notebooks that are asked for; 1 if one fails or, with --check, differs."""
    parser = argparse.ArgumentParser(description="Run notebooks afresh and write their outputs.")
    parser.add_argument("names", nargs="*", help="notebooks, or beginnings of their names; default: all")
    parser.add_argument("--check", action="store_true", help="write nothing; tell what would differ")
    options = parser.parse_args(arguments)
    started, failed = time.perf_counter(), 0
    paths = chosen(options.names)
    for number, path in enumerate(paths, start=1):
        print(f"[{number}/{len(paths)}] {path.stem} ... ", end="", flush=True)
        begun = time.perf_counter()
        failed += not run(path, check=options.check, say=print)
        print(f"      {time.perf_counter() - begun:.1f} s, {path.stat().st_size / 1024:.0f} KB")
    print(f"{len(paths)} notebooks, {failed} with problems, {time.perf_counter() - started:.0f} s")
    return 1 if failed else 0


def chosen(names: Sequence[str]) -> list[Path]:
    """Find the notebooks that are meant."""
    every = sorted(FOLDER.glob("*.ipynb"))
    found = [path for path in every if not names or any(path.stem.startswith(Path(name).stem) for name in names)]
    if not found:
        raise SystemExit(f"no notebook begins with {' or '.join(names)}; there are {', '.join(p.stem for p in every)}")
    return found


def run(path: Path, *, check: bool, say: Callable[[str], None]) -> bool:
    """Execute one notebook and write it, or compare it; tell whether all is well."""
    committed = nbformat.read(path, as_version=4)
    try:
        fresh = execute(committed)
    except CellExecutionError as error:
        say(f"failed\n{COLOURS.sub('', str(error))}")
        return False
    if check:
        found = differences(committed, fresh)
        say("\n      ".join(["differs", *found]) if found else "as committed")
        return not found
    write(path, keeping_pictures(committed, fresh))
    say("written")
    return True


def execute(notebook: NotebookNode) -> NotebookNode:
    """Execute a copy of a notebook in a fresh kernel, untouched by the user's own settings, and normalise it."""
    copy = cleared(notebook)
    manager = AsyncKernelManager(kernel_name="python3")
    with tempfile.TemporaryDirectory(prefix="run") as settings:
        if os.name != "nt":  # over TCP the kernel warns that it is not encrypted
            manager.transport, manager.ip = "ipc", f"{settings}/kernel"
        surroundings = {key: value for key, value in os.environ.items() if key != "MPLBACKEND"}
        surroundings |= {"IPYTHONDIR": settings, "PYTHONHASHSEED": "0"}
        client = NotebookClient(copy, km=manager, timeout=SECONDS_A_CELL, record_timing=False)
        client.execute(cwd=str(FOLDER), env=surroundings, cleanup_kc=True)
    return normalised(copy)


def cleared(notebook: NotebookNode) -> NotebookNode:
    """Copy without outputs, so that nothing old can pass for new."""
    copy: NotebookNode = nbformat.from_dict(notebook)
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return copy


def normalised(notebook: NotebookNode) -> NotebookNode:
    """Bring a notebook to its stored form: no times, no machine, counts in order, lasting cell ids."""
    copy: NotebookNode = nbformat.from_dict(notebook)
    copy.metadata = nbformat.from_dict(METADATA)
    copy.nbformat, copy.nbformat_minor = 4, 5
    seen: set[str] = set()
    count = 0
    for cell in copy.cells:
        cell.metadata = {"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {}
        cell.id = _id(cell, seen)
        cell.source = "\n".join(line.rstrip() for line in cell.source.rstrip().splitlines())
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            cell.outputs = list(_outputs(cell.outputs, count))
    return nbformat.from_dict(copy)


def _id(cell: NotebookNode, seen: set[str]) -> str:
    """Keep the id of a cell; a new or doubled one comes from the words of the cell."""
    name = cell.get("id", "")
    if not name or name in seen:
        name = hashlib.sha256(f"{len(seen)} {cell.source}".encode()).hexdigest()[:8]
    seen.add(name)
    return str(name)


def _outputs(outputs: list[NotebookNode], count: int) -> Iterator[NotebookNode]:
    """Join what was printed in pieces, drop what only this machine says."""
    printed: NotebookNode | None = None
    for output in outputs:
        if output.output_type == "stream":
            if output.name == "stderr" and any(words in output.text for words in PASSING):
                continue
            if printed is not None and printed.name == output.name:
                printed.text += output.text
                continue
            printed = output
        else:
            printed = None
            if "data" in output:
                output.metadata = {}
                output.data.pop(WIDGET, None)  # its id is another one in each run; the words beside it stay
                if "image/png" in output.data:
                    output.data = {"image/png": output.data["image/png"]}
            if output.output_type == "execute_result":
                output.execution_count = count
        yield output


def differences(committed: NotebookNode, fresh: NotebookNode) -> list[str]:
    """Say in which cells two runs of a notebook differ."""
    found = []
    pairs = zip(committed.cells, fresh.cells, strict=True)
    for number, (old, new) in enumerate(pairs, start=1):
        if old.cell_type != "code":
            continue
        before, after = ([_content(output) for output in cell.outputs] for cell in (old, new))
        if [sorted(content) for content in before] != [sorted(content) for content in after]:
            found.append(f"cell {number}: outputs of other kinds, {_kinds(before)} before, {_kinds(after)} now")
            continue
        for was, now in zip(before, after, strict=True):
            for kind in was:
                if kind == "image/png" and not look_alike(was[kind], now[kind]):
                    found.append(f"cell {number}: the picture looks different")
                if kind != "image/png" and was[kind] != now[kind]:
                    found.append(f"cell {number}: {kind} differs: {_first_difference(was[kind], now[kind])}")
    return found


def _content(output: NotebookNode) -> dict[str, str]:
    if output.output_type == "stream":
        return {output.name: output.text}
    if output.output_type == "error":
        return {"error": f"{output.ename}: {output.evalue}"}
    return {kind: str(value) for kind, value in output.data.items()}


def _kinds(outputs: list[dict[str, str]]) -> str:
    return " + ".join("/".join(output) for output in outputs) or "none"


def _first_difference(was: str, now: str) -> str:
    lines = zip([*was.splitlines(), ""], [*now.splitlines(), ""], strict=False)
    old, new = next(((old, new) for old, new in lines if old != new), ("", ""))
    return f"{old.strip()[:160]!r} before, {new.strip()[:160]!r} now"


def look_alike(first: str, second: str) -> bool:
    """Whether two pictures, PNG in base 64, look the same."""
    if first.strip() == second.strip():
        return True
    one, two = (Image.open(io.BytesIO(base64.b64decode(code))).convert("L") for code in (first, second))
    if any(abs(a - b) > 0.05 * a for a, b in zip(one.size, two.size, strict=True)):
        return False
    grey = [_blocks(picture) for picture in (one, two.resize(one.size))]
    return bool((np.abs(grey[0] - grey[1]) > GREY).mean() <= SHARE)


def _blocks(picture: Image.Image) -> np.ndarray:
    """Mean grey of each block, shape (rows, columns); the rim that fills no block is left out."""
    pixels = np.asarray(picture, dtype=float)
    rows, columns = (size // BLOCK for size in pixels.shape)
    whole = pixels[: rows * BLOCK, : columns * BLOCK]
    return whole.reshape(rows, BLOCK, columns, BLOCK).mean(axis=(1, 3))


def keeping_pictures(committed: NotebookNode, fresh: NotebookNode) -> NotebookNode:
    """Let pictures that look as before keep their bytes, so that history holds only what changed.

    Blocks of grey do not see a point that moved a little: where any word or figure changed, all pictures are new.
    """
    if differences(committed, fresh):
        return fresh
    old = {cell.get("id"): cell.get("outputs", []) for cell in committed.cells}
    for cell in fresh.cells:
        for was, now in zip(old.get(cell.id, []), cell.get("outputs", []), strict=False):
            pictures = [output.get("data", {}).get("image/png") for output in (was, now)]
            if all(pictures) and look_alike(*pictures):
                now.data["image/png"] = pictures[0]
    return fresh


def write(path: Path, notebook: NotebookNode) -> None:
    """Write a notebook whole, or not at all."""
    temporary = path.with_suffix(".writing")
    temporary.write_text(nbformat.writes(notebook).rstrip() + "\n", encoding="utf-8", newline="\n")
    temporary.replace(path)


if __name__ == "__main__":
    sys.exit(main())
