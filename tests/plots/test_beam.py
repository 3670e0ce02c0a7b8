"""Does the picture of a beam show the tree? Specifications are read as data; no browser."""

import json
from dataclasses import replace

import numpy as np
import pytest
from tiny import build_system
from traces import HOSTILE

from s2s.findings.search import answer_text, finished_note, sampling_finding, search_finding
from s2s.plots import DARK, LIGHT, figure_bytes
from s2s.plots.beam_tree import LEAST_PITCH, beam_tree, n_best
from s2s.plots.palette import contrast
from s2s.results import BeamTree, SearchVerdict
from s2s.text import label
from s2s.text.numbers import number, times

TEXT = "a b c d"
TRANSLATOR = build_system(attention="dot", seed=1)
FOUND, TREE = TRANSLATOR.beam(TEXT, 4, 0.7)


def long_tree(size=5, steps=12, words=("tonight", "the", "vraiment", "i", ".")):
    """A beam's shape at its largest: every rank of every step, hostile names among others."""
    tokens, parent, step, score, survived = ["<sos>"], [-1], [-1], [0.0], [True]
    live = [0]
    for t in range(steps):
        first = len(tokens)
        count = 2 * size
        for rank in range(count):
            tokens.append(words[(t + rank) % len(words)])
            parent.append(live[rank % len(live)])
            step.append(t)
            score.append(-float(t + 1 + rank))
            survived.append(rank < size)
        live = list(range(first, first + size))
    finished = np.zeros(len(tokens), bool)
    finished[live] = True
    return BeamTree(tuple(tokens), np.array(parent), np.array(step), np.array(score),
                    np.array(survived), finished, tuple(live), np.array(score)[live])  # fmt: skip


def layer(chart, name):
    return next(part for part in chart["layer"] if part.get("name") == name)


def rows(chart, name="tiles"):
    return layer(chart, name)["data"]["values"]


def test_every_node_and_every_edge_is_drawn():
    chart = beam_tree(TREE, LIGHT)
    drawn = rows(chart)
    assert [row["node"] for row in drawn] == list(range(len(TREE.tokens)))
    for n, row in enumerate(drawn):
        assert row["kept"] == TREE.survived[n]
        assert row["log_probability"] == number(float(TREE.score[n]), 3)
        assert row["score"] == number(float(TREE.penalised_scores()[n]), 3)
        if n:
            assert row["path"] == " ".join(TREE.hypothesis(n))
    edges = [edge for kind in ("pruned", "kept", "best") for edge in rows(chart, f"edges-{kind}")]
    assert sorted(edge["node"] for edge in edges) == list(range(1, len(TREE.tokens)))
    for edge in edges:
        here, before = drawn[edge["node"]], drawn[TREE.parent[edge["node"]]]
        assert (edge["x"], edge["y"]) == (before["right"], before["middle"])
        assert (edge["x2"], edge["y2"]) == (here["left"], here["middle"])


def test_the_search_fate_of_every_edge():
    chart = beam_tree(TREE, LIGHT)
    best = set(TREE.path(TREE.ranking[0]))
    kinds = {edge["node"]: kind for kind in ("pruned", "kept", "best")
             for edge in rows(chart, f"edges-{kind}")}  # fmt: skip
    for n, kind in kinds.items():
        assert kind == ("best" if n in best else "kept" if TREE.survived[n] else "pruned")
    assert {row["node"] for row in rows(chart) if row["best"]} == best | {0}
    finished = {row["node"]: row["fate"] for row in rows(chart) if "finished" in row["fate"]}
    assert set(finished) == set(TREE.ranking)
    assert finished[TREE.ranking[0]] == f"finished, 1st of {len(TREE.ranking)}"


@pytest.mark.parametrize("tree", [TREE, long_tree(), long_tree(10, 6), long_tree(1, 3),
                                  long_tree(words=HOSTILE)])  # fmt: skip
