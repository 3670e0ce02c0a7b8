"""Which room may import which: folders in their order, read off the import statements.

A new file is covered by where it lies. Imports for types alone count like all others.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from tiny import ROOT

S2S = (
    "errors", "text", "config", "results", "tasks", "model", "decoding", "probes",
    "checkpoints", "evaluation", "training", "findings", "plots", "lessons", "export",
    "cli",
)  # fmt: skip
"""The rooms of the library, from the ground up: each may use those before it, and itself."""
UI = ("server", "markdown", "words", "stepper", "cached", "frame", "parts")
"""What the pages share, in the same way."""
NARROW = {
    "findings": {"errors", "text", "config", "results", "tasks"},
    "plots": {"errors", "text", "config", "results", "tasks", "findings"},
}
"""Rooms that may use only these: a sentence or a figure is made from results."""
MOST_ROOMS = 16
LONGEST = 300  # lines: what a person holds in the head


def module_name(path: Path, root: Path = ROOT) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(source: str, modules: Iterable[str] = ()) -> set[str]:
    """Every imported module; ``from a import b`` is a.b where that is one of `modules`, else a."""
    known = set(modules)
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level and node.module, "imports are absolute here"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in known else node.module)
    return found


def read_house(root: Path) -> dict[str, set[str]]:
    """Module to what it imports, for s2s/, ui/, pages/ and app.py under a root."""
    paths = [p for top in ("s2s", "ui", "pages") for p in sorted((root / top).rglob("*.py"))]
    paths += [root / "app.py"] if (root / "app.py").is_file() else []
    names = {module_name(path, root): path for path in paths}
    return {name: imports(path.read_text("utf-8"), names) for name, path in names.items()}


def room(module: str) -> tuple[str, str]:
    """The house and the room of a module; a library's own __init__ is the room "".

    Each page's folder in ``ui/views/`` is a room of its own.
    """
    house, _, rest = module.partition(".")
    own, _, inside = rest.partition(".")
    page = inside.partition(".")[0]
    return house, f"{own}.{page}" if (house, own) == ("ui", "views") and page else own


def problems(house: Mapping[str, set[str]]) -> list[str]:
    """Every import that goes upwards, sideways, or round in a circle."""
    found = [
        f"{name} imports {other}"
        for name in sorted(house)
        for other in sorted(house[name])
        if not allowed(name, other)
    ]
    return found + [f"circle: {' -> '.join(circle)}" for circle in circles(house)]


def allowed(name: str, other: str) -> bool:
    """Whether one module may import another."""
    (here, own), (there, target) = room(name), room(other)
    if there not in ("s2s", "ui", "pages", "app"):
        return there != "streamlit" or here != "s2s"
    if here == "app":
        return there == "ui"
    if here == "pages":
        return there == "ui" or (there == "s2s" and target not in ("model", "training", "cli"))
    if there in ("pages", "app"):
        return False
    if here == "ui" and there == "s2s":
        return target != "cli"
    if here != there:
        return False
    if here == "ui":
        if own in UI:
            return target in UI[: UI.index(own) + 1]
        return target == own or target in UI
    if not own or own == "__main__":
        return True  # the front door may open every room, and does so lazily
    if target not in S2S or own not in S2S:
        return False
    return (
        S2S.index(target) <= S2S.index(own)
        and (own not in NARROW or target == own or target in NARROW[own])
    )  # fmt: skip


def circles(house: Mapping[str, set[str]]) -> list[list[str]]:
    """Circles of imports: strongly connected modules (Tarjan 1972), one list for each."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in sorted(house[name] & house.keys()):
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            together = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(together) > 1 or name in house[name]:
                found.append(sorted(together))

    for name in sorted(house):
        if name not in index:
            visit(name)
    return found


HOUSE = read_house(ROOT)


def test_no_import_goes_upwards_sideways_or_in_a_circle():
    assert problems(HOUSE) == []


