"""The Diagnose page without a browser: are its numbers those of the library?"""

from __future__ import annotations

from pathlib import Path

import pytest
from page_text import clean, unmarked
from streamlit.testing.v1 import AppTest

from s2s.checkpoints import checkpoint
from s2s.evaluation.diagnose import diagnose
from s2s.findings.diagnosis import WORDS, headline, value
from s2s.tasks import testsets

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
    assert [row[1:3] for row in rows] == [(WORDS[c.name].title, value(c)) for c in told]
    assert [row[4].startswith("▲") for row in rows] == [c.verdict == "outside" for c in told]


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


def test_a_task_without_a_set_asks_for_a_file():
    at = page("toy", "attention")
    assert len(at.dataframe) == 0 and at.get("file_uploader")
