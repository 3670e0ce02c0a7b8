"""Sentences whose attributes are known: are they right, new, and the same each time?"""

from datetime import date

import pytest

from s2s.errors import UserError
from s2s.tasks import TASKS, phrases
from s2s.tasks.date_shapes import SHAPES, YEARS, readings
from s2s.tasks.labelled import GENERATORS, MONTHS, PERSONS, labels_of, of_task
from s2s.tasks.split import part_of


@pytest.mark.slow
@pytest.mark.parametrize("task", GENERATORS)
def test_they_are_new_distinct_and_seeded(task):
    found = of_task(task, 12)
    texts = [one.text for one in found.sentences]
    assert len(set(texts)) == 12 and texts == [one.text for one in of_task(task, 12).sentences]
    assert texts != [one.text for one in of_task(task, 12, seed=2).sentences]
    assert all(one.labels for one in found.sentences)
    data = TASKS[task].defaults.data
    for one in found.sentences:
        if task == "reverse":
            keys = {one.text}
        elif task == "phrases":
            from s2s.tasks.phrases.english import english

            keys = {" ".join(w for w, _, _ in english(clause)) for clause in phrases.read(one.text)}
        else:
            days = {w.day for w in readings(one.text, SHAPES) if w.day}
            keys = {day.isoformat() for day in days}
        parts = {part_of(key, data.test_percent, data.validation_percent) for key in keys}
        assert not parts or "test" in parts


def test_what_is_known_of_a_date():
    known = labels_of("dates", "3 may 1984")
    assert (known["month"], known["day"], known["decade"]) == ("May", "3", "1980s")
    assert labels_of("dates", "hello") == {} == labels_of("fra-eng", "bonjour")
    for one in of_task("dates", 40).sentences:
        days = {w.day for w in readings(one.text, SHAPES) if w.day}
        told = {(MONTHS[day.month - 1], str(day.day)) for day in days}
        assert (one.labels["month"], one.labels["day"]) in told
        assert all(date(YEARS[0], 1, 1) <= day <= date(YEARS[1], 12, 31) for day in days)


def test_what_is_known_of_a_phrase():
    known = labels_of("phrases", "나는 어제 도서관에서 책을 읽었다.")
    assert (known["tense"], known["person"], known["negation"]) == ("past", "I", "affirmed")
    assert labels_of("phrases", "저는 학생이 아닙니다.")["negation"] == "negated"
    for one in of_task("phrases", 12).sentences:
        clauses = phrases.read(one.text)
        if clauses:  # Kiwi may cut it otherwise than the grammar
            assert one.labels["tense"] in {clause.tense for clause in clauses}
            assert one.labels["person"] in {PERSONS[clause.person] for clause in clauses}


def test_what_is_known_of_letters():
    assert labels_of("reverse", "Xyz!") == {"first letter": "x", "last letter": "z"}
    for one in of_task("reverse", 20).sentences:
        assert one.labels == {"first letter": one.text[0], "last letter": one.text[-1]}


def test_tasks_without_a_generator():
    assert "Written for this project" in of_task("fra-eng", 10).about
    assert len(of_task("fra-eng", 10).sentences) == 10
    assert "examples" in of_task("toy", 10).about
    with pytest.raises(UserError, match="no sentences of its own"):
        of_task("own-pairs", 10)
    with pytest.raises(UserError, match="is no task"):
        of_task("nonsense", 10)
    with pytest.raises(UserError, match="at least 1"):
        of_task("dates", 0)
