"""tasks.py decides well: set up once, hand over, fall back, and say clearly what is wrong."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

SOURCE = Path(__file__).parents[2] / "tasks.py"
LOCKED = """\
numpy==2.4.6 \\
    --hash=sha256:aa
uv==0.13.9 \\
    --hash=sha256:bb \\
    --hash=sha256:cc
xlrd==1.0 \\
    --hash=sha256:dd
"""


@pytest.fixture
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Load tasks.py afresh, in a folder of its own."""
    spec = importlib.util.spec_from_file_location("tasks_under_test", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "tasks_under_test", module)
    spec.loader.exec_module(module)
    for name, path in {"ROOT": ".", "VENV": ".venv", "LOCK": "requirements.lock", "STAMP": ".venv/stamp"}.items():
        monkeypatch.setattr(module, name, tmp_path / path)
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv" / "python")
    (tmp_path / "requirements.lock").write_text(LOCKED, encoding="utf-8")
    return module


@pytest.fixture
def calls(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Record the commands instead of running them; each succeeds and `venv` leaves a Python."""
    return record(tasks, monkeypatch, lambda command: 0)


def record(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch, code: Callable[[list[str]], int]) -> list[list[str]]:
    seen: list[list[str]] = []

    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        assert options["check"] is False
        seen.append(command)
        if "venv" in command:
            tasks.VENV.mkdir(exist_ok=True)
            tasks.STAMP.unlink(missing_ok=True)
            tasks.PYTHON.touch()
        return subprocess.CompletedProcess(command, code(command))

    monkeypatch.setattr(subprocess, "run", run)
    return seen


def test_second_call_does_not_set_up_again(tasks: ModuleType, calls: list[list[str]]) -> None:
    assert tasks.main(["test", "-k", "weights"]) == 0
    assert len(calls) > 1
    calls.clear()
    assert tasks.main(["test", "-k", "weights"]) == 0
    assert calls == [[str(tasks.PYTHON), "-m", "pytest", "-n", "2", "-k", "weights"]]


def test_changed_lock_sets_up_again(tasks: ModuleType, calls: list[list[str]]) -> None:
    tasks.main(["test"])
    calls.clear()
    tasks.LOCK.write_text(LOCKED + "more==1\n", encoding="utf-8")
    tasks.main(["test"])
    assert any("venv" in command for command in calls)
    assert tasks.is_ready()


@pytest.mark.parametrize(("attribute", "value"), [("version", ("3", "99", "0")), ("folder", Path("/elsewhere"))])
def test_other_python_or_moved_folder_sets_up_again(
    tasks: ModuleType,
    calls: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    attribute: str,
    value: tuple[str, ...] | Path,
) -> None:
    tasks.main(["test"])
    if attribute == "version":
        monkeypatch.setattr(tasks.platform, "python_version_tuple", lambda: value)
    else:
        monkeypatch.setattr(tasks, "ROOT", value)
    assert not tasks.is_ready()


def test_interrupted_set_up_is_repeated(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(command: list[str]) -> int:
        if "--require-hashes" in command:
            raise KeyboardInterrupt
        return 0

    record(tasks, monkeypatch, interrupt)
    assert tasks.main(["test"]) == 130
    assert tasks.PYTHON.exists()
    assert not tasks.is_ready()


def test_uv_on_the_path_is_used_with_hashes_and_bytecode(
    tasks: ModuleType, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.shutil, "which", lambda name: f"/somewhere/{name}")
    tasks.main(["test"])
    locked = calls[1]
    assert locked[:3] == ["/somewhere/uv", "pip", "install"]
    assert {"--require-hashes", "--compile-bytecode", str(tasks.LOCK)} <= set(locked)
    assert calls[2][-2:] == ["--editable", str(tasks.ROOT)]


def test_uv_is_fetched_with_the_hashes_of_the_lock(
    tasks: ModuleType, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.shutil, "which", lambda name: None)
    tasks.main(["test"])
    requirement = Path(calls[1][-1])
    assert "--require-hashes" in calls[1]
    assert requirement.read_text(encoding="utf-8") == "\n".join(LOCKED.splitlines()[2:5]) + "\n"
    assert calls[2][:3] == [str(tasks.PYTHON), "-m", "uv"]


def test_without_uv_plain_pip_installs(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.shutil, "which", lambda name: None)
    calls = record(tasks, monkeypatch, lambda command: int("uv-requirement.txt" in command[-1]))
    assert tasks.main(["test"]) == 0
    assert calls[2][:4] == [str(tasks.PYTHON), "-m", "pip", "install"]
    assert {"--require-hashes", str(tasks.LOCK)} <= set(calls[2])
    assert tasks.is_ready()


def test_where_uv_fails_pip_is_tried(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.shutil, "which", lambda name: "/somewhere/uv")
    calls = record(tasks, monkeypatch, lambda command: int(command[0] == "/somewhere/uv"))
    assert tasks.main(["test"]) == 0
    assert "pip" in calls[2]
    assert calls[2][0] == str(tasks.PYTHON)


def test_without_a_network_the_message_says_so(
    tasks: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    record(tasks, monkeypatch, lambda command: int("install" in command))
    assert tasks.main(["demo"]) == 1
    assert "Is this machine online" in capsys.readouterr().err
    assert not tasks.is_ready()


def test_too_old_python_is_refused_before_anything_is_made(
    tasks: ModuleType, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tasks, "OLDEST_PYTHON", (99, 0))
    assert tasks.main(["test"]) == 1
    assert "needs Python 3.11 or newer" in capsys.readouterr().err
    assert calls == []


def test_missing_ensurepip_names_the_package(
    tasks: ModuleType, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tasks.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else object())
    assert tasks.main(["test"]) == 1
    assert "apt install python3." in capsys.readouterr().err
    assert calls == []


def test_unknown_task_lists_the_tasks(
    tasks: ModuleType, calls: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert tasks.main(["tset"]) == 2
    message = capsys.readouterr().err
    assert "Did you mean 'test'?" in message
    assert all(name in message for name in tasks.TASKS)
    assert calls == []


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["--help"], 0), (["help"], 0)])
def test_help_sets_nothing_up(
    tasks: ModuleType, calls: list[list[str]], capsys: pytest.CaptureFixture[str], arguments: list[str], code: int
) -> None:
    assert tasks.main(arguments) == code
    assert "usage: python3 tasks.py TASK" in capsys.readouterr().out
    assert calls == []


@pytest.mark.parametrize(("code", "given"), [(0, 0), (5, 5), (-15, 143)])
def test_exit_code_of_the_task_is_given_back(
    tasks: ModuleType, monkeypatch: pytest.MonkeyPatch, code: int, given: int
) -> None:
    record(tasks, monkeypatch, lambda command: code if "pytest" in command else 0)
    assert tasks.main(["test"]) == given
