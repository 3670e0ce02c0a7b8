"""The Gradients page without a browser: are the numbers drawn those of the probes?"""

from __future__ import annotations

import json
from pathlib import Path

import model_folders
import numpy as np
import pytest
from page_text import clean, unmarked
from streamlit.testing.v1 import AppTest

from s2s import probes
from s2s.checkpoints import checkpoint
from s2s.decoding import whatif
from s2s.tasks import TASKS

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = [entry for entry in checkpoint.entries() if not entry.problem]
DATE = "Tuesday, March 25, 2003"


def page(model: str = "", **query: str) -> AppTest:
    """A visitor who opens the page by its address."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    at.switch_page("pages/gradients.py")
    if model:
        query |= dict(zip(("task", "model"), model.split("/"), strict=True))
    at.query_params.update(query)
    return at.run()


def charts(at: AppTest) -> list[dict]:
    return [json.loads(element.proto.spec) for element in at.get("vega_lite_chart")]


def title(chart: dict) -> str:
    """All line breaks that its title can have, as text."""
    found = json.dumps(chart.get("title", ""), ensure_ascii=False).replace('\\"', "")
    return found.replace("\\\\", "\\").encode("ascii", "backslashreplace").decode("unicode_escape")


def figure(at: AppTest, words: str) -> dict:
    return next(c for c in charts(at) if words in title(c))


def curve(at: AppTest, name: str) -> list[float]:
    """The sizes on a model's line, encoder first."""
    return [
        row["y"]
        for layer in figure(at, "∂")["layer"]
        if layer["mark"]["type"] == "point"
        for row in layer["data"]["values"]
        if row["name"] == name
    ]


def sizes(at: AppTest) -> np.ndarray:
    rows = figure(at, "What reached back")["layer"][0]["data"]["values"]
    grid = np.full((1 + rows[-1]["row"], 1 + rows[-1]["column"]), np.nan)
    for row in rows:
        grid[row["row"], row["column"]] = row["size"]
    return grid


def finding(at: AppTest) -> str:
    return next(unmarked(m.value) for m in at.markdown if "encoder state of" in m.value)


@pytest.mark.parametrize("entry", SHIPPED, ids=lambda entry: entry.name)
def test_every_shipped_model_shows_its_own_gradients(entry):
    text = TASKS[entry.name.split("/")[0]].examples[0]
    at = clean(page(entry.name, text=text))
    assert at.title[0].value == "Gradients" and not at.warning
    flow = probes.gradient_flow(checkpoint.load(entry.name), text)
    assert np.array_equal(sizes(at), flow.encoder)
    step = at.session_state["output_token"]
    mine = [*flow.encoder[step], *flow.decoder[step, : step + 1]]
    assert curve(at, entry.name.split("/")[1]) == [size for size in mine if size > 0]
    looked = [c for c in charts(at) if "Where it looked" in title(c)]
    assert bool(looked) == entry.config.has_attention
    assert finding(at)


def test_others_write_the_same_answer_and_their_probability_is_told():
    at = clean(page("dates-book/attention", text=DATE, step="7"))
    loaded = {v: checkpoint.load(f"dates-book/{v}") for v in ("attention", "peeky", "plain")}
    answer = loaded["attention"].translate(DATE).output
    captions = unmarked("\n".join(c.value for c in at.caption))
    for variant in ("peeky", "plain"):
        known = loaded[variant].target_vocab.ids
        flow = probes.gradient_flow(loaded[variant], DATE, [known[token] for token in answer])
        assert curve(at, variant) == [*flow.encoder[6], *flow.decoder[6, :7]]
        assert f"{variant} {100 * flow.probabilities[6]:.2g}" in captions.replace("\u00a0", " ")
    assert "answer of attention" in title(figure(at, "∂"))


def test_the_address_says_what_is_looked_at():
    at = clean(page("dates-book/attention", step="3", beside="plain", of="Loss", state="Cell",
                    scale="Linear", along="Distance"))  # fmt: skip
    assert at.session_state["output_token"] == 2
    flow = probes.gradient_flow(
        checkpoint.load("dates-book/attention"), TASKS["dates-book"].examples[0], of="loss",
        state="cell",
    )  # fmt: skip
    assert np.array_equal(sizes(at), flow.encoder)
    chart = figure(at, "cell state")
    assert "linear scale" in title(chart)
    assert not curve(at, "peeky") and curve(at, "plain")


def test_nonsense_in_the_address_is_not_obeyed():
    at = clean(page("reverse/attention", step="99", beside="nobody,attention,plain,plain",
                    of="everything", scale="<b>", along="0"))  # fmt: skip
    assert curve(at, "plain") and curve(at, "attention")
    assert "log odds" in title(figure(at, "∂"))


def test_picking_a_token_changes_the_row_and_the_address():
    at = page("reverse/attention", text="abcdefg")
    picker = next(g for g in at.get("button_group") if g.key == "output_token")
    picker.set_value(1).run()
    clean(at)
    assert at.query_params["step"] in ("2", ["2"])
    flow = probes.gradient_flow(checkpoint.load("reverse/attention"), "abcdefg")
    assert curve(at, "attention") == [*flow.encoder[1], *flow.decoder[1, :2]]


