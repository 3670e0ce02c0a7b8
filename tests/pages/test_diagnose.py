"""The Diagnose page without a browser: are its numbers those of the library?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from page_text import clean, unmarked
from streamlit.testing.v1 import AppTest

from s2s.checkpoints import checkpoint
from s2s.decoding.single import greedy
from s2s.evaluation.diagnose import diagnose
from s2s.evaluation.variants import variants
from s2s.findings.contrast import contrast_finding, edit_finding
from s2s.findings.diagnosis import WORDS, headline, value
from s2s.probes import contrast, smallest_edit
from s2s.tasks import testsets
from ui.markdown import plain

ROOT = Path(__file__).resolve().parents[2]


def page(task: str, model: str, **query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180)
    at.switch_page("pages/diagnose.py")
    at.query_params.update({"task": task, "model": model} | query)
    return clean(at.run())


def examined(name: str, count: int = 200):
    system = checkpoint.load(name)
    return diagnose(system, testsets.of(system.task).first(count))


@pytest.mark.parametrize(
    "name", ["dates-book/plain", "fra-eng-small/attention", "reverse/attention"]
)
def test_the_report_is_the_library_s(name):
    at, found = page(*name.split("/")), examined(name)
    assert headline(found) in unmarked("\n".join(m.value for m in at.markdown))
    rows = [row for table in at.dataframe[:2] for row in table.value.itertuples()]
    told = [check for check in found.checks if check.verdict != "no_answer"]
    assert [(row[1], row[3]) for row in rows] == [(WORDS[c.name].title, value(c)) for c in told]
    assert [row[2].startswith("▲") for row in rows] == [c.verdict == "outside" for c in told]


def test_the_sentences_are_sorted_worst_first_and_chips_filter_them():
    name = "fra-eng-small/dot"
    at, found = page("fra-eng-small", "dot"), examined(name)
    worst = [found.answers[place] for place in found.worst()]
    assert list(at.dataframe[2].value["Source"]) == [answer.source for answer in worst]
    assert list(at.dataframe[2].value["Written"]) == [answer.output for answer in worst]
    filtered = page("fra-eng-small", "dot", happened="unknown word")
    assert list(filtered.dataframe[2].value["Source"]) == [
        answer.source for answer in worst if "unknown word" in answer.chips
    ]
    nothing = page("fra-eng-small", "dot", happened="nonsense")
    assert len(nothing.dataframe[2].value) == len(worst)


def test_the_address_holds_what_is_listed_and_what_is_beside():
    found = examined("fra-eng-small/dot")
    worst = found.worst()
    bucket = found.by_length()[1]
    inside = [place for place in worst if place in bucket.places]
    line = str(found.answers[inside[2]].line)
    at = page("fra-eng-small", "dot", lengths=bucket.name, line=line, step="2")
    assert list(at.dataframe[2].value["Source"]) == [found.answers[p].source for p in inside]
    given = [json.loads(element.proto.json) for element in at.get("bidi_component")]
    (view,) = [data for data in given if "run" in data]
    assert view["text"] == found.answers[inside[2]].source and view["step"] == 1
    assert any("Sentence 3 of" in caption.value for caption in at.caption)
    rarest = found.by_rarest()[-1]
    other = page("fra-eng-small", "dot", rarest=rarest.name, check="unknown_words")
    places = {*found.check("unknown_words").places} & {*rarest.places}
    assert {*other.dataframe[2].value["Source"]} == {found.answers[p].source for p in places}


def test_why_not_and_the_smallest_edit_stand_beside():
    found = examined("fra-eng-small/dot")
    answer = found.answers[found.worst()[0]]
    at = page("fra-eng-small", "dot", why="1", step="3", instead="tired")
    system = checkpoint.load("fra-eng-small/dot")
    said = [m.value for m in at.markdown]
    assert plain(contrast_finding(contrast(system, answer.source, 2, "tired"))) in said
    assert plain(edit_finding(smallest_edit(system, answer.source, 2))) in said
    refused = page("fra-eng-small", "dot", why="1", step="3", instead="i m")
    assert any("one token" in warning.value for warning in refused.warning)


def test_runs_and_the_mistake_that_gives_an_output():
    system, name = checkpoint.load("fra-eng-small/plain"), "fra-eng-small/plain"
    lines = []
    (mistake,) = [v for v in variants(system) if "other way round" in str(v.name)]
    what, other = str(mistake.name), mistake.system
    for source, _ in testsets.of("fra-eng-small").pairs:
        written = greedy(other, other.read(source)).text
        if written and written != system.translate(source).text:
            lines.append(f"{source} => {written}")
    at = page("fra-eng-small", "plain", against="dot", like="\n".join(lines[:4]))
    assert what in unmarked("\n".join(m.value for m in at.markdown))
    more, _ = examined(name).ngrams(examined("fra-eng-small/dot"))
    assert any(
        list(table.value["Tokens"]) == [" ".join(run.tokens) for run in more]
        for table in at.dataframe if "Tokens" in table.value
    )  # fmt: skip
    damaged = page("fra-eng-small", "plain", like="nothing here")
    assert any("Line 1 needs a source" in warning.value for warning in damaged.warning)


def test_a_task_without_a_set_asks_for_a_file():
    at = page("toy", "attention")
    assert len(at.dataframe) == 0 and at.get("file_uploader")
