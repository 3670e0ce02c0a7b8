"""The States page without a browser: are its neighbours, units and answers those of the library?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from page_text import clean, unmarked
from streamlit.testing.v1 import AppTest

from s2s import probes
from s2s.checkpoints import checkpoint
from s2s.findings.states import (
    neighbours_finding,
    patching_finding,
    unit_patching_finding,
    units_finding,
)
from s2s.results.patterns import unit_pattern
from s2s.tasks.labelled import labels_of, of_task

ROOT = Path(__file__).resolve().parents[2]
NARROW = "\xa0"
TASK, MODEL, TEXT = "reverse", "plain", "microscope"


def page(**query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=240)
    at.switch_page("pages/states.py")
    at.query_params.update({"task": TASK, "model": MODEL, "text": TEXT} | query)
    return clean(at.run())


def said(at: AppTest) -> str:
    return unmarked("\n".join(m.value for m in (*at.markdown, *at.caption)))


def asked(at: AppTest, name: str) -> str | None:
    """A parameter of the address."""
    found = at.query_params.get(name)
    return found[0] if isinstance(found, list) else found


@pytest.fixture(scope="module")
def made():
    system = checkpoint.load(f"{TASK}/{MODEL}")
    return system, probes.state_corpus(system, of_task(TASK, 1000))


@pytest.mark.parametrize(("query", "task"), [
    ({}, "phrases"),  # nothing is asked for
    ({"lang": "en"}, "phrases"),
    ({"task": "reverse"}, "reverse"),
    ({"model": "toy/plain"}, "toy"),
    ({"text": "Il fait froid."}, "fra-eng"),  # of a visitor who came from the first task
])  # fmt: skip
def test_it_opens_where_it_makes_its_point_and_what_was_chosen_wins(query, task):
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=240)
    at.switch_page("pages/states.py")
    at.query_params.update(query)
    clean(at.run())
    assert at.selectbox(key="task").value == task
    assert "Nearest states elsewhere" in said(at)
    if not query:
        assert clean(at.run()).selectbox(key="task").value == task
        assert asked(at, "task") == task


def test_path_and_neighbours_are_the_librarys(made):
    system, corpus = made
    at = page(at="h4", metric="euclidean")
    wanted = probes.neighbours(
        system, TEXT, corpus, "encoder", 3, "euclidean", known=labels_of(TASK, TEXT)
    )
    assert neighbours_finding(wanted).replace(NARROW, " ") in said(at)
    rows = [b for b in at.button if b.key and b.key.startswith("states_near_")]
    assert [row.label.split(" ")[0] for row in rows] == [f"{n.value:.3f}" for n in wanted.found]
    drawn = [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]
    assert len(drawn) == 2  # attention stands beside it
    marks = [step for trace in drawn[0]["data"] for step in trace.get("customdata", ())]
    assert marks == [f"h{n}" for n in range(1, 12)] + ["h11"] + [f"s{n}" for n in range(1, 12)]
    rows[2].click()
    after = clean(at.run())
    assert after.text_input(key="text").value == wanted.found[2].text
    assert asked(after, "at") == f"h{wanted.found[2].place + 1}"


def test_steps_walk_through_reading_and_writing():
    at = page(at="h11")
    at.button(key="states_chevron_right").click()
    after = clean(at.run())
    assert (asked(after, "at"), asked(after, "step")) == ("s1", "1")
    first = page(at="h1", dimensions="2-D", colour="first letter")
    assert first.button(key="states_chevron_left").disabled
    kinds = {t["type"] for c in first.get("plotly_chart") for t in json.loads(c.proto.spec)["data"]}
    assert kinds == {"scatter"}
    odd = page(at="s99", colour="nonsense", metric="nonsense", sentences="7")
    assert "Nearest states elsewhere" in said(odd)


def test_a_letter_that_comes_twice_has_two_buttons():
    """The browser sends a button's words back, so that two of the same words are one button."""
    at = page(at="h3", further="units")
    for key, count in (("states_picked", 22), ("phrase", 11)):
        found = [option.content for group in at.get("button_group") if group.key == key
                 for option in group.proto.options]  # fmt: skip
        assert len(found) == count == len(set(found))


def test_units_are_the_librarys(made):
    system, corpus = made
    states = probes.hidden_states(system, TEXT)
    own = states.encoder[0].states
    place = next(p for p in range(10) if unit_pattern(own, (p,), 0.2, corpus.encoder).units)
    at = page(at="h3", further="units", phrase=str(place + 1), threshold="0.2")
    wanted = unit_pattern(own, (place,), 0.2, corpus.encoder)
    assert units_finding(wanted, states.source).replace(NARROW, " ") in said(at)
    assert at.number_input(key="unit").value == wanted.units[0]


def test_another_start_and_patching_are_the_librarys(made):
    system, _ = made
    at = page(further="start", mix="50", **{"from": "abcdef"})
    taken = probes.started_elsewhere(system, TEXT, "abcdef", 0.5)
    assert taken.text in said(at)
    back = next(b for b in at.button if b.label == "Take it back")
    back.click()
    assert asked(clean(at.run()), "from") is None
    at = page(further="carries", corrupted="xicroscope", at="s10")
    found = probes.patching(system, TEXT, "xicroscope")
    assert patching_finding(found, 9).replace(NARROW, " ") in said(at)
    at = page(further="carries", corrupted="xicroscope", at="s10", byunit="1", carrier="h2")
    units = probes.unit_patching(system, TEXT, "xicroscope", 9, 1)
    assert unit_patching_finding(units).replace(NARROW, " ") in said(at)
    refused = page(further="carries", corrupted="abc")
    assert any("11 and 4 tokens" in warning.value for warning in refused.warning)
