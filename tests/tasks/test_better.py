"""Is a text offered to the task that it is made for, and to no other?"""

import pytest

from s2s.tasks import TASKS, better, testsets


def told(task: str, text: str) -> str | None:
    found = better(TASKS[task], text)
    return found.name if found else None


@pytest.mark.parametrize(
    ("task", "text", "other"),
    [
        ("fra-eng", "안녕하세요", "kor-eng"),
        ("dates", "나는 학생이다.", "kor-eng"),
        ("toy", "나는 학생이다.", "kor-eng"),
        ("kor-eng", "Je suis fatigué ce soir.", "fra-eng"),
        ("reverse", "il fait froid dehors", "fra-eng"),
        ("fra-eng", "Tuesday, March 25, 2003", "dates"),
        ("kor-eng", "3/25/03", "dates"),
        ("fra-eng", "AUGUST 8, 1994", "dates"),
        ("reverse", "on", None),
        ("fra-eng", "bonjour", None),
        ("fra-eng", "I am tired of this.", None),
        ("kor-eng", "I am tired of this.", None),
        ("fra-eng", "", None),
        ("kor-eng", "저는 강사 입니다", None),
    ],
)
def test_a_text_finds_its_task(task, text, other):
    assert told(task, text) == other


@pytest.mark.parametrize("task", TASKS)
def test_no_sentence_of_a_task_is_sent_away(task):
    kept = TASKS[task].openings
    texts = [*TASKS[task].examples, *(one.text for one in kept.pages.values())]
    texts += [text for those in kept.differ.values() for text in those]
    assert {text: told(task, text) for text in texts if told(task, text)} == {}


@pytest.mark.parametrize("task", ["kor-eng", "dates"])
def test_test_sentences_stay(task):
    sent = [source for source, _ in testsets.of(task).pairs[:500] if told(task, source)]
    assert sent == []


@pytest.mark.parametrize("task", ["fra-eng", "fra-eng-small"])
def test_french_goes_to_french_alone(task):
    assert {told("kor-eng", source) for source, _ in testsets.of(task).pairs} <= {"fra-eng", None}