def test_no_two_tiles_overlap(tree):
    drawn = rows(beam_tree(tree, LIGHT))
    by_column = {}
    for row in drawn:
        by_column.setdefault(tree.step[row["node"]], []).append(row)
    before = -np.inf
    for step in sorted(by_column):
        column = sorted(by_column[step], key=lambda row: row["top"])
        assert min(row["left"] for row in column) > before, "columns stand apart"
        before = max(row["right"] for row in column) + 10
        assert all(a["bottom"] < b["top"] for a, b in zip(column, column[1:], strict=False))
        assert [row["node"] for row in column] == sorted(row["node"] for row in column)


def test_a_beam_of_5_over_12_steps_fits_a_desktop_and_a_longer_one_scrolls():
    wide = beam_tree(long_tree(), LIGHT, 1000)
    assert wide["width"] <= 1005 and wide["height"] < 500
    assert wide["autosize"]["type"] == "pad", "px per step stay what they are"
    longer = beam_tree(long_tree(steps=40), LIGHT, 1000)
    assert longer["width"] >= 40 * LEAST_PITCH
    short = beam_tree(long_tree(steps=3), LIGHT, 1000)
    assert short["width"] < 700, "a short search is not drawn out"


def test_kept_and_pruned_differ_by_more_than_colour():
    for palette in (LIGHT, DARK):
        chart = beam_tree(TREE, palette)
        marks = {kind: layer(chart, f"edges-{kind}")["mark"] for kind in ("pruned", "kept", "best")}
        assert "strokeDash" in marks["pruned"] and "strokeDash" not in marks["kept"]
        assert marks["pruned"]["strokeWidth"] < marks["kept"]["strokeWidth"]
        assert marks["kept"]["strokeWidth"] < marks["best"]["strokeWidth"]
        assert layer(chart, "tiles")["mark"]["strokeDash"] == {
            "expr": "datum.kept ? [1, 0] : [3, 3]"
        }
        for mark in marks.values():
            assert contrast(mark["color"], palette.background) >= 3
        text = json.dumps(chart)
        assert palette.edit not in text and palette.attention not in text


def test_hostile_and_repeated_tokens_stay_literal_and_apart():
    tree = long_tree(3, 4, HOSTILE)
    chart = beam_tree(tree, LIGHT)
    drawn = rows(chart)
    assert len(drawn) == len(tree.tokens)
    for n in range(1, len(tree.tokens)):
        shown = drawn[n]["token"]
        whole = label(tree.tokens[n])
        assert shown == whole or (shown.endswith("…") and whole.startswith(shown[:-1]))
        assert drawn[n]["path"].endswith(whole[-20:])
    assert json.dumps(chart)
    assert figure_bytes(chart, "svg").startswith(b"<svg")


def test_a_long_hypothesis_is_shown_by_its_end():
    tree = long_tree(1, 60)
    last = rows(beam_tree(tree, LIGHT))[-1]
    assert len(last["path"]) == 160 and last["path"].startswith("…")
    assert last["path"].endswith(tree.tokens[-1])


def test_the_penalty_is_told_where_there_is_one():
    def told(tree):
        encoding = layer(beam_tree(tree, LIGHT), "tiles")["encoding"]
        return [tip["title"] for tip in encoding["tooltip"]]

    assert "with length penalty" in told(TREE)
    assert "with length penalty" not in told(replace(TREE, length_penalty=0.0))


def test_a_tree_of_nothing_is_refused():
    one = BeamTree(("<sos>",), np.array([-1]), np.array([-1]), np.zeros(1), np.ones(1, bool),
                   np.zeros(1, bool), (), np.zeros(0))  # fmt: skip
    with pytest.raises(ValueError, match="no tree"):
        beam_tree(one, LIGHT)


@pytest.mark.slow
def test_figures_can_be_taken_away():
    assert figure_bytes(beam_tree(TREE, DARK), "png").startswith(b"\x89PNG")


