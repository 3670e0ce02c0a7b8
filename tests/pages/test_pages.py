"""The pages without a browser: every shipped model, every example, nonsense, and what is kept."""

from __future__ import annotations

import ast
import json
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pytest
from expected import first_word, said
from page_text import chosen, clean, model_of, unmarked
from streamlit.testing.v1 import AppTest
from tiny import build_system

import s2s
from s2s.checkpoints import checkpoint
from s2s.decoding import whatif
from s2s.errors import UserError
from s2s.tasks import TASKS

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = [entry.name for entry in checkpoint.entries()]
NASTY = (
    "", "   ", "!!!", "zibeline qwrtz", "chat " * 500, "😀", "안녕하세요", "<b>x</b>", "<s> </s>",
    "**bold** $x$ :red[a] :smile: `c` [l](http://x.test)", "<img src=x onerror=alert(1)>", "a\0b",
    "\0", r"\*a\* \n", "abc\u202edef\u200b", "x" * 4000, "1\n2\t3",
)  # fmt: skip


def app(**query: str) -> AppTest:
    """A visitor's first run."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    at.switch_page("pages/translate.py")
    at.query_params.update(query)
    return at.run()


def visit(model: str, **query: str) -> AppTest:
    task, variant = model.split("/")
    return app(task=task, model=variant, **query)


def same(text: str) -> str:
    """White space and the «» of the plain readout do not count."""
    return " ".join(re.sub("[«»]", "", text).split())


def views(at: AppTest) -> list[dict[str, Any]]:
    """What the step views on the page were given."""
    given = [json.loads(element.proto.json) for element in at.get("bidi_component")]
    return [data for data in given if "run" in data]


def readouts(at: AppTest) -> list[str]:
    """The sentence of the step each step view opens with."""
    return [
        same("".join(part["text"] for part in view["run"]["readout"][view["step"]]))
        for view in views(at)
    ]


def rest_on(at: AppTest, step: int) -> AppTest:
    """The visitor comes to rest on a 0-based step."""
    at.query_params["step"] = str(step + 1)
    return at.run()


def maps(at: AppTest) -> list[np.ndarray[Any, Any]]:
    """The numbers of every map on the page."""
    found = []
    for element in at.get("vega_lite_chart"):
        cells = json.loads(element.proto.spec)["layer"][0]["data"]["values"]
        shape = [1 + max(cell[name] for cell in cells) for name in ("row", "column")]
        found.append(np.array([cell["weight"] for cell in cells]).reshape(shape))
    return found


def with_slots(trace):
    """The weights as a map shows them: empty slots are one more column."""
    if trace.empty_attention is None:
        return trace.attention
    return np.column_stack([trace.attention, trace.empty_attention])


def test_there_are_models():
    shipped = {name.split("/")[0] for name in SHIPPED}
    assert shipped == set(TASKS) - {"own-pairs", "own-model"}  # what visitors train and bring


@pytest.mark.parametrize("model", SHIPPED)
def test_every_example_of_every_model(model):
    task = TASKS[model.split("/")[0]]
    system = s2s.load(model)
    for text in task.examples:
        at = clean(visit(model, text=text))
        trace = system.translate(text)
        assert at.title[0].value == "Translate"
        assert at.text_input[0].value == text
        assert chosen(at) == tuple(model.split("/"))
        assert task.full_title in at.selectbox(key="task").options
        assert readouts(at) == [said(trace, first_word(trace))]
        assert not at.warning
        for drawn in maps(at):
            np.testing.assert_allclose(drawn, with_slots(trace), atol=1e-6)
        assert len(maps(at)) == (2 if trace.attention is not None else 0)
        assert views(at)[0]["attention"] == (trace.attention is not None)


@pytest.mark.parametrize("model", SHIPPED)
def test_every_step(model):
    text = TASKS[model.split("/")[0]].examples[0]
    trace = s2s.load(model).translate(text)
    at = visit(model)
    assert views(at)[0]["step"] == first_word(trace)
    for step in range(trace.steps):
        assert readouts(clean(rest_on(at, step))) == [said(trace, step)]


@pytest.mark.parametrize("model", SHIPPED)
def test_nasty_texts(model):
    task = TASKS[model.split("/")[0]]
    system = s2s.load(model)
    at, good = visit(model), task.examples[0]
    for text in NASTY:
        at.text_input[0].set_value(text).run()
        clean(at)
        try:
            trace = system.translate(text)
        except UserError as error:
            told = str(error) if text.strip() else "Type a sentence, or press an example."
            assert [same(unmarked(box.value)) for box in at.warning] == [same(told)], text
            assert any(c.value.startswith("Still the answer to: ") for c in at.caption), text
            trace = system.translate(good)
        else:
            assert not at.warning, text
            good = text
        assert readouts(at) == [said(trace, first_word(trace))], text


def test_the_page_by_its_file():
    at = clean(app().switch_page("pages/translate.py").run())
    assert at.title[0].value == "Translate"
    assert len(readouts(at)) == 1


@pytest.mark.parametrize(
    "query",
    [
        {"task": "nope"},
        {"task": "<b>", "model": "../..", "step": "x"},
        {"model": "\0", "step": "\0"},
        {"step": "0"},
        {"step": "-1"},
        {"step": "1e3"},
        {"step": "٣"},
        {"step": "9" * 5000},
        {"task": "", "model": "", "step": ""},
        {"anything": "else"},
    ],
    ids=lambda query: ascii(query)[:60],
)
def test_nonsense_in_the_address_falls_back(query):
    at, default = clean(app(**query)), clean(app())
    assert chosen(at) == chosen(default)
    assert readouts(at) == readouts(default) != []


def test_a_new_sentence_forgets_the_step_and_the_edits():
    examples = TASKS["reverse"].examples
    system = s2s.load("reverse/attention")
    at = visit("reverse/attention", text=examples[0], step="5")
    assert readouts(at) == [said(system.translate(examples[0]), 4)]
    for text in examples[1:]:
        at.text_input[0].set_value(text).run()
        trace = system.translate(text)
        assert readouts(at) == [said(trace, first_word(trace))]
        assert not views(at)[0]["edits"]
        at.query_params["edits"] = "f0.z"
        rest_on(at, trace.steps - 1)
        assert [edit["text"] for edit in views(at)[0]["edits"]] == [f"z instead of {text[-1]}"]


def test_edits_in_the_address():
    text = "microscope"
    system = s2s.load("reverse/attention")
    at = clean(visit("reverse/attention", text=text, edits="d0~f1.a"))
    what = whatif.run(system, text, whatif.decode("d0~f1.a"))
    view = views(at)[0]
    assert [token["raw"] for token in view["run"]["output"]] == list(what.trace.output)
    assert [token["raw"] for token in view["original"]["output"]] == list(what.original.output)
    assert view["can"]["undo"] and not view["can"]["redo"]
    for damaged in ("zzz", "d99", "f0.€", "f1", "t0", "s9"):
        at = clean(visit("reverse/attention", text=text, edits=damaged))
        assert len(at.warning) == 1, damaged
        assert views(at)[0]["original"] is None  # the browser takes them out of the address


def test_a_reference_is_compared():
    at = clean(visit("reverse/attention", text="abc", edits="t0.cbz"))
    assert [t["raw"] for t in views(at)[0]["run"]["output"]] == ["c", "b", "z", "<eos>"]
    assert any("They part at step 3" in element.value for element in at.markdown)
    assert at.text_input[1].value == "cbz"
    at.text_input[1].set_value("").run()
    assert views(clean(at))[0]["original"] is None


def test_a_visit_leaves_little_behind():
    """However long a visit: as many keys, and only small values, no model and no answer."""
    at = visit("reverse/attention")

    def kept() -> dict[str, Any]:
        return dict(at.session_state._state.filtered_state)  # it offers no way to list its keys

    keys: dict[str, set[str]] = {}
    for turn in range(6):
        at.text_input[0].set_value("abc" * (turn + 1)).run()
        rest_on(at, 2)
        at.text_input[0].set_value("!!!").run()
        task = "dates" if turn % 2 else "reverse"
        at.selectbox[0].set_value(task).run()
        # A map's selection has a key per answer; Streamlit drops it when the map has gone.
        mine = {key for key in kept() if not key.startswith("map-")}
        if turn > 1:
            assert mine == keys.setdefault(task, mine)
    for key, value in kept().items():
        if not key.startswith(("map-", "step_view", "present_keys")):  # of components
            assert small(value), f"{key}: {value!r}"


def small(value: Any) -> bool:
    """Whether a value is one word or number, or a few of them."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, tuple | list):
        return len(value) < 40 and all(small(part) for part in value)
    return value is None or isinstance(value, bool | int | float | str)


