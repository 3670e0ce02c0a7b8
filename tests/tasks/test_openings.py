"""Do the sentences that pages open on make the pages' points, on the stored models?"""

import importlib.util
from itertools import combinations

import pytest
from tiny import ROOT

from s2s.results.agreement import MOSTLY, NOT
from s2s.tasks import TASKS
from s2s.tasks.openings import Opening, first_for, openings_of

# Every opening is measured again on every stored model: not for the everyday loop.
pytestmark = pytest.mark.slow

HOW = "run: python docs/defaults.py"


@pytest.fixture(scope="module")
def defaults():
    spec = importlib.util.spec_from_file_location("defaults", ROOT / "docs/defaults.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_pair_of_stored_models_was_measured(defaults):
    for task in TASKS:
        pairs = set(combinations(defaults.variants(task), 2))
        assert set(TASKS[task].openings.differ) == pairs, HOW


SHIPPED = [name for name, task in TASKS.items() if task.examples]
"""Tasks that somebody's own pairs are not."""


@pytest.mark.parametrize("task", SHIPPED)
def test_models_differ_on_what_is_kept_for_them(defaults, task):
    known = {one.text: one for one in defaults.candidates(task)}
    for (first, other), texts in TASKS[task].openings.differ.items():
        ranks = [defaults.telling(task, first, other, known[text]) for text in texts]
        assert None not in ranks and len(set(ranks)) <= 1, (first, other, HOW)


@pytest.mark.parametrize("task", SHIPPED)
def test_compare_opens_where_attention_is_right_and_plain_is_not(defaults, task):
    kept = TASKS[task].openings
    texts = kept.differing("attention", "plain")
    if texts is None:
        assert "plain" not in defaults.variants(task)
        return
    if not texts:
        assert kept.pages["compare"].instead
        return
    known = {one.text: one for one in defaults.candidates(task)}
    assert defaults.right(f"{task}/attention", known[texts[0]]), HOW
    assert not defaults.right(f"{task}/plain", known[texts[0]]), HOW


@pytest.mark.parametrize("task", SHIPPED)
def test_gradients_open_on_states_far_apart(defaults, task):
    opening = TASKS[task].openings.pages["gradients"]
    if "plain" not in defaults.variants(task):
        assert opening.step is None
    elif opening.instead:
        trace = defaults.answer(f"{task}/attention", opening.text)
        step = next(defaults.word_steps(trace))
        assert defaults.apart(task, opening.text, step) < defaults.FAR, HOW
    else:
        assert defaults.apart(task, opening.text, opening.step) >= defaults.FAR, HOW


@pytest.mark.parametrize("task", SHIPPED)
def test_attention_opens_on_a_word_that_source_words_share(defaults, task):
    opening = TASKS[task].openings.pages["attention"]
    assert not opening.instead
    found = defaults.shared(task, opening.text, opening.step)
    assert len(found) > 1 and all(weight >= defaults.SHARED for _, weight in found), HOW


@pytest.mark.parametrize("task", SHIPPED)
def test_states_open_on_one_whose_neighbours_are_alike(defaults, task):
    opening, near = TASKS[task].openings.pages["states"], defaults.opening_states
    front = defaults.system(f"{task}/attention")
    assert opening.text in defaults.good(task), HOW
    _, _, found = next(near.near(front, task, opening.text, [opening.step]))
    assert near.telling(front, task, found) == (not opening.instead), HOW
    assert opening.instead in ("", near.INSTEAD), HOW
    assert task not in ("phrases", "dates", "dates-book") or not opening.instead


@pytest.mark.parametrize("task", SHIPPED)
def test_rows_to_trust_and_not_to_trust(defaults, task):
    kept = TASKS[task].openings.trust
    assert set(kept) == ({MOSTLY, NOT} if task != "toy" else set()), HOW
    for verdict, one in kept.items():
        found = defaults.agreement(task, one.text)
        assert found.verdict(one.step) == verdict and found.near(one.step) is None, HOW


def test_the_table_is_of_these_sentences():
    table = (ROOT / "docs/defaults.md").read_text("utf-8")
    for task in SHIPPED:
        kept = TASKS[task].openings
        shown = [one for one in kept.pages.values() if one.instead or one.step is not None]
        texts = [one.text for one in (*shown, *kept.trust.values())]
        for text in [*texts, *(kept.differing("attention", "plain") or ())[:1]]:
            assert f"| {text} |" in table, HOW


def test_what_was_never_measured_has_none():
    none = openings_of("nobody")
    assert none.pages == {} == none.trust and none.differing("a", "b") is None
    kept = openings_of("fra-eng")
    assert kept.differing("plain", "attention") == kept.differing("attention", "plain")
    assert isinstance(kept.pages["gradients"], Opening)


def test_a_page_opens_on_the_first_task_that_makes_its_point():
    opened = first_for("states", list(TASKS))
    before = list(TASKS)[: list(TASKS).index(opened)]
    assert before and not openings_of(opened).pages["states"].instead
    assert all(openings_of(name).pages["states"].instead for name in before)
    assert first_for("states", before) == first_for("no such page", before) == before[0]
