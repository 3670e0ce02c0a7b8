"""The Compare page without a browser: are its numbers those of the library?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from page_text import clean, unmarked
from streamlit.testing.v1 import AppTest

from s2s.checkpoints import checkpoint
from s2s.evaluation import alignment, compare
from s2s.findings.comparison import set_finding
from s2s.tasks import TASKS as TASK_TABLE
from s2s.tasks import testsets
from s2s.tasks.gold import generated

ROOT = Path(__file__).resolve().parents[2]
TASKS = sorted({entry.name.split("/")[0] for entry in checkpoint.entries()})


def page(task: str, model: str = "attention", **query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180)
    at.switch_page("pages/compare.py")
    at.query_params.update({"task": task, "model": model} | query)
    return at.run()


def said(at: AppTest) -> str:
    return unmarked("\n".join(m.value for m in at.markdown))


def charts(at: AppTest) -> list[dict]:
    return [json.loads(element.proto.spec) for element in at.get("vega_lite_chart")]


def lanes(at: AppTest) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for row in charts(at)[0]["layer"][0]["data"]["values"]:
        if row["token"] is not None:
            found.setdefault(row["lane"], []).append(row["token"])
    return found


@pytest.mark.parametrize("task", TASKS)
def test_every_task(task):
    at = clean(page(task))
    assert not [w for w in at.warning if "loaded" in w.value]
    if sum(entry.name.split("/")[0] == task for entry in checkpoint.entries()) == 1:
        assert [info.value for info in at.info] == [
            "This task has one model only. Train another, and they stand side by side here."
        ]
        return
    first = checkpoint.load(f"{task}/attention")
    text = at.text_input[0].value
    assert lanes(at)[0] == list(first.translate(text).output)
    assert len(lanes(at)) >= 2


def test_the_chosen_models_in_their_order():
    at = clean(page("dates-book", beside="peeky,plain", text="Mar 25, 2003"))
    for lane, variant in enumerate(("attention", "peeky", "plain")):
        own = checkpoint.load(f"dates-book/{variant}").translate("Mar 25, 2003")
        assert lanes(at)[lane] == list(own.output)
    titles = [json.dumps(json.loads(chart.proto.spec).get("title"), ensure_ascii=False)
              for chart in at.get("vega_lite_chart")]  # fmt: skip
    for variant in ("peeky", "plain"):
        assert sum(f"{variant}: no attention" in title for title in titles) == 1


def test_one_forced_answer_gives_a_difference_of_two_maps():
    query = {"beside": "additive", "text": "je suis artiste .", "model": "dot"}
    at = page("fra-eng-small", **query)
    next(t for t in at.text_input if t.key == "reference").set_value("i m an artist .").run()
    clean(at)
    titles = [json.dumps(chart.get("title", "")) for chart in charts(at)]
    assert any("less that of" in title for title in titles)
    assert lanes(at)[0] == lanes(at)[1]


def test_the_set_is_the_librarys_and_a_row_opens():
    at = page("toy", beside="plain", set_kind="A file of yours")
    assert clean(at).get("file_uploader")
    at = page("kor-eng", beside="plain")
    next(b for b in at.button if b.label.startswith("Run ")).click().run()
    clean(at)
    models = [checkpoint.load(f"kor-eng/{v}") for v in ("attention", "plain")]
    found = compare.compare_set(models, testsets.of("kor-eng"))
    assert set_finding(found).replace("kor-eng/", "") in said(at)
    frame = at.dataframe[0].value
    assert len(frame) == found.pairs
    assert frame["disagreement"].is_monotonic_decreasing


def test_alignment_is_the_librarys():
    at = page("reverse", beside="plain")
    next(b for b in at.button if b.label == "Score the attention").click().run()
    clean(at)
    pairs = generated("reverse", testsets.of("reverse").pairs[:500])
    found = alignment.align(checkpoint.load("reverse/attention"), pairs, linked_only=True)
    assert found.says() in said(at)


def test_what_cannot_be_read_is_said_and_the_last_answers_stay():
    at = page("reverse", text="abcd")
    at.text_input[0].set_value("!!!").run()
    assert clean(at).warning and lanes(at)[0][:4] == list("dcba")


def test_nonsense_in_the_address_is_not_obeyed():
    at = clean(page("reverse", beside="nobody,<b>", set_kind="x", gold_kind="y"))
    assert at.info or lanes(at)


@pytest.mark.parametrize("task", TASKS)
def test_it_opens_where_the_models_differ_or_says_what_else_to_see(task):
    at = clean(page(task))
    kept = TASK_TABLE[task].openings
    texts = kept.differing("attention", "plain")
    told = [c.value for c in at.caption]
    if texts is None:
        assert "one model only" in at.info[0].value
    elif texts:
        assert at.text_input[0].value in texts and "They differ on" in told
        assert lanes(at)[0] != lanes(at)[1] or lanes(at)[0] != lanes(at)[2]
    else:
        assert unmarked(kept.pages["compare"].instead) in [unmarked(c) for c in told]


def test_each_pair_has_its_own_sentences():
    for beside in ("mixed", "dot"):
        texts = TASK_TABLE["fra-eng-small"].openings.differing("attention", beside)
        at = clean(page("fra-eng-small", beside=beside))
        assert at.text_input[0].value == texts[0]
        offered = next(p for p in at.get("button_group") if p.key == "example")
        assert [unmarked(text) for text in offered.options] == list(texts)


def test_a_missing_token_is_a_stroke_and_the_finding_names_it():
    at = clean(page("fra-eng", text="Nous avons perdu les clés de la maison."))
    assert "it leaves out “keys of the” and writes “house”" in said(at)
    gaps = [row for layer in charts(at)[0]["layer"] for row in layer["data"]["values"]
            if layer["mark"].get("strokeDash") == [5, 3]]  # fmt: skip
    assert [row["token"] for row in gaps] == [None] * 3


def test_the_scores_of_the_cards_stand_in_one_line():
    at = clean(page("fra-eng"))
    cards = {e.name: e.about for e in checkpoint.entries() if e.name.startswith("fra-eng/")}
    scores = [f"{cards[f'fra-eng/{v}'].score('bleu'):.1f}" for v in ("attention", "plain")]
    line = next(unmarked(m.value) for m in at.markdown if "unseen pairs" in m.value)
    assert all(score in line for score in scores)
    assert "below attention" in line and "(#test-set)" in line


def test_the_worst_of_one_model_come_first():
    at = page("kor-eng", beside="plain", set_order="plain")
    next(b for b in at.button if b.label.startswith("Run ")).click().run()
    frame = clean(at).dataframe[0].value
    exact, chrf = frame["exact kor-eng/plain"], frame["chrF kor-eng/plain"]
    assert exact.is_monotonic_increasing and chrf[~exact].is_monotonic_increasing