def test_a_typed_answer_is_teacher_forced_everywhere():
    at = page("reverse/attention", text="abcd")
    next(t for t in at.text_input if t.key == "reference").set_value("d c b b").run()
    at = clean(at)
    flow = probes.gradient_flow(checkpoint.load("reverse/attention"), "abcd", "d c b b")
    assert flow.mode == "teacher-forced" and np.array_equal(sizes(at), flow.encoder)
    for words in ("∂", "What reached back", "Where it looked"):
        assert "teacher-forced" in title(figure(at, words))


def test_weights_set_by_hand_give_another_answer_whose_gradients_are_shown():
    """All weight on the start of the string at the first step: another letter is written."""
    edited = whatif.run(checkpoint.load("reverse/attention"), "abcd", whatif.decode("a0.o0")).trace
    assert edited.output != checkpoint.load("reverse/attention").translate("abcd").output
    at = clean(page("reverse/attention", text="abcd", edits="a0.o0", step="1"))
    known = checkpoint.load("reverse/attention")
    ids = [known.target_vocab.ids[token] for token in edited.output]
    flow = probes.gradient_flow(known, "abcd", ids)
    assert np.array_equal(sizes(at), flow.encoder)
    assert any("set by hand" in c.value for c in at.caption)


def test_a_model_without_attention_says_so():
    at = clean(page("reverse/plain"))
    said = unmarked("\n".join(m.value for m in at.markdown))
    assert "plain has no attention: there is no map" in said
    assert "no weights to trust" in said
    assert not [b for b in at.button if b.key is None and "Check" in b.label]


def test_rows_to_trust_and_not_to_trust_are_one_press_away():
    at = page("reverse/attention")
    for place, verdict in ((0, "Mostly agrees"), (2, "Does not agree")):
        at.button(key=f"trust-{place}").click().run()
        kept = TASKS["reverse"].openings.trust[verdict]
        assert at.query_params["text"] == kept.text and at.query_params["verdict"] == "1"
        assert at.query_params["step"] == str(kept.step + 1)
        assert any(verdict in badge.value for badge in clean(at).markdown)
    assert not any(b.key and b.key.startswith("trust-") for b in page("reverse/plain").button)


def test_the_verdict_is_the_librarys():
    at = page("reverse/attention", text="abcdefg", step="3")
    next(b for b in at.button if b.label == "Check this sentence").click().run()
    clean(at)
    found = probes.agreement(checkpoint.load("reverse/attention"), "abcdefg")
    said = unmarked("\n".join(m.value for m in at.markdown))
    assert (found.verdict(2) or "Cannot be said") in said
    marks = next(c for c in charts(at) if "Kendall" in json.dumps(c, ensure_ascii=False))
    drawn = [row["tau"] for row in marks["layer"][0]["data"]["values"] if row["known"]]
    expected = [found.between("attention", name)[2] for name in found.saliency.methods[1:]]
    assert drawn == [tau for tau in expected if np.isfinite(tau)]
    # Another sentence was not checked.
    at.text_input[0].set_value("gfedcba").run()
    assert [b for b in at.button if b.label == "Check this sentence"]


@pytest.mark.parametrize("text", ["", "   ", "!!!", "x" * 4000])
def test_what_cannot_be_read_is_said_and_the_last_answer_stays(text):
    at = page("reverse/attention", text="abcd")
    at.text_input[0].set_value(text).run()
    clean(at)
    assert at.warning and charts(at), "the last good answer"
    assert any("Still the answer to" in c.value for c in at.caption)


def test_the_tutorials_history_is_one_of_the_panels():
    at = clean(page("toy/plain", further="While it learned"))
    assert figure(at, "Σ|gradient| of the loss of")
    names = next(g for g in at.get("button_group") if g.key == "further").options
    assert "While it learned" in names
    at = clean(page("reverse/plain", further="While it learned"))
    names = next(g for g in at.get("button_group") if g.key == "further").options
    assert "While it learned" not in names


@pytest.mark.parametrize("further", ["What the states hold", "What is left of each input"])
@pytest.mark.parametrize("model", ["toy/attention", "dates-book/peeky", "fra-eng/attention"])
def test_panels_further_down(model, further):
    before = len(charts(clean(page(model))))
    assert len(charts(clean(page(model, further=further)))) > before


@pytest.fixture
def sorts(tmp_path, monkeypatch):
    folder = model_folders.build(tmp_path / "checkpoints")
    monkeypatch.setenv("S2S_CHECKPOINTS", str(folder))
    return folder


def test_a_folder_of_any_sort_breaks_nothing(sorts):
    for entry in checkpoint.entries():
        task, variant = entry.name.split("/")
        if task not in TASKS:
            continue
        at = page(entry.name)
        assert not at.exception, entry.name
        if entry.problem:
            assert at.error
        else:
            refused = any("could not be loaded" in unmarked(error.value) for error in at.error)
            assert refused == entry.name.endswith("misfit")
            assert refused or finding(at), entry.name
