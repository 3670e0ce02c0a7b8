"""The sentence above a model never contradicts its seeds."""

import re
from dataclasses import replace

import pytest

from s2s.checkpoints import checkpoint
from s2s.evaluation.seed_table import against, gap
from s2s.findings.standing import last_losses, standing
from s2s.results import Gap
from s2s.tasks import TASKS
from s2s.tasks.about import About
from s2s.tasks.recipes import RECIPES

SHIPPED = {entry.name: entry for entry in checkpoint.entries()}


def said(name, *beside):
    entry = SHIPPED[name]
    text = "".join(part.text for part in standing(TASKS[entry.task], entry.about, *beside))
    return text.replace("\u00a0", " ")


def test_over_seeds_with_the_interval_and_the_stored_one():
    mine, theirs = SHIPPED["fra-eng-small/scheduled"].about, SHIPPED["fra-eng-small/dot"].about
    assert said("fra-eng-small/scheduled", "dot", gap(mine, theirs, "bleu")) == (
        "Over 3 seeds BLEU 21.6 ± 6.2 on sentences it has never seen (589 pairs), 2.0 below dot "
        "seed by seed (95 % interval −8.0 to +4.0, so chance can explain it). The model here is "
        "that of seed 1, the first, whatever it scored: BLEU 27.2."
    )
    # The stored models alone say the opposite: that must not be the headline.
    assert mine.score("bleu") > theirs.score("bleu")


def test_a_difference_that_chance_does_not_explain():
    mine, theirs = SHIPPED["fra-eng-small/attention"].about, SHIPPED["fra-eng-small/plain"].about
    text = said("fra-eng-small/attention", "plain", gap(mine, theirs, "bleu"))
    assert "9.2 above plain seed by seed (95 % interval +6.0 to +12.3)." in text


def test_one_run_says_so():
    mine, theirs = SHIPPED["reverse/attention"].about, SHIPPED["reverse/plain"].about
    text = said("reverse/attention", "plain", gap(mine, theirs, "exact_match"))
    assert re.fullmatch(
        r"Reaches 99\.8 % exactly right on .*\(.* pairs\), 4\.2 points above plain\. Each is one "
        r"run: what another seed would give is not known\.", text,
    )  # fmt: skip
    assert said("reverse/attention").endswith(
        "It is one run: what another seed would give is not known."
    )
    assert "as much as plain. Each" in said("reverse/attention", "plain", Gap(0.01))


def test_without_a_score_nothing_is_said():
    assert standing(TASKS["toy"], About()) == () == standing(
        TASKS["toy"], SHIPPED["toy/plain"].about
    )  # fmt: skip


def test_models_that_were_not_measured_alike_are_not_held_against_each_other():
    one, seeds = SHIPPED["fra-eng/plain"].about, SHIPPED["fra-eng-small/plain"].about
    assert gap(one, seeds, "bleu") is None and gap(seeds, one, "bleu") is None
    assert gap(one, About(), "bleu") is None
    test = one.metrics["test"]
    fewer = replace(one, metrics={"test": replace(test, pairs=test.pairs - 1)})
    assert gap(one, fewer, "bleu") is None and gap(one, one, "bleu") == Gap(0.0)
    others = replace(seeds, seeds=tuple(replace(row, seed=row.seed + 1) for row in seeds.seeds))
    assert gap(seeds, others, "bleu") is None


@pytest.mark.parametrize("name", [r.name for r in RECIPES.values() if r.control])
def test_the_headline_is_the_tables_number(name):
    """Every recipe with a control: one difference, in the table and in the sentence."""
    entry = SHIPPED[name]
    task, control = TASKS[entry.task], RECIPES[name].control
    mates = [e for e in SHIPPED.values() if e.task == entry.task]
    found = gap(entry.about, SHIPPED[f"{entry.task}/{control}"].about, task.score)
    text = said(name, control, found)
    assert against(entry, mates) == f"{control} {found.text()}"
    assert found.ends() in text and f"{abs(found.mean):.1f}" in text
    assert ("above" in text) == (found.mean >= 0.05) and ("below" in text) == (found.mean <= -0.05)


def losses_said(*models):
    """Of (name, card, last losses): the sentence, no-break spaces as plain ones."""
    cards = [about for _, about, _ in models]
    gaps = {(a, b): gap(cards[a], cards[b], "bleu")
            for a in range(len(models)) for b in range(len(models)) if a != b}  # fmt: skip
    return last_losses(TASKS["fra-eng-small"], models, gaps).replace("\u00a0", " ")


def test_a_higher_training_loss_beside_better_translations():
    """Tutorial 3's puzzle, with losses made up: of plain and attention, then the other way."""
    plain, attention = (SHIPPED[f"fra-eng-small/{name}"].about for name in ("plain", "attention"))
    both = [attention.by_seed("bleu"), plain.by_seed("bleu")]
    found = gap(attention, plain, "bleu")
    assert found.telling and min(both[0].values()) > max(both[1].values())
    text = losses_said(("plain", plain, [0.0265]), ("attention", attention, [0.0443, 0.0445]))
    assert text.startswith(
        "Training loss in the last epoch: plain 0.0265 · attention 0.0444 ± 0.0001. The loss of "
        f"attention is above that of plain, and yet attention is {found.mean:.1f} above plain seed "
        f"by seed (95 % interval {found.ends()}) in BLEU on sentences it "
        "has never seen: "
    )
    turned = losses_said(("plain", plain, [0.0444]), ("attention", attention, [0.0265]))
    assert turned.endswith("Here a lower loss goes with a better score on unseen pairs.")


def test_chance_and_what_was_not_measured_decide_nothing():
    scheduled, dot = (SHIPPED[f"fra-eng-small/{name}"].about for name in ("scheduled", "dot"))
    assert not gap(scheduled, dot, "bleu").telling
    for losses in ([0.1], [0.2]), ([0.2], [0.1]):
        text = losses_said(("dot", dot, losses[0]), ("scheduled", scheduled, losses[1]))
        assert text.endswith("scheduled 0.200." if losses[1] == [0.2] else "scheduled 0.100.")
    toy = SHIPPED["toy/plain"].about
    assert losses_said(("a", toy, [2e-6]), ("b", About(), [0.5])) == (
        "Training loss in the last epoch: a 2.00·10⁻⁶ · b 0.500."
    )
