"""pyproject.toml, environment.yml and requirements.lock say the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
CONDA_TO_PYPI = {"python-duckdb": "duckdb", "python-build": "build"}
NOT_A_REQUIREMENT = {"python", "pip"}


def declared() -> dict[str, Requirement]:
    """Read the direct dependencies of pyproject.toml: core and every extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    return {canonicalize_name(Requirement(line).name): Requirement(line) for line in lines}


def in_conda() -> dict[str, Requirement]:
    """Read environment.yml under the names of pyproject.toml."""
    entries = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    from_pip = next(entry["pip"] for entry in entries if isinstance(entry, dict))
    lines = [entry for entry in entries if isinstance(entry, str)] + [line for line in from_pip if line[0] != "-"]
    requirements = [Requirement(line) for line in lines]
    named = {canonicalize_name(CONDA_TO_PYPI.get(entry.name, entry.name)): entry for entry in requirements}
    return {name: entry for name, entry in named.items() if name not in NOT_A_REQUIREMENT}


def pins() -> list[tuple[Requirement, int]]:
    """Read requirements.lock: each pin and how many hashes it has."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", text.strip())
    return [(Requirement(block.splitlines()[0].rstrip(" \\")), block.count("--hash=sha256:")) for block in blocks]


def test_environment_yml_has_the_packages_of_pyproject() -> None:
    assert sorted(in_conda()) == sorted(declared())


def test_environment_yml_has_the_bounds_of_pyproject() -> None:
    conda, project = in_conda(), declared()
    differing = {
        name: (str(conda[name].specifier), str(wanted.specifier))
        for name, wanted in project.items()
        if name in conda and conda[name].specifier != wanted.specifier
    }
    assert not differing, f"environment.yml, pyproject.toml: {differing}"


def test_environment_yml_has_the_python_of_pyproject() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    entries = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    assert f"python{wanted}" in entries


@pytest.mark.parametrize("name", sorted(declared()))
def test_lock_pins_every_direct_dependency_within_its_bounds(name: str) -> None:
    versions = [next(iter(pin.specifier)).version for pin, _ in pins() if canonicalize_name(pin.name) == name]
    assert versions, f"{name} is not in requirements.lock: run `python3 tasks.py lock`"
    assert all(declared()[name].specifier.contains(version, prereleases=True) for version in versions), versions


def test_lock_pins_exactly_and_with_hashes() -> None:
    loose = [str(pin) for pin, hashes in pins() if hashes == 0 or [s.operator for s in pin.specifier] != ["=="]]
    assert not loose


def test_lock_names_no_host_and_no_option() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    foreign = [line for line in lines if "://" in line or (line.strip().startswith("--") and "--hash=" not in line)]
    assert not foreign


def test_version_is_the_same_everywhere() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation["version"]) == version
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
