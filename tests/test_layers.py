"""Who may import whom: the rules of the house, read off the import statements."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from tiny import ROOT

LIBRARY = sorted((ROOT / "s2s").rglob("*.py"))
PAGES = sorted((ROOT / "pages").glob("*.py"))
APP = [*PAGES, *sorted((ROOT / "ui").rglob("*.py")), ROOT / "app.py"]


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(source: str) -> set[str]:
    """Every imported module, ``from a import b`` as both a and a.b; not those for types alone."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = []
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute here"
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def imported_by(path: Path) -> set[str]:
    return imports(path.read_text("utf-8"))


def within(modules: set[str], *packages: str) -> set[str]:
    """Those that lie in one of the packages."""
    return {m for m in modules if any(m == p or m.startswith(f"{p}.") for p in packages)}


def files(*names: str) -> list[Path]:
    """Modules of the library by name, a package with everything in it."""
    found = []
    for name in names:
        folder = ROOT / "s2s" / name
        found += sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]
    return found


def ids(path: Path) -> str:
    return module_name(path)


def test_the_reader_of_imports_sees_them_all():
    source = (
        "import a.b as c\nfrom d import e\ndef f():\n    from g.h import i\n"
        "if TYPE_CHECKING:\n    from j import k\nelse:\n    import l\n"
    )
    assert imports(source) == {"a.b", "d", "d.e", "g.h", "g.h.i", "l"}
    assert within({"torch.nn", "torchx", "s2s"}, "torch") == {"torch.nn"}
    assert len(LIBRARY) > 20 and len(files("model", "search")) >= 5


@pytest.mark.parametrize("path", LIBRARY, ids=ids)
def test_the_library_knows_no_streamlit_and_nothing_of_the_app(path):
    assert not within(imported_by(path), "streamlit", "ui", "pages", "app", "tests")


SEARCHES = ("s2s.search", "s2s.beam_search", "s2s.sampling")
# (modules, what they may not import): never upwards.
RULES = [
    (("results", "errors", "text"), ("torch", "s2s.model", *SEARCHES, "s2s.plots", "s2s.train",
                                     "s2s.checkpoint", "s2s.translator", "s2s.reader",
                                     "s2s.probes")),
    (("plots",), ("torch", "s2s.model", *SEARCHES, "s2s.train", "s2s.checkpoint", "s2s.probes",
                  "s2s.translator", "s2s.reader", "s2s.evaluate")),
    (("model", "batch"), (*SEARCHES, "s2s.train", "s2s.evaluate", "s2s.checkpoint",
                          "s2s.translator", "s2s.plots", "s2s.probes", "s2s.tasks")),
    (("tasks",), ("torch", "s2s.model", "s2s.train", *SEARCHES, "s2s.checkpoint", "s2s.plots")),
    (("search", "beam_search", "sampling", "reader", "translator", "whatif"),
     ("s2s.train", "s2s.checkpoint", "s2s.evaluate", "s2s.experiment", "s2s.plots", "s2s.probes",
      "s2s.cli")),
    (("probes",), ("s2s.train", "s2s.checkpoint", "s2s.run_state", "s2s.experiment",
                   "s2s.evaluate", "s2s.plots", "s2s.cli")),
    (("evaluate",), ("s2s.train", "s2s.checkpoint", "s2s.experiment", "s2s.plots", "s2s.cli")),
    (("compare", "batched", "scoring", "resampling", "pairs_file", "testsets", "fairness",
      "compare_finding", "compare_json", "lanes"),
     ("s2s.train", "s2s.checkpoint", "s2s.experiment", "s2s.plots", "s2s.probes", "s2s.cli")),
    (("align", "gold", "surgery", "snippet", "source_code"),
     ("s2s.train", "s2s.checkpoint", "s2s.experiment", "s2s.plots", "s2s.probes", "s2s.cli")),
    (("train", "data"), ("s2s.checkpoint", "s2s.experiment", "s2s.plots", "s2s.cli")),
    (("checkpoint", "run_state", "experiment"), ("s2s.plots", "s2s.cli", "s2s.probes")),
    (("importer", "presets"), ("s2s.train", "s2s.checkpoint", "s2s.experiment", "s2s.evaluate",
                               *SEARCHES, "s2s.probes", "s2s.plots", "s2s.cli")),
]  # fmt: skip


@pytest.mark.parametrize(("modules", "forbidden"), RULES, ids=[" ".join(m) for m, _ in RULES])
def test_nothing_is_imported_upwards(modules, forbidden):
    for path in files(*modules):
        assert not within(imported_by(path), *forbidden), module_name(path)


@pytest.mark.parametrize("path", PAGES, ids=ids)
def test_a_page_needs_no_torch_and_no_other_page(path):
    assert not within(imported_by(path), "torch", "pages", "s2s.model", *SEARCHES, "s2s.train")


@pytest.mark.parametrize("path", APP, ids=ids)
def test_the_app_imports_downwards(path):
    forbidden = ["s2s.cli", "tests", "app"] + ([] if path.name == "app.py" else ["pages"])
    assert not within(imported_by(path), *forbidden)


def test_the_entry_point_is_short():
    assert len((ROOT / "app.py").read_text("utf-8").splitlines()) <= 40


@pytest.mark.parametrize("path", LIBRARY, ids=ids)
def test_nothing_unpickles(path):
    """No pickle anywhere; torch.load in the importer alone, and there with weights_only=True."""
    source = path.read_text("utf-8")
    banned = {"pickle", "cPickle", "dill", "joblib", "marshal", "shelve", "cloudpickle"}
    assert not within(imports(source), *banned)
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        assert called not in ("eval", "exec", "torch.jit.load"), f"line {node.lineno}"
        if called in ("torch.load", "np.load", "numpy.load"):
            options = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            assert called == "torch.load" and path.name == "importer.py", f"line {node.lineno}"
            assert options.get("weights_only") == "True", f"line {node.lineno}"


def test_one_command_alone_reads_foreign_files():
    """Nothing but ``import`` uses the importer, and torch.load goes by no other name."""
    users = [path.name for path in (*LIBRARY, *APP) if within(imported_by(path), "s2s.importer")]
    assert users == ["import_model.py"]
    for path in (*LIBRARY, *APP):
        assert not within(imported_by(path), "torch.load", "torch.serialization"), path.name


def loaded(*modules: str) -> set[str]:
    """What a fresh interpreter holds after these imports."""
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stderr
    return set(result.stdout.split())


def test_figures_need_no_torch():
    modules = loaded("s2s", "s2s.results", "s2s.text", "s2s.plots")
    assert "s2s.plots" in modules
    assert not {"torch", "streamlit", "safetensors"} & modules


def test_the_library_runs_without_the_app():
    modules = loaded(*(module_name(path) for path in LIBRARY if path.name != "__main__.py"))
    assert "torch" in modules and "s2s.cli.train" in modules
    assert "streamlit" not in modules
    assert not [name for name in modules if name.split(".")[0] in ("ui", "pages")]