@pytest.fixture
def small_house(tmp_path: Path) -> Path:
    """A house of three files without a fault."""
    for name, text in {
        "s2s/text/label.py": "import re\n",
        "s2s/decoding/search.py": "from s2s.text import label\n",
        "ui/frame/link.py": "from s2s.decoding import search\nimport streamlit\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert problems(read_house(tmp_path)) == []
    return tmp_path


@pytest.mark.parametrize(
    ("file", "text", "fault"),
    [
        ("s2s/text/units.py", "from s2s.decoding import search\n",
         "s2s.text.units imports s2s.decoding.search"),
        ("s2s/text/units.py",
         "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
         "    from s2s.decoding.search import decode\n",
         "s2s.text.units imports s2s.decoding.search"),
        ("s2s/text/units.py", "def late():\n    import s2s.decoding.search\n",
         "s2s.text.units imports s2s.decoding.search"),
        ("s2s/text/label.py", "from s2s.text import label\n", "circle: s2s.text.label"),
        ("s2s/text/units.py", "import streamlit\n", "s2s.text.units imports streamlit"),
        ("s2s/somewhere/new.py", "from s2s.text import label\n",
         "s2s.somewhere.new imports s2s.text.label"),
        ("s2s/plots/map.py", "from s2s.decoding import search\n",
         "s2s.plots.map imports s2s.decoding.search"),
        ("ui/frame/link.py", "from ui.parts import notes\n", "ui.frame.link imports ui.parts"),
        ("ui/views/compare/lane.py", "from ui.views.models import table\n",
         "ui.views.compare.lane imports ui.views.models"),
        ("pages/one.py", "import pages.two\n", "pages.one imports pages.two"),
    ],
)  # fmt: skip
def test_every_kind_of_fault_is_seen(small_house: Path, file: str, text: str, fault: str):
    path = small_house / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    assert problems(read_house(small_house)) == [fault]


def test_a_circle_through_a_type_checking_import_is_seen(small_house: Path):
    (small_house / "s2s/decoding/search.py").write_text("from s2s.decoding import beam\n")
    (small_house / "s2s/decoding/beam.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from s2s.decoding import search\n"
    )
    assert problems(read_house(small_house)) == ["circle: s2s.decoding.beam -> s2s.decoding.search"]


@pytest.mark.parametrize("house", ["s2s", "ui"])
def test_a_person_can_look_round(house: str):
    rooms = [
        path.name
        for path in (ROOT / house).iterdir()
        if not path.name.startswith("__") and (path.is_dir() or path.suffix == ".py")
    ]
    assert len(rooms) <= MOST_ROOMS, rooms


def test_no_file_is_longer_than_a_person_holds():
    files = [
        path
        for top in ("s2s", "ui", "pages")
        for suffix in ("py", "js", "css")
        for path in (ROOT / top).rglob(f"*.{suffix}")
    ]
    assert len(files) > 150
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines())
               for path in files}  # fmt: skip
    assert {name: n for name, n in lengths.items() if n > LONGEST} == {}
    assert len((ROOT / "app.py").read_text("utf-8").splitlines()) <= 40


def inside(modules: Iterable[str], *packages: str) -> set[str]:
    """Those that lie in one of the packages."""
    return {m for m in modules if any(m == p or m.startswith(f"{p}.") for p in packages)}


LIBRARY = sorted((ROOT / "s2s").rglob("*.py"))
READERS = ("s2s.checkpoints.importers",)
ARRAYS = "s2s.checkpoints.importers.pickles"
"""The one module that knows pickle: to make an unpickler that refuses all but arrays."""


@pytest.mark.parametrize("path", LIBRARY, ids=module_name)
def test_nothing_unpickles(path: Path):
    """No unpickling; torch.load in the importers alone, and there with weights_only=True."""
    source, name = path.read_text("utf-8"), module_name(path)
    banned = {"pickle", "cPickle", "dill", "joblib", "marshal", "shelve", "cloudpickle"}
    found = inside(imports(source), *banned)
    if name == ARRAYS:
        assert found == {"pickle"} and re.findall(r"pickle\.\w+", source) == ["pickle.Unpickler"]
    else:
        assert not found
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        assert called not in ("eval", "exec", "torch.jit.load"), f"line {node.lineno}"
        if called in ("torch.load", "np.load", "numpy.load"):
            options = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            assert inside({name}, *READERS), f"line {node.lineno}"
            safe = ("weights_only", "True") if called == "torch.load" else ("allow_pickle", "False")
            assert options.get(safe[0]) == safe[1], f"line {node.lineno}"


@pytest.mark.slow
def test_one_command_and_one_page_alone_read_foreign_files():
    """Nothing but ``import`` and Import use the importers; torch.load goes by no other name."""
    users = [name for name, used in HOUSE.items()
             if inside(used, *READERS) and not inside({name}, *READERS)]  # fmt: skip
    data = {"s2s.checkpoints.importers.families"}
    assert inside(HOUSE["s2s.checkpoints.imported_card"], *READERS) <= data
    users = [name for name in users if not inside({name}, "ui.views.importing")]
    assert set(users) <= {"s2s.cli.import_model", "s2s.checkpoints.imported_card"}
    for path in (*LIBRARY, *sorted((ROOT / "ui").rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "torch":
                assert "load" not in {alias.name for alias in node.names}, path.name
        assert "torch.serialization" not in imports(path.read_text("utf-8")), path.name


def loaded(*modules: str) -> set[str]:
    """What a fresh interpreter holds after these imports."""
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stderr
    return set(result.stdout.split())


@pytest.mark.slow
def test_figures_sentences_and_results_need_no_torch():
    rooms = ("errors", "config", "text", "results", "tasks", "findings", "plots")
    modules = loaded("s2s", *(f"s2s.{name}" for name in rooms), *(
        name for name in HOUSE if room(name) in {("s2s", "findings"), ("s2s", "plots")}
    ))  # fmt: skip
    assert "s2s.plots.attention_map" in modules
    assert not {"torch", "streamlit", "safetensors"} & modules


def test_pages_import_no_torch():
    assert not [name for name, used in HOUSE.items()
                if room(name)[0] == "pages" and inside(used, "torch")]  # fmt: skip


@pytest.mark.slow
def test_the_library_runs_without_the_app():
    modules = loaded(*(module_name(path) for path in LIBRARY if path.name != "__main__.py"))
    assert "torch" in modules and "s2s.cli.train" in modules
    assert "streamlit" not in modules
    assert not [name for name in modules if name.split(".")[0] in ("ui", "pages")]
