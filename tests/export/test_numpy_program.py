"""A walk as a program: it runs with NumPy alone, says the model's numbers, and notices others."""

import ast
import base64
import contextlib
import io
import itertools
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from tiny import build_system
from walks import KINDS, SHIPPED, TEXT, family, load

from s2s.decoding import single
from s2s.export.numpy_program import MOST, numpy_snippet
from s2s.export.program_writer import LINE
from s2s.probes.walk import walk
from s2s.text import label

NUMBER = r"-?\d+(?:\.\d+)?(?:e-\d+)?"


def run(code, tmp_path):
    """In a fresh interpreter that sees neither this project nor the environment."""
    path = tmp_path / "step.py"
    path.write_text(code, "utf-8")
    return subprocess.run(
        [sys.executable, "-I", "-X", "utf8", str(path)],
        cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=60,
    )  # fmt: skip


def execute(code):
    """In this interpreter, which is quicker; returns what it printed and what it computed."""
    printed, names = io.StringIO(), {}
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "step.py", "exec"), names)
    return printed.getvalue(), names


def imported(code):
    nodes = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Import)]
    assert not [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ImportFrom)]
    return {alias.name for node in nodes for alias in node.names}


def check_printed(printed, found):
    """The printed numbers are the walk's, to 1e-5 (of the largest, for scores and logits)."""

    def column(name):
        return [float(n) for n in re.findall(rf"^.*\b{name} +({NUMBER})", printed, re.MULTILINE)]

    def agree(mine, theirs):
        np.testing.assert_allclose(
            mine, theirs, rtol=0, atol=1e-5 * max(1, np.abs(theirs).max()) + 1e-6
        )

    agree(column("p"), found.probabilities)
    agree(column("logit"), found.logits)
    words = re.findall(r"^logit.* p \S+  (.*)$", printed, re.MULTILINE)
    assert len(words) == len(found.candidates)
    if found.has_attention:
        agree(column("score"), found.scores)
        weights = column("weight")
        assert len(weights) == len(found.source) + bool(found.vacant and not found.given)
        agree(weights[: len(found.source)], found.weights)
        if len(weights) > len(found.source):
            agree(weights[-1:], [found.empty])
        assert f"context of {found.hidden} numbers" in printed
        agree(column("norm"), [np.linalg.norm(found.context)])
    assert "agrees with the model to 1e-5." in printed


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_program_of_every_model_says_its_numbers(kind):
    for system in family(kind):
        trace = system.translate(TEXT)
        found = walk(system, trace, trace.steps - 1)
        # Whole, with results in the place of matrices, and with folded numbers.
        for most in (MOST, 20, None):
            code = numpy_snippet(found, width=None if most else 76, most=most)
            assert imported(code) <= {"numpy", "base64"}
            printed, names = execute(code)
            check_printed(printed, found)
            if found.has_attention:
                np.testing.assert_allclose(names["weights"], found.weights, atol=1e-5)
                np.testing.assert_allclose(names["context"], found.context, atol=1e-5)
            kept = found.combined is not None and most != 20
            assert ("W_c @" in code) == kept
            assert ("as the model computed it" in code) == (
                most == 20 and (kind in ("general", "additive") or found.combined is not None)
            )


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.slow
def test_shipped_models_in_a_fresh_interpreter(name, tmp_path):
    found = walk(load(name), SHIPPED[name], 2)
    code = numpy_snippet(found)
    assert imported(code) <= {"numpy", "base64"}
    result = run(code, tmp_path)
    assert result.returncode == 0, result.stderr
    check_printed(result.stdout, found)


def assigned(code):
    """Names of the arrays that stand in a program."""
    return re.findall(r"^(\w+) = (?:np\.array|unpack)\(", code, re.MULTILINE)


def altered(code, name, place=0):
    """The program with 0.5 added to one number of one array."""
    start = re.search(rf"^{name} = (np\.array|unpack)\(", code, re.MULTILINE)
    if start[1] == "np.array":
        number = list(itertools.islice(re.finditer(NUMBER, code[start.end() :]), place + 1))[-1]
        left, right = (start.end() + end for end in number.span())
        return f"{code[:left]}{float(number[0]) + 0.5:.7g}{code[right:]}"
    packed = re.search(r'"+([^"]+)"', code[start.end() :])[1]
    numbers = np.frombuffer(base64.b64decode(packed), "<f4").copy()
    numbers[place] += 0.5
    return code.replace(packed, base64.b64encode(numbers.tobytes()).decode(), 1)


