"""What a command loads before it answers: start-up without a clock."""

import ast
import subprocess
import sys

import pytest
from tiny import ROOT

from s2s.cli import COMMANDS, parser

HEAVY = {
    "torch._dynamo", "torch._inductor", "sympy", "scipy", "pandas", "sacrebleu", "babel",
    "kiwipiepy", "altair", "vl_convert", "streamlit",
}  # fmt: skip
MODEL = ("reverse/attention", "a b c")  # it has embeddings, whose start weights cost most


def loaded(*arguments: str) -> tuple[set[str], str]:
    """The modules that a fresh interpreter holds after a command, and what it printed."""
    code = (
        "import sys\nfrom s2s.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code, *arguments],
        cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120, check=True,
    )  # fmt: skip
    return set(done.stderr.splitlines()[-1].split()), done.stdout


def test_help_loads_no_command():
    modules, out = loaded("--help")
    assert all(name in out for name in COMMANDS)
    assert not {"torch", "numpy", *HEAVY} & modules
    assert {name for name in modules if name.startswith("s2s")} == {
        "s2s", "s2s.cli", "s2s.cli.output", "s2s.errors",
    }  # fmt: skip


@pytest.mark.parametrize("arguments", [
    ("translate", *MODEL), ("translate", *MODEL, "--json"), ("translate", *MODEL, "--beam", "2"),
    ("translate", *MODEL, "--sample"), ("probe", *MODEL, "--kind", "gradients"),
], ids=" ".join)  # fmt: skip
def test_an_answer_loads_what_it_needs(arguments):
    modules, out = loaded(*arguments)
    assert out and "torch" in modules
    assert not HEAVY & modules


def test_a_notebook_loads_what_an_answer_needs():
    code = "import sys, s2s; s2s.load('reverse/attention').translate('abc'); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert not HEAVY & set(done.stdout.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_help_says_what_the_module_says(name):
    path = ROOT / "s2s" / "cli" / f"{'import_model' if name == 'import' else name}.py"
    text = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert text.splitlines()[0] == COMMANDS[name]


def test_every_command_has_its_own_help(capsys):
    for name, text in COMMANDS.items():
        with pytest.raises(SystemExit) as stop:
            parser().parse_args([name, "--help"])
        assert stop.value.code == 0
        out = " ".join(capsys.readouterr().out.split())
        assert f"python -m s2s {name} " in out and text in out
