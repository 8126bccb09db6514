"""What the whole project promises: short files, honest lists, documents that keep up."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from rbm.settings import KNOBS, Settings
from tools.get_pip import newest_wheel

ROOT = Path(__file__).parents[1]
DISTRIBUTIONS = {
    "llvmlite": "numba",
    "PIL": "pillow",
    "python_calamine": "python-calamine",
    "sklearn": "scikit-learn",
}
"""Imports whose name differs from that of what one installs."""
COMMAND_LINE_TOOLS = {"pytest-timeout", "pytest-rerunfailures", "ruff", "mypy", "import-linter"}
UNFINISHED = re.compile(
    r"\b(?:TODO|FIXME|XXX)\b|type:\s*ignore|mark\.skip|mark\.xfail|except:\s*$|/(?:home|root)/\w",
    re.MULTILINE,
)


def project_files(*suffixes: str) -> Iterator[Path]:
    """Files of ours with these endings; nothing installed, generated or hidden."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") or part == "build" for part in parts)
        if path.suffix in suffixes and not hidden and path.is_file():
            yield path


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(*places: str) -> set[str]:
    """Names of the foreign packages that Python files at or below these places import."""
    names = set()
    for path in project_files(".py"):
        if not name_of(path).startswith(places):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    ours = {"rbm", "tests", "tools", "benchmarks", "pages"}
    foreign = names - set(sys.stdlib_module_names) - ours
    return {DISTRIBUTIONS.get(name, name) for name in foreign}


def required(file: str) -> set[str]:
    """Names in a requirements file, without versions, markers, comments and includes."""
    rows = (ROOT / file).read_text().splitlines()
    names = (re.match(r"[A-Za-z][\w.-]*", row) for row in rows)
    return {name.group().lower() for name in names if name}


@pytest.mark.parametrize("path", list(project_files(".py", ".js", ".css", ".sh")), ids=name_of)
def test_a_file_can_be_read_in_one_sitting_and_is_finished(path: Path) -> None:
    text = path.read_text()
    lines = text.count("\n")
    assert lines <= 300
    assert path.stem not in ("utils", "helpers", "misc", "common")
    found = None if path == Path(__file__) else UNFINISHED.search(text)
    assert found is None, f"left in {name_of(path)}: {found.group()!r}"


def test_requirements_are_what_the_app_imports() -> None:
    needed = imported("rbm/", "pages/", "app.py") | {"numba"}
    assert required("requirements.txt") == needed - required("requirements-cluster.txt")


def test_optional_requirements_are_imported_or_drivers_of_the_database() -> None:
    drivers = {"psycopg", "psycopg-binary"}
    assert required("requirements-cluster.txt") - drivers <= imported("rbm/")


def test_development_requirements_are_what_tests_and_tools_need() -> None:
    there = required("requirements.txt") | required("requirements-cluster.txt")
    extra = imported("tests/", "benchmarks/", "tools/") - there
    assert required("requirements-dev.txt") == extra | COMMAND_LINE_TOOLS


def test_every_requirement_has_both_bounds() -> None:
    for file in ("requirements.txt", "requirements-cluster.txt", "requirements-dev.txt"):
        for row in (ROOT / file).read_text().splitlines():
            if row[:1].isalpha():
                assert re.fullmatch(r"[\w.-]+>=[\d.]+,<[\d.]+(; .*)?", row), row


def test_every_setting_is_described() -> None:
    described = set(KNOBS) | {"pattern", "pattern_options"}
    assert {field.name for field in fields(Settings)} == described


@pytest.mark.parametrize("name", KNOBS)
def test_a_knob_explains_itself(name: str) -> None:
    knob = KNOBS[name]
    assert knob.label
    assert knob.help.endswith(".")
    assert 20 < len(knob.help) < 300
    assert knob.check(getattr(Settings(), name)) == getattr(Settings(), name)


def test_contributing_fits_on_a_page() -> None:
    assert len((ROOT / "CONTRIBUTING.md").read_text().splitlines()) <= 60


@pytest.mark.parametrize("path", list(project_files(".md")), ids=name_of)
def test_links_in_documents_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", path.read_text()):
        if "://" not in target:
            assert (path.parent / target).exists(), f"{name_of(path)} links to {target}"


@pytest.mark.parametrize("path", list(project_files(".md")), ids=name_of)
def test_files_that_documents_name_exist(path: Path) -> None:
    named = re.findall(r"`((?:rbm|pages|tests|tools|docs|benchmarks)/[\w./-]*)`", path.read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_commands_in_the_readme_are_targets_of_make() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    said = set(re.findall(r"\bmake (\w+)", (ROOT / "README.md").read_text()))
    said |= set(re.findall(r"\bmake (\w+)", (ROOT / "CONTRIBUTING.md").read_text()))
    assert {"run", "test"} <= said <= targets | {"may"}


def test_the_script_in_the_readme_runs() -> None:
    script = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert script
    short = script.group(1).replace("preset.epochs, progress=True", "500")
    assert short != script.group(1)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", short], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    error, mismatch = map(float, done.stdout.split())
    assert 0 < error < 1
    assert -0.1 < mismatch < 0.9  # it does learn


def test_a_script_loads_neither_streamlit_nor_plotly() -> None:
    code = "import sys, rbm; print(sorted({'streamlit', 'plotly', 'numba'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_newest_pip_is_found_on_an_index_page() -> None:
    sums = {"9.0.1": "a" * 64, "24.10": "b" * 64, "24.9": "c" * 64}
    page = "".join(
        f'<a href="../../x/pip-{version}-py3-none-any.whl#sha256={digest}" data-x="">pip</a>'
        for version, digest in sums.items()
    )
    other = f'<a href="../../x/pip-25.0.tar.gz#sha256={"d" * 64}">pip</a>'
    assert newest_wheel(page + other) == ("../../x/pip-24.10-py3-none-any.whl", "b" * 64)
    with pytest.raises(SystemExit, match="no wheel"):
        newest_wheel(other)
