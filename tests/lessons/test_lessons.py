"""The shipped lessons: what they claim holds, and a model that does something else fails them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tiny import ROOT

import s2s
from s2s.checkpoints import checkpoint
from s2s.errors import UserError
from s2s.lessons import read
from s2s.lessons.check import problems
from s2s.lessons.fill import PLACE, fill, plain_text, value
from s2s.lessons.lesson import Lesson, Path
from s2s.lessons.looks import Looks
from s2s.probes.gradients import gradient_flow
from s2s.text.language import LANGUAGES

LESSONS = read.lessons()
OTHER = {"attention": "plain", "plain": "attention"}


@pytest.fixture(scope="module")
def looks() -> Looks:
    return Looks()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda one: one.name)
def test_the_models_still_say_so(lesson: Lesson, looks: Looks):
    assert problems(lesson, looks) == []
    assert lesson.words.keys() == LANGUAGES.keys()
    assert 4 <= len(lesson.steps) <= 6


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda one: one.name)
def test_no_number_of_an_answer_is_written_by_hand(lesson: Lesson):
    """Digits in the result come from places alone; a name of a figure's part may have one."""
    for words in lesson.words.values():
        for one in words:
            for text in (*one.result, one.takeaway):
                bare = PLACE.sub("", text)
                assert not any(character.isdigit() for character in bare), text


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda one: one.name)
def test_other_models_fail_it(lesson: Lesson, looks: Looks):
    """Attention and plain change places: the claims must notice."""

    def other(model: str) -> str:
        task, variant = model.split("/")
        return f"{task}/{OTHER.get(variant, variant)}"

    swapped = {name: replace(seen, model=other(seen.model)) for name, seen in lesson.seen.items()}
    if any(seen.model not in {e.name for e in checkpoint.entries()} for seen in swapped.values()):
        swapped = {name: replace(seen, text=seen.text[: len(seen.text) // 2])
                   for name, seen in lesson.seen.items()}  # fmt: skip
    assert problems(replace(lesson, seen=swapped), looks) != []


def test_a_claim_that_does_not_hold_says_what_is_the_case(looks: Looks):
    lesson = next(one for one in LESSONS if one.name == "forgot")
    first = replace(lesson.steps[0], claims=(read.condition("plain.token.4 = 'keys'"),))
    with pytest.raises(UserError, match="does not hold: house and keys"):
        fill(replace(lesson, steps=(first, *lesson.steps[1:])), "en", 0, looks)


def test_what_is_right_is_what_the_library_says(looks: Looks):
    lesson = next(one for one in LESSONS if one.name == "forgot")
    keys = "Nous avons perdu les clés de la maison."
    plain, attention = (s2s.load(f"fra-eng/{name}").translate(keys)
                        for name in ("plain", "attention"))  # fmt: skip
    first = fill(lesson, "ko", 0, looks)
    assert plain_text(first.choices[int(first.right)]) == plain.output[3]
    last = fill(lesson, "en", 4, looks)
    assert attention.attention is not None
    assert last.right == attention.attention[3].argmax()
    assert [plain_text(one) for one in last.choices] == list(attention.source)
    fourth = fill(lesson, "en", 3, looks)
    at = list(plain.candidates[4]).index("keys")
    assert fourth.right == pytest.approx(plain.candidate_probabilities[4][at], rel=1e-5)


def test_measures_agree_with_the_library(looks: Looks):
    text = "stream"
    lesson = Lesson(
        "one", 1, {"m": read._seen("m", {"model": "reverse/attention", "text": text})}, ()
    )
    model = s2s.load("reverse/attention")
    trace, flow = model.translate(text), gradient_flow(model, text)

    def asked(path: str) -> object:
        return value(lesson, read.path(f"m.{path}"), looks)

    assert trace.attention is not None
    assert asked("answer") == trace.text and asked("token.2") == trace.output[1]
    assert asked("sure.2") == pytest.approx(trace.probabilities[1])
    assert asked("chance.2.a") == pytest.approx(trace.probabilities[1], rel=1e-5)
    assert asked("most.3") == trace.attention[2].argmax() + 1
    assert asked("weight.3.1") == pytest.approx(trace.attention[2, 0])
    assert asked("entropy.3") == pytest.approx(trace.entropy()[2], rel=1e-5)
    assert asked("ratio.6.1.6") == pytest.approx(flow.encoder[5, 0] / flow.encoder[5, 5], rel=1e-6)
    assert asked("total.3") == pytest.approx(sum(asked(f"power.3.{s}") for s in range(1, 8)))
    assert asked("power.3.2") / asked("total.3") == pytest.approx(trace.attention[2, 1], rel=1e-4)
    state, memory = trace.decoder_states[2], trace.encoder_states
    assert asked("state.3.1") == pytest.approx(state[0]) and asked("memory.2.1") == memory[1, 0]
    np.testing.assert_allclose(asked("context.3.1"), trace.attention[2] @ memory[:, 0], atol=1e-5)
    assert asked("numbers") == memory.size and asked("length") == 7
    for path in ("sure.99", "weight.1.99", "sure.0", "sure.x", "nothing", "sure", "learned"):
        with pytest.raises(UserError):
            asked(path)


def test_the_lessons_lie_where_they_are_read():
    folders = {path.name for path in (ROOT / "lessons").iterdir() if path.is_dir()}
    assert folders == {lesson.name for lesson in LESSONS}
    places = [lesson.place for lesson in LESSONS]
    assert places == sorted(set(places))
    assert Path(constant=1.0).name == ""