# (switches, how large a matrix may be, the arrays that the program must hold)
PROGRAMS = [
    ({"attention": "dot"}, MOST, "s h W_c b_c W_o b_o"),
    ({"attention": "dot", "hidden": 12}, 20, "s h combined W_o b_o"),
    ({"attention": "scaled_dot", "attentional_layer": False}, MOST, "s h W_o b_o"),
    ({"attention": "general", "attention_slots": 8}, MOST, "s h W W_c b_c W_o b_o"),
    ({"attention": "general", "attentional_layer": False}, 20, "s h keys W_o b_o"),
    ({"attention": "additive", "hidden": 12}, MOST, "s h W U v W_c b_c W_o b_o"),
    ({"attention": "additive", "cell": "lstm"}, 20, "h query keys v combined W_o b_o"),
    ({"attention": "additive", "attentional_layer": False}, 20, "s h query keys v W_o b_o"),
    ({"peeky": "cell_and_output"}, MOST, "s s_0 W_o b_o"),
]


@pytest.mark.parametrize(("switches", "most", "names"), PROGRAMS)
def test_any_altered_number_is_noticed(switches, most, names):
    found = walk(build_system(**switches), TEXT, 0)
    code = numpy_snippet(found, most=most)
    assert assigned(code) == names.split()
    execute(code)
    for name in names.split():
        # An encoder state that takes no weight may be anything where its key is given.
        place = found.hidden * int(found.weights.argmax()) if name == "h" else 0
        wrong = altered(code, name, place)
        assert wrong != code
        with pytest.raises(AssertionError, match=" is .* off"):
            execute(wrong)


@pytest.mark.slow
def test_an_altered_program_fails_in_a_fresh_interpreter(tmp_path):
    code = numpy_snippet(walk(load("toy/attention"), SHIPPED["toy/attention"], 1))
    result = run(altered(code, "W_o"), tmp_path)
    assert result.returncode == 1 and "AssertionError: logits is" in result.stderr
    assert "All of this agrees" not in result.stdout


def test_the_other_words_count():
    code = numpy_snippet(walk(build_system(attention="dot"), TEXT, 0))
    wrong = re.sub(r"^others = .*$", "others = 9", code, flags=re.MULTILINE)
    assert wrong != code
    with pytest.raises(AssertionError, match="p is .* off"):
        execute(wrong)


def test_given_weights_and_forced_tokens():
    system = build_system(attention="dot", attention_slots=8)
    reading = system.read(TEXT)
    trace = single.greedy(system, reading, prefix=[4], attend={0: [1, 0, 0, 0, 0, 1]})
    found = walk(system, trace, 0)
    code = numpy_snippet(found)
    assert "weights = np.array([0.5, 0, 0, 0, 0, 0.5])" in code
    assert "given by hand" in code and "because it was forced" in code
    printed, _ = execute(code)
    check_printed(printed, found)


def test_a_small_model_reads_like_its_formulas():
    found = walk(load("toy/attention"), SHIPPED["toy/attention"], 3)
    code = numpy_snippet(found)
    assert "scores = h @ s" in code and "context = weights @ h" in code
    assert "e_tj = s_t · h_j" in code and "base64" not in code
    assert "],  # 강사" in code
    assert max(map(len, code.splitlines())) <= LINE + 12
    plain = numpy_snippet(walk(load("toy/plain"), SHIPPED["toy/plain"], 0))
    assert "This model cannot look back" in plain and "scores" not in assigned(plain)


def test_long_arrays_stay_on_one_line_or_are_folded():
    found = walk(build_system(attention="dot", hidden=64), TEXT, 0)
    one = numpy_snippet(found, most=None)
    assert one.count("unpack(") > 4 and max(map(len, one.splitlines())) > 1000
    folded = numpy_snippet(found, width=60, most=None)
    assert len(folded) < 1.2 * len(one)
    assert max(map(len, folded.splitlines())) <= LINE + 12
    assert execute(one)[0] == execute(folded)[0]


def test_tokens_are_text_and_never_code():
    found = walk(build_system(attention="dot"), TEXT, 0)
    nasty = ('"""', "'); raise SystemExit('", "a\nraise SystemExit", "\\", "\u202e한", "{x}")
    assert len(found.source) == len(nasty)
    others = tuple(f"{nasty[i]}{i}" for i in range(5))
    hostile = replace(
        found, source=nasty, candidates=others, fed=nasty[2], written=others[2],
        model="x\nimport os",
    )  # fmt: skip
    code = numpy_snippet(hostile)
    assert imported(code) == {"numpy"}
    printed, names = execute(code)
    assert names["source"] == [label(token) for token in nasty] and "\u202e" not in code
    check_printed(printed, hostile)


def test_scores_that_float32_cannot_tell_apart_widen_the_check():
    found = walk(build_system(attention="dot"), TEXT, 0)
    huge = replace(found, scores=(found.scores * 0 + 1000).astype(np.float32))
    assert "to 6e-5." in numpy_snippet(huge) and "to 1e-5." in numpy_snippet(found)
