"""The library as a package: what it declares, and what an installed copy holds."""

import ast
import os
import subprocess
import sys
import tomllib
import zipfile

import pytest
from packaging.requirements import Requirement
from tiny import ROOT

pytestmark = pytest.mark.slow  # an archive is built and looked into

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NEEDED = {r.name: r for r in map(Requirement, PROJECT["dependencies"])}
EXTRAS = {r.name: r for group in PROJECT["optional-dependencies"].values()
          for r in map(Requirement, group)}  # fmt: skip
PINS = {r.name: r for name in ("requirements.txt", "requirements-dev.txt")
        for line in (ROOT / name).read_text("utf-8").splitlines()
        if line and line[0] not in "#-" for r in [Requirement(line)]}  # fmt: skip
SPELLED = {"babel": "Babel", "vl_convert": "vl-convert-python"}  # import name to package name


def test_the_pins_of_the_app_satisfy_the_library():
    for name, wanted in (NEEDED | EXTRAS).items():
        (pin,) = PINS[name].specifier
        assert pin.operator == "==" and pin.version in wanted.specifier, name


def test_what_the_library_imports_is_declared():
    always, sometimes = set(), set()
    for path in (ROOT / "s2s").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else (
                [node.module] if isinstance(node, ast.ImportFrom) else [])  # fmt: skip
            (always if node in tree.body else sometimes).update(n.split(".")[0] for n in names)
    always, sometimes = (
        {SPELLED.get(n, n) for n in found if n != "s2s" and n not in sys.stdlib_module_names}
        for found in (always, sometimes)
    )
    assert always <= NEEDED.keys()
    assert sometimes <= NEEDED.keys() | EXTRAS.keys()
    assert NEEDED.keys() == (always | sometimes) - EXTRAS.keys()


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with the library as a wheel holds it, made from what git would carry."""
    place = tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE", "s2s", "ui", "pages", "app.py"):
        (place / name).symlink_to(ROOT / name)
    made = subprocess.run(
        [sys.executable, "-c", "from setuptools import build_meta as b; print(b.build_wheel('.'))"],
        cwd=place, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(place / made.stdout.split()[-1]) as wheel:
        wheel.extractall(folder)
    return folder


@pytest.mark.slow
def test_an_installed_copy_holds_the_whole_library_and_only_that(installed):
    def files(root):
        return {
            str(path.relative_to(root)) for path in root.rglob("*")
            if path.is_file() and path.suffix != ".pyc"
        }  # fmt: skip

    assert files(installed / "s2s") == files(ROOT / "s2s")
    assert [p.name for p in installed.iterdir() if not p.name.endswith(".dist-info")] == ["s2s"]


@pytest.mark.slow
def test_an_installed_copy_asks_for_its_models_and_then_answers(installed, tmp_path):
    def ask(**environment):
        return subprocess.run(
            [sys.executable, "-X", "utf8", "-m", "s2s", "translate", "toy/attention",
             "저는 강사 입니다"],
            cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=120,
            env={**os.environ, "PYTHONPATH": str(installed), **environment},
        )  # fmt: skip

    lost = ask(S2S_CHECKPOINTS="")
    assert lost.returncode == 2 and "S2S_CHECKPOINTS" in lost.stderr
    assert lost.stderr.count("\n") == 1
    assert ask(S2S_CHECKPOINTS=str(ROOT / "checkpoints")).stdout == "I am an instructor\n"
