"""The panel of roads not taken, without a browser: what it finds and what it opens."""

import json
import math

import pytest
from page_text import clean, unmarked
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

import s2s
from s2s.decoding import whatif
from s2s.findings.search import answer_text
from s2s.plots.beam_tree import NODE
from s2s.tasks import TASKS
from ui.cached import searches as cached_searches
from ui.views.translate import other_answers

MODEL, TEXT = "fra-eng/attention", "Elle ne m'a rien dit, et je veux dormir."
PAGE = """
import streamlit as st
from ui.frame import choice, edits, link
from ui.parts.export import TakeAway
from ui.views.translate import other_answers

link.arrive()
chosen = choice.head("Here")[0].model
text = choice.sentence(chosen.task)

@st.fragment
def explore():
    what = edits.apply(chosen.key, text)
    st.text(edits.problem() or "")
    st.code(" ".join(what.trace.output), language=None)
    given = [edit.text for edit in edits.current() if edit.kind == "reference"]
    other_answers.show(chosen, text, given[-1] if given else None, TakeAway())

explore()
"""


def page(model=MODEL, text=TEXT, **query):
    task, variant = model.split("/")
    at = AppTest.from_string(PAGE, default_timeout=30)
    at.query_params.update({"task": task, "model": variant, "text": text, **query})
    return at.run()


def beam_page(**query):
    return page(roads_kind="Beam search", **query)


def sampling_page(**query):
    return page(roads_kind="Sampling", **query)


def said(at):
    return unmarked("\n".join(element.value for element in at.markdown)).replace("*", "")


def rows(at):
    return at.dataframe[0].value.to_dict("records")


def tree_of(at):
    return json.loads(at.get("vega_lite_chart")[0].proto.spec)


def output(at):
    return at.code[0].value


def send(at, proto_id, value):
    """What a browser sends when a row or a tile is pressed: AppTest knows neither."""
    states = at._tree.get_widget_states()
    states.widgets.append(WidgetState(id=proto_id, string_value=json.dumps(value)))
    return clean(at._run(states))


def press_row(at, row):
    selection = {"rows": [row], "columns": [], "cells": []}
    return send(at, at.dataframe[0].proto.id, {"selection": selection})


def press_node(at, node):
    chart = at.get("vega_lite_chart")[0].proto
    return send(at, chart.id, {"selection": {NODE: [{"node": node}]}})


@pytest.fixture(scope="module")
def system():
    return s2s.load(MODEL)


def edits_of(at):
    value = at.query_params.get("edits", "")
    return whatif.decode(value if isinstance(value, str) else value[0])


def test_nothing_runs_before_it_is_asked_for(monkeypatch):
    def refuse(*arguments):
        raise AssertionError("a search ran")

    for name in ("beam", "verdict", "samples", "opening"):
        monkeypatch.setattr(cached_searches, name, refuse)
    at = clean(page())
    assert not at.dataframe and not at.get("vega_lite_chart") and not at.slider
    assert at.subheader[0].value == "Roads not taken"


def test_the_beam_is_the_librarys(system):
    at = clean(beam_page(roads_beam="4", roads_penalty="1.2"))
    traces, tree = system.beam(TEXT, 4, 1.2)
    table = rows(at)
    assert [row["Answer"] for row in table] == [answer_text(t) for t in traces]
    assert [row["Log probability"] for row in table] == [t.log_probability for t in traces]
    assert [row["Score"] for row in table] == list(tree.penalised[: len(traces)])
    tiles = next(part for part in tree_of(at)["layer"] if part.get("name") == "tiles")
    assert len(tiles["data"]["values"]) == len(tree.tokens)
    assert at.slider[0].value == 4 and at.number_input[0].value == 1.2


def test_without_a_penalty_there_is_no_second_number():
    assert "Score" not in rows(clean(beam_page()))[0]


