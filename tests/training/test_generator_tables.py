"""The tables of the generated tasks: counted by hand on small cases."""

from dataclasses import replace

import pytest
from tiny import build_like

from s2s.evaluation.alignment import align
from s2s.results import History
from s2s.tasks.gold import generated
from s2s.tasks.recipes import RECIPES
from s2s.training import generator_tables
from s2s.training.seed_runs import Findings, SeedRun


def found(system, pairs, recipe):
    run = SeedRun(1, system, History(), {"test": pairs})
    return Findings(RECIPES[recipe], [run], run, lambda: ([], []))


@pytest.fixture
def dates():
    system = build_like(4)
    return replace(system, sequence=replace(system.sequence, max_output_length=10))


def test_exact_match_by_shape_counts_every_shape_of_a_text(dates, monkeypatch):
    pairs = [
        ("2003-12-03", "2003-12-03"), ("2003-12-04", "2003-12-04"),
        ("3 Dec 2003", "2003-12-03"), ("3/3/2003", "2003-03-03"),
    ]  # fmt: skip
    right = [list(target) for _, target in pairs]
    wrong = [right[0], list("1999-01-01"), *right[2:]]
    monkeypatch.setattr(generator_tables, "greedy_outputs", lambda *_: (wrong, right))
    table = generator_tables.by_shape(found(dates, pairs, "dates/attention"))
    rows = {shape: (count, exact) for _, shape, count, exact in table.rows}
    assert rows == {
        "y-MM-dd": (2, "50.0 %"), "y-M-d": (2, "50.0 %"), "d MMM y": (1, "100.0 %"),
        "M/d/y": (1, "100.0 %"), "d/M/y": (1, "100.0 %"),
    }  # fmt: skip
    assert "Least exact: 50.0 %." in table.note


def test_gold_links_are_those_of_align(dates):
    pairs = [("2003-12-03", "2003-12-03"), ("3 dec 2003", "2003-12-03")]
    system = replace(dates, task="dates")
    table = generator_tables.gold_links(found(system, pairs, "dates/attention"))
    own = align(system, generated("dates", pairs), linked_only=True)
    assert [row[0] for row in table.rows] == ["-1", "0", "+1"]
    assert table.rows[1][1] == f"{own.at(0).aer:.3f}" and own.says() in table.note


def test_every_everyday_sentence_has_its_answer():
    class Echo:
        def translate(self, text):
            return type("Trace", (), {"text": text[::-1]})

    run = SeedRun(1, Echo(), History(), {})
    findings = Findings(RECIPES["dates/attention"], [run], run, lambda: ([], []))
    rows = generator_tables.everyday(findings).rows
    assert len(rows) == len(set(rows)) == 20
    assert all(answer == typed[::-1] for typed, answer in rows)
