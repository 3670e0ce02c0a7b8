"""What the cards say beyond the scores: counted by hand on small cases."""

import math
from dataclasses import replace
from statistics import mean

import pytest
import torch
from tiny import build_like, build_system, corpus

from s2s.decoding import single
from s2s.results import EpochReport, History
from s2s.tasks import TASKS, fra_eng
from s2s.tasks.recipes import RECIPES
from s2s.text.numbers import number
from s2s.training import recipe_tables
from s2s.training.seed_runs import Findings, SeedRun


def found(system, pairs, reports=(), recipe="fra-eng-small/plain", all_data=None):
    run = SeedRun(1, system, History(tuple(reports)), {"test": pairs, "train": pairs})
    return Findings(RECIPES[recipe], [run], run, all_data or (lambda: ([], [])))


def test_the_floor_of_an_ambiguous_sentence():
    system = build_like(3)
    pairs = [("a", "x y"), ("a", "x z"), ("b", "x"), ("c", "x"), ("c", "x")]
    # Only y against z is open: ln 2 over the four tokens <sos> x y <eos>, twice.
    assert recipe_tables.ambiguity_floor(pairs, system) == pytest.approx(2 * math.log(2) / 4 / 5)
    assert recipe_tables.ambiguity_floor(pairs[2:], system) == 0
    # An output that may end early is ambiguous too: one in three says "x" and ends.
    pairs = [("a", "x"), ("a", "x y"), ("a", "x y")]
    expected = (math.log(3) / 3 + 2 * math.log(1.5) / 4) / 3
    assert recipe_tables.ambiguity_floor(pairs, system) == pytest.approx(expected)


def test_the_floor_of_the_tutorials_pairs_is_that_of_the_contract():
    task = TASKS["fra-eng-small"].defaults
    data = replace(task.data, test_percent=0, validation_percent=0)
    parts = fra_eng.parts(data, task.sequence, corpus("eng-fra.tsv.gz"))
    assert len(parts["train"]) == 5313
    assert round(recipe_tables.ambiguity_floor(parts["train"], build_like(3)), 4) == 0.0198


def test_first_tokens_counts_beginnings():
    system = build_system(attention="dot")
    written = system.translate("a b c")
    words = [t for t in written.output if t != "<eos>"]
    assert len(words) > 3  # so that one can be changed
    other = next(w for w in ("red", "sea") if w != words[2])
    pairs = [("a b c", " ".join(words)), ("a b c", " ".join([*words[:2], other, *words[3:]]))]
    table = recipe_tables.first_tokens(found(system, pairs))
    assert table.rows == (("seed 1", "100.0 %", "100.0 %", "100.0 %", "50.0 %", "50.0 %"),)
    # A short form and the long one are the same subject and verb, but not the same words.
    assert recipe_tables._spelled_out(["i", "m"]) == recipe_tables._spelled_out(["i", "am"])


def test_a_search_error_is_a_beam_with_a_better_output():
    system = build_system(attention="general", seed=5)
    sources = [" ".join(p) for p in ("ab", "cde", "fgh", "hgfe", "aabb", "dc", "bead", "face")]
    pairs = [(s, "red sky") for s in sources]
    watch = ((sources[0], system.translate(sources[0]).text), (sources[1], "red"))
    findings = found(system, pairs)
    table = recipe_tables.beams(replace(findings, recipe=replace(findings.recipe, watch=watch)))
    assert [row[0] for row in table.rows] == ["greedy", "beam 3", "beam 5"]
    greedy = [system.translate(s).log_probability for s in sources]
    assert table.rows[0][2] == number(mean(greedy), 3) and table.rows[0][3] is None
    best = [system.beam(s, 5)[0] for s in sources]
    errors = sum(
        bool(b) and b[0].log_probability > g + 1e-4 for b, g in zip(best, greedy, strict=True)
    )
    assert errors > 0  # otherwise this shows nothing
    assert table.rows[2][3] == str(errors)
    assert table.rows[0][4] == "1"


def test_exact_match_by_epoch_is_the_reports_own():
    reports = [EpochReport(e, 1.0, 1.0, e / 10, 5.0, 0.1, 1.0, e, 1.0) for e in (1, 2, 3)]
    table = recipe_tables.exact_by_epoch(found(build_like(4), [], reports, "dates-book/plain"))
    assert table.rows == ((1, "10.0 %", "10.0 %"), (2, "20.0 %", "20.0 %"), (3, "30.0 %", "30.0 %"))


def test_the_tutorials_losses_stand_beside_ours():
    def reports(scale):
        losses = ((e, scale * e / 100) for e in range(1, 41))
        return tuple(EpochReport(e, x, None, None, None, 0.1, 1.0, e, 1.0) for e, x in losses)

    pairs = [("a", "x"), ("b", "y")]
    findings = found(build_like(3), pairs, reports(2), all_data=lambda: (reports(1), pairs))
    table = recipe_tables.tutorial_loss(findings)
    assert [row[0] for row in table.rows] == [5, 10, 15, 20, 25, 30, 35, 40]
    assert table.rows[0] == (5, "0.6783", "0.0500") and table.rows[-1] == (40, "0.0265", "0.4000")
    assert "0.0000" in table.note and "with Adam where" in table.note  # two unambiguous pairs
    other = replace(findings.runs[0], seed=2, history=History(reports(4)))
    recipe = RECIPES["fra-eng-small/tutorial-attention"]
    both = replace(findings, recipe=recipe, runs=[findings.runs[0], other])
    table = recipe_tables.tutorial_loss_by_seed(both)
    assert table.rows[0] == (5, "0.6167", "0.1500 ± 0.0707")
    assert "one at a time as there: SGD, rate 0.01" in table.note


def test_the_month_map_sums_the_weights_on_the_months_letters():
    defaults = TASKS["dates"].defaults
    system = build_like(4)
    known = "".join(system.source_vocab.tokens)
    assert set("dec 0123") - set(known) == set()
    system = replace(system, sequence=replace(system.sequence, max_output_length=10))
    assert defaults.sequence.max_output_length == 10
    pairs = [("dec 3, 20", "2003-12-03"), ("3/12/03", "2003-12-03")]
    table = recipe_tables.month_map(found(system, pairs, recipe="dates-book/attention"))
    month, count, share, even = table.rows[0]
    assert (month, count, even) == ("12", 1, f"{3 / 12:.2f}") and len(table.rows) == 1
    target = system.target_vocab.encode("2003-12-03")[0]
    with torch.inference_mode():
        trace = single.forced(system, system.read("dec 3, 20"), target)
    assert share == f"{trace.attention[5:7, :3].sum(axis=1).mean():.2f}"