def test_the_finding_is_the_verdict(system):
    at = clean(beam_page())
    greedy = system.translate(TEXT)
    best = max(system.beam(TEXT, 5)[0], key=lambda t: t.log_probability)
    missed = best.log_probability > greedy.log_probability + 1e-4
    assert ("Greedy missed a better answer" in said(at)) == missed
    assert ("No better answer was found" in said(at)) == (best.output == greedy.output)
    assert answer_text(greedy) in said(at)


def test_a_beam_of_one_is_greedy_and_can_be_moved():
    at = clean(beam_page(roads_beam="1"))
    assert "No better answer was found" in said(at) and len(rows(at)) == 1
    at.slider[0].set_value(3).run()
    assert len(rows(clean(at))) > 1


def test_a_row_opens_its_answer(system):
    at = clean(beam_page())
    traces, _ = system.beam(TEXT, 5)
    for row in (1, 0, len(traces) - 1):
        press_row(at, row)
        assert output(at) == " ".join(traces[row].output)
        assert not at.text[0].value
    # The model's own answer needs no edit; another only those where the roads part.
    press_row(at, [t.output for t in traces].index(system.translate(TEXT).output))
    assert edits_of(at) == ()
    other = next(i for i, t in enumerate(traces) if t.output != system.translate(TEXT).output)
    press_row(at, other)
    for edit in edits_of(at):
        assert edit.kind == "force" and traces[other].output[edit.place] == edit.text
        assert traces[other].candidates[edit.place][0] != edit.text
    assert edits_of(at)


def test_a_tile_opens_its_beginning(system):
    at = clean(beam_page())
    _, tree = system.beam(TEXT, 5)
    for node in (3, 12, len(tree.tokens) - 1):
        press_node(at, node)
        start = tree.hypothesis(node)
        assert tuple(output(at).split())[: len(start)] == start
    before = output(at)
    press_node(at, 0)
    assert output(at) == before, "the start opens nothing"


def test_one_undo_takes_back_all_that_was_opened():
    at = clean(beam_page(edits="t0.she told me ."))
    opened = edits_of(at)
    press_row(at, 1)
    assert edits_of(at) != opened
    assert at.session_state["edits_before"][-1] == whatif.encode(opened)


def test_edits_of_the_source_stay():
    at = clean(beam_page(edits="d5~f0.i"))
    system = s2s.load(MODEL)
    source = whatif.edited_source(system, TEXT, whatif.decode("d5"))
    traces, _ = system.beam(source, 5)
    assert [row["Answer"] for row in rows(at)] == [answer_text(t) for t in traces]
    press_row(at, 1)
    assert edits_of(at)[0].kind == "drop"
    assert output(at) == " ".join(traces[1].output)


def test_a_reference_is_judged(system):
    worse = "she was here ."
    at = clean(beam_page(edits=whatif.encode([whatif.Edit("reference", 0, worse)])))
    assert "model error" in said(at)
    own = system.translate(TEXT)
    at = clean(beam_page(edits=whatif.encode([whatif.Edit("reference", 0, own.text)])))
    assert "model error" not in said(at) and "search error" not in said(at)


def test_a_reference_that_cannot_be_written_is_said(system):
    script = PAGE.replace("given[-1] if given else None", '"zibeline"')
    at = AppTest.from_string(script, default_timeout=30)
    at.query_params.update({"task": "fra-eng", "text": TEXT, "roads_kind": "Beam search"})
    clean(at.run())
    assert any("zibeline" in caption.value for caption in at.caption)
    assert "error" not in said(at) and rows(at)


def test_samples_are_the_librarys(system):
    at = clean(sampling_page(roads_temperature="1.5", roads_top_k="20", roads_seed="7"))
    drawn = [system.sample(TEXT, 1.5, 20, seed) for seed in range(7, 7 + other_answers.DRAWS)]
    table = rows(at)
    assert [row["Seed"] for row in table] == list(range(7, 7 + other_answers.DRAWS))
    assert [row["Answer"] for row in table] == [answer_text(t) for t in drawn]
    for row, trace in zip(table, drawn, strict=True):
        assert row["Probability"] == pytest.approx(math.exp(trace.log_probability))
    assert f"{other_answers.DRAWS} draws gave" in said(at)
    for row in (2, 0):
        press_row(at, row)
        assert output(at) == " ".join(drawn[row].output)