def test_every_cache_is_bounded():
    """Nothing a visitor does grows the server for ever."""
    for file in (*ROOT.glob("ui/**/*.py"), *ROOT.glob("pages/*.py"), ROOT / "app.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            # Without an argument there is one value for all.
            if isinstance(node, ast.FunctionDef) and node.args.args:
                for mark in node.decorator_list:
                    if "cache" in ast.unparse(mark):
                        bound = "maxsize=" if "lru_cache" in ast.unparse(mark) else "max_entries="
                        assert bound in ast.unparse(mark), f"{file.name}: {node.name}"


def test_no_models(tmp_path, monkeypatch):
    monkeypatch.setenv("S2S_CHECKPOINTS", str(tmp_path / "none"))
    at = clean(app())
    assert "python -m s2s train" in at.warning[0].value
    assert not readouts(at)


def test_a_damaged_model_leaves_the_others_alone(tmp_path, monkeypatch):
    root = tmp_path / "checkpoints"
    for name in ("attention", "broken"):
        shutil.copytree(checkpoint.find("reverse/attention"), root / "reverse" / name)
    weights = root / "reverse" / "broken" / checkpoint.WEIGHTS
    weights.write_bytes(weights.read_bytes()[:1000])
    monkeypatch.setenv("S2S_CHECKPOINTS", str(root))
    at = app(task="reverse", model="broken")
    assert not at.exception
    assert "reverse/broken could not be loaded" in unmarked(at.error[0].value)
    assert not readouts(at)
    model_of(at).set_value("attention").run()
    assert len(readouts(clean(at))) == 1


def test_a_replaced_model_is_read_again(models):
    def page(seed: int) -> tuple[list[str], list[str]]:
        folder = models("fra-eng/mine", build_system(seed=seed))
        trace = checkpoint.load("fra-eng/mine").translate("a b c")
        assert folder.is_dir()
        return readouts(app(text="a b c")), [said(trace, first_word(trace))]

    first, second = page(1), page(2)
    assert first[0] == first[1]
    assert second[0] == second[1]
    assert first != second


def test_a_model_without_attention_leads_on():
    """The links of the note in the map's place open pages that hold the same choice."""
    (view,) = views(clean(visit("reverse/plain", text="a&b=c")))
    assert [link["href"].split("?")[0] for link in view["links"]] == ["gradients", "compare"]
    for link in view["links"]:
        page, query = link["href"].split("?")
        assert (ROOT / "pages" / f"{page}.py").is_file()
        assert parse_qs(query) == {"task": ["reverse"], "model": ["plain"], "text": ["a&b=c"]}
    (view,) = views(clean(visit("reverse/attention")))
    assert view["links"] == []


LONG = "je veux que tu me dises pourquoi tu ne veux pas venir avec nous ce soir"


@pytest.mark.parametrize("page", ["translate", "attention", "gradients"])
def test_what_must_be_known_stands_above_the_picture(page):
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    if page != "translate":
        at.switch_page(f"pages/{page}.py")
    at.query_params.update({"task": "fra-eng", "model": "attention", "text": LONG})
    at = at.run()
    assert not at.exception
    drawn = [element for element in flat(at.main) if hasattr(element, "proto")]
    care = [i for i, e in enumerate(drawn) if "trained on at most 10" in str(e.proto)]
    pictures = [i for i, e in enumerate(drawn) if e.type in ("bidi_component", "vega_lite_chart")]
    assert len(care) == 1 and care[0] <= pictures[0]  # the step view has it under its readout


@pytest.mark.parametrize(("text", "why"), [
    ("3/4/2003", "2003-03-04 or 2003-04-03"), ("February 30, 2003", "no such day"),
    ("25/3/2003", ""),
])  # fmt: skip
def test_a_text_that_is_no_date_is_answered_and_named(text, why):
    at = visit("dates/attention", text=text)
    assert not at.exception and len(views(at)) == 1
    told = views(at)[0]["trust"]
    assert bool(told) == bool(why)
    if told:
        assert told["verdict"] == "Outside what it learned." and why in told["facts"]
    (shapes,) = [e for e in at.expander if "shapes" in e.label]
    listed = shapes.markdown[0].value
    assert "`25/3/2003`" in listed and "`2003년 3월 25일`" in listed
    assert listed.count("·") + 1 == len(TASKS["dates"].forms())


def flat(block):
    """All elements of a block in the order in which they stand."""
    for child in block.children.values():
        if hasattr(child, "children"):
            yield from flat(child)
        else:
            yield child