def test_the_n_best_table():
    table = n_best(TREE, FOUND)
    assert [row["rank"] for row in table] == list(range(1, len(FOUND) + 1))
    assert [row["log_probability"] for row in table] == [t.log_probability for t in FOUND]
    assert [row["score"] for row in table] == list(TREE.penalised[: len(FOUND)])
    assert [row["answer"] for row in table] == [answer_text(t) for t in FOUND]
    assert [row["length"] for row in table] == [t.steps for t in FOUND]
    np.testing.assert_allclose([row["probability"] for row in table],
                               [np.exp(t.log_probability) for t in FOUND])  # fmt: skip
    with pytest.raises(ValueError, match="zip"):
        n_best(replace(TREE, ranking=(), penalised=np.zeros(0)), FOUND)


def test_an_answer_is_text():
    trace = FOUND[0]
    assert answer_text(replace(trace, text="")) == "(empty)"
    assert answer_text(replace(trace, text="a\u202eb  c")) == "aU+202Eb c"
    assert answer_text(replace(trace, text="abcdef"), 4) == "abc…"


# Sentences.


def words(parts):
    return "".join(part.text for part in parts)


def strong(parts):
    return [part.text for part in parts if part.kind == "strong"]


def outputs():
    drawn = [TRANSLATOR.sample(TEXT, 1.5, seed=seed) for seed in range(30)]
    every = {t.output: t for t in (*FOUND, *drawn)}
    return sorted(every.values(), key=lambda t: -t.log_probability)


def test_what_the_search_found_in_words():
    best, second, third, *_ = outputs()
    missed = search_finding(SearchVerdict(second, (best, third)))
    assert strong(missed) == ["Greedy missed a better answer"]
    ratio = times(float(np.exp(best.log_probability - second.log_probability)))
    assert f"is {ratio} as likely as greedy’s" in words(missed)
    assert number(best.log_probability, 2) in words(missed)
    assert words(missed).index(answer_text(best)) < words(missed).index(answer_text(second))
    right = search_finding(SearchVerdict(best, (best, second)))
    assert strong(right) == ["No better answer was found"] and answer_text(best) in words(right)
    pruned = search_finding(SearchVerdict(best, (second, third)))
    assert strong(pruned) == ["The beam missed greedy’s answer"]
    assert "pruned" in words(pruned)
    ranked = words(search_finding(SearchVerdict(best, (second, best))))
    assert "The length penalty ranks another one first" in ranked
    assert "length penalty" not in words(right)


def test_the_reference_in_words():
    best, second, third, *_ = outputs()
    cases = {
        "model error": SearchVerdict(best, (best, second), third),
        "search error": SearchVerdict(second, (second,), best),
    }
    for name, verdict in cases.items():
        assert strong(search_finding(verdict))[1:] == [name]
    found = words(search_finding(SearchVerdict(best, (best, second), second)))
    assert "Yours is the 2nd of those found." in found
    same = words(search_finding(SearchVerdict(best, (best, second), best)))
    assert "Your answer is the most probable one that is known." in same
    assert "Your" not in words(search_finding(SearchVerdict(best, (best,))))


def test_why_there_are_so_few():
    fewer = long_tree(5, 3)
    fewer = replace(fewer, ranking=fewer.ranking[:2], penalised=fewer.penalised[:2],
                    finished=np.isin(np.arange(len(fewer.tokens)), fewer.ranking[:2]))  # fmt: skip
    assert finished_note(fewer, 5) == (
        "2 hypotheses had ended, fewer than the beam’s 5, when no other could still become the "
        "best: there the search stops."
    )
    assert finished_note(long_tree(5, 3), 5) == (
        "5 hypotheses had ended when nothing was left to continue."
    )
    assert finished_note(long_tree(5, 3), 3).endswith("the best 3 are listed.")
    assert finished_note(long_tree(1, 3), 1).startswith("1 hypothesis had ended")


def test_draws_in_words():
    greedy, other, third, *_ = outputs()
    for drawn, told, often in (
        ([greedy, other, greedy], "2 different answers", "came up twice"),
        ([other, third, other], "2 different answers", "did not come up"),
        ([greedy] * 5, "one answer", "came up 5 times"),
        ([greedy], "one answer", "came up once"),
    ):
        parts = sampling_finding(greedy, drawn)
        assert strong(parts) == [told] and often in words(parts)
        assert answer_text(greedy) in [part.text for part in parts if part.kind == "token"]