def test_other_draws():
    at = clean(sampling_page())
    first = rows(at)
    assert [row["Seed"] for row in first] == [0, 1, 2, 3, 4]
    at.button[0].click().run()
    assert [row["Seed"] for row in rows(clean(at))] == [5, 6, 7, 8, 9]
    at.number_input[1].set_value(0).run()
    assert rows(clean(at)) == first


def test_a_wild_answer_opens_all_the_same(system):
    """It parts from the model's own so often that it is given as a reference, or else refused."""
    at = clean(sampling_page(roads_temperature="2.0"))
    kinds = set()
    for row in range(other_answers.DRAWS):
        drawn = system.sample(TEXT, 2.0, seed=row)
        press_row(at, row)
        parted = sum(t != c[0] for t, c in zip(drawn.output, drawn.candidates, strict=True))
        if parted > whatif.MOST_EDITS:
            assert "at most" in at.text[0].value
        else:
            assert output(at) == " ".join(drawn.output)
            kinds |= {(edit.kind, parted > cached_searches.FEW) for edit in edits_of(at)}
    assert ("reference", True) in kinds and ("reference", False) not in kinds


@pytest.mark.parametrize("model", ["reverse/attention", "dates/attention", "toy/attention"])
def test_other_tasks(model):
    name = next((n for n in (model, model.replace("attention", "plain"))
                 if n in {e.name for e in s2s.checkpoints.checkpoint.entries()}), None)  # fmt: skip
    if name is None:
        pytest.skip(f"{model} is not shipped")
    text = TASKS[model.split("/")[0]].examples[0]
    for kind in ("Beam search", "Sampling"):
        at = clean(page(name, text, roads_kind=kind))
        assert rows(at)
        press_row(at, len(rows(at)) - 1)
        assert not at.text[0].value


@pytest.mark.parametrize(
    "query",
    [
        {"roads_kind": "Beam search", "roads_beam": "99", "roads_penalty": "x"},
        {"roads_kind": "Beam search", "roads_beam": "-1", "roads_penalty": "nan"},
        {"roads_kind": "Beam search", "roads_penalty": "1e9"},
        {"roads_kind": "Sampling", "roads_temperature": "0", "roads_top_k": "0"},
        {"roads_kind": "Sampling", "roads_top_k": "99999999", "roads_seed": "-4"},
        {"roads_kind": "Sampling", "roads_seed": "9" * 30, "roads_temperature": "nan"},
        {"roads_kind": "<b>"},
        {"roads_kind": ""},
    ],
    ids=str,
)
def test_nonsense_in_the_address(query):
    clean(page(**query))


def test_a_top_k_of_another_model():
    """A larger vocabulary's number is no number for a smaller one."""
    at = clean(sampling_page(roads_top_k="3000"))
    at.selectbox[0].set_value("reverse").run()
    assert len(rows(clean(at))) == other_answers.DRAWS


@pytest.mark.parametrize(
    ("event", "node"),
    [
        ({"selection": {"node": [{"node": 3}]}}, 3),
        ({"selection": {"node": [{"node": 1}, {"node": 2}]}}, 2),
        ({"selection": {"node": [{"node": 0}]}}, None),
        ({"selection": {"node": [{"node": 10**6}]}}, None),
        ({"selection": {"node": [{"node": True}]}}, None),
        ({"selection": {"node": [{"node": "1"}]}}, None),
        ({"selection": {"node": []}}, None),
        ({"selection": {"node": {}}}, None),
        ({"selection": None}, None),
        (None, None),
    ],
)
def test_what_a_tile_says_is_checked(system, event, node):
    _, tree = system.beam(TEXT, 2)
    assert other_answers.clicked(event, tree) == node
