"""The Models page without a browser: every sort of folder, what is chosen, what is said."""

from __future__ import annotations

import json
import re
from pathlib import Path

import model_folders
import pytest
from model_folders import HOSTILE, IMAGE
from page_text import chosen, clean, model_of, unmarked
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from s2s.checkpoints import card, checkpoint
from s2s.cli.models import describe
from s2s.config import SequenceConfig
from s2s.plots.families import FAMILIES
from s2s.results import Watched
from s2s.tasks import TASKS
from s2s.text import TOKENISERS
from s2s.text.language import speaking
from ui import cached
from ui.frame.model import Model
from ui.parts.tables import picked
from ui.views.models import watched

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = [entry for entry in checkpoint.entries() if not entry.problem]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return model_folders.build(tmp_path_factory.mktemp("models") / "checkpoints")


@pytest.fixture
def sorts(folders, monkeypatch):
    """The page looks at models of every sort."""
    monkeypatch.setenv("S2S_CHECKPOINTS", str(folders))
    return folders


def page(model: str = "", **query: str) -> AppTest:
    """A visitor who opens the page by its address."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.switch_page("pages/models.py")
    if model:
        query |= dict(zip(("task", "model"), model.split("/"), strict=True))
    at.query_params.update(query)
    return at.run()


def rows(at: AppTest) -> list[dict]:
    return at.dataframe[0].value.to_dict("records")


def shown(at: AppTest) -> str:
    """All that the page says, as a reader sees it."""
    parts = [e.value for kind in (at.markdown, at.caption, at.subheader, at.warning, at.error)
             for e in kind]  # fmt: skip
    return unmarked("\n".join(parts))


def charts(at: AppTest) -> list[dict]:
    return [json.loads(element.proto.spec) for element in at.get("vega_lite_chart")]


@pytest.mark.parametrize("entry", SHIPPED, ids=lambda entry: entry.name)
def test_every_shipped_model(entry):
    at = clean(page(entry.name))
    told = describe(entry)
    assert at.title[0].value == "Models"
    assert unmarked(at.subheader[0].value).endswith(entry.name)
    assert not at.warning
    row = next(row for row in rows(at) if row["Model"].endswith(f" {entry.name}"))
    assert row["Parameters"] == told["parameters"]
    assert row["Model"][0] in {family.mark for family in FAMILIES.values()}
    if told["score"]:
        number = re.search(r"[\d.]+", told["score"])
        assert f"{row['Score']:.1f}" == number[0]
        assert number[0] in unmarked(at.markdown[1].value)
    assert any(entry.about.command == code.value for code in at.code)
    drawn = [json.dumps(chart, ensure_ascii=False) for chart in charts(at)]
    assert drawn and all(entry.name.split("/")[1] in chart or "Σ" in chart for chart in drawn)


def test_all_models_are_listed(sorts):
    at = clean(page())
    listed = {row["Model"].split(" ", 1)[1]: row for row in rows(at)}
    assert set(listed) == {e.name for e in checkpoint.entries()} - {"unheard/of"}
    assert listed["reverse/truncated"]["Judged by"] == "cannot be loaded"
    assert listed["reverse/imported"]["Judged by"] == "not measured"
    assert listed["reverse/seeds"]["Seeds"] == 3
    warning = unmarked(at.warning[0].value)
    for words in ("toy/foreign could not be loaded: config.json", "model.safetensors ends early",
                  "unheard/of: there is no task of this name"):  # fmt: skip
        assert words in warning


@pytest.mark.parametrize("variant", ["imported", "hostile", "nonsense", "misfit", "truncated"])
def test_a_folder_of_any_sort_breaks_nothing(sorts, variant):
    at = page(f"reverse/{variant}")
    assert not at.exception
    assert variant in unmarked(at.subheader[0].value)
    text = shown(at)
    if variant == "truncated":
        assert "ends early" in unmarked(at.error[0].value)
    if variant == "misfit":
        assert "has shape" in text
    if variant == "nonsense":
        assert "history.csv is damaged" in text
    if variant == "imported":
        assert "without a record of its training" in text
        assert "without a card" in text


def test_one_broken_folder_is_told_to_each_visitor_in_the_own_language(sorts):
    cached.look()
    entries = {entry.name: entry for entry in cached.entries()}
    for lang, cut, torn in (("ko", "중간에 끊겼습니다", "history.csv가 손상되었습니다"),
                            ("en", "ends early", "history.csv is damaged")):  # fmt: skip
        told = unmarked(page("reverse/truncated", lang=lang).error[0].value)
        assert cut in told and told in shown(page(lang=lang))
        path = entries["reverse/nonsense"].path
        text = shown(page("reverse/nonsense", lang=lang))
        assert torn in text and path not in text
    after = {entry.name: entry for entry in cached.entries()}
    assert after["reverse/truncated"] is entries["reverse/truncated"]


def test_what_its_weights_are_refused_for_is_told_to_each_in_the_own_language(sorts):
    entry = next(entry for entry in cached.entries() if entry.name == "reverse/misfit")
    with speaking("ko"):
        why = cached.fault(Model(TASKS["reverse"], entry).key)
        assert "config.json에 따르면" in str(why)
    assert "config.json asks for" in str(why)


def test_foreign_text_is_text(sorts):
    at = clean(page("reverse/hostile"))
    for kind in (at.markdown, at.caption, at.subheader):
        for element in kind:
            assert IMAGE not in element.value, element.value
            assert "![" not in element.value, element.value
            assert not getattr(element, "allow_html", False)
    assert any(HOSTILE in code.value for code in at.code), "the card, as text"
    for element in at.get("arrow_table"):
        assert IMAGE.encode() not in element.proto.data


def test_our_own_card_is_rendered():
    at = clean(page("reverse/attention"))
    assert any(e.value.lstrip().startswith("**99") for e in at.markdown)
    assert not any("not written by this program" in c.value for c in at.caption)


def test_a_card_that_fetches_is_not_rendered(sorts):
    """Even if its config.json makes the same one."""
    folder = sorts / "reverse" / "hostile"
    model_folders.edit(folder, lambda config: config["about"].update(recipe="x"))
    written = card.render(TASKS["reverse"], checkpoint.read(folder))
    assert HOSTILE in written
    (folder / checkpoint.CARD).write_text(written, "utf-8")
    at = clean(page("reverse/hostile"))
    assert any("not written by this program" in c.value for c in at.caption)


def test_seeds_watched_sentences_and_gradients(sorts):
    at = clean(page("reverse/seeds"))
    text = shown(at)
    assert "Look here." in text
    assert "Over 3 seeds 92.0 ± 1.0" in text
    assert "Writes it right from epoch 3 on." in text
    assert "In epoch 4, 1 000 times less of the loss of “c” reaches h1" in text
    assert "A table" in text and "Its note." in text
    at.slider[0].set_value(1).run()
    row = at.table[0].value.iloc[0].str.replace(watched.JOINER, "")
    assert row["writes"] == "c**∅**a"
    assert row["correct"] == "✗"
    assert row["with the right words fed"] == "cb**b**"


def test_another_model_with_fewer_epochs(sorts):
    at = clean(page("reverse/seeds", epoch="4"))
    model_of(at).set_value("hostile").run()
    assert clean(at).slider[0].value <= 2


def test_a_row_is_the_heads_choice(sorts):
    at = clean(page("reverse/attention"))
    for name in ("reverse/plain", "toy/foreign", "reverse/seeds"):
        place = next(i for i, row in enumerate(rows(at)) if row["Model"].endswith(name))
        select(at, place)
        assert not at.exception
        task, variant = name.split("/")
        assert chosen(at) == (task, variant)
        assert variant in unmarked(at.subheader[0].value)
        again = next(i for i, row in enumerate(rows(at)) if row["Model"].endswith(name))
        assert again == place, "a click moves nothing"
    model_of(at).set_value("plain").run()
    assert unmarked(at.subheader[0].value).endswith("reverse/plain")


def select(at: AppTest, place: int) -> None:
    """Press a row: AppTest knows no tables, so the state comes as the browser sends it."""
    value = {"selection": {"rows": [place], "columns": [], "cells": []}}
    states = at._tree.get_widget_states()
    states.widgets.append(WidgetState(id=at.dataframe[0].proto.id, string_value=json.dumps(value)))
    at._run(states)


def test_the_choice_goes_along_to_another_page(sorts):

    def go(name: str) -> None:
        at.switch_page(f"pages/{name}.py")
        at.query_params.clear()  # as a browser does
        at.run()

    at = clean(page("reverse/seeds"))
    go("translate")
    assert at.title[0].value == "Translate"
    assert chosen(at) == ("reverse", "seeds")
    at.text_input[0].set_value("xyz").run()
    go("models")
    assert chosen(at) == ("reverse", "seeds")
    go("translate")
    assert clean(at).text_input[0].value == "xyz"


@pytest.mark.parametrize(
    "query",
    [
        {"model": "nope"},
        {"model": "\0", "text": "x"},
        {"task": "zzz", "model": "plain"},
        {"task": "reverse", "model": "plain", "epoch": "x"},
    ],
)
def test_links_between_pages_can_be_wrong(sorts, query):
    at = page()
    at.query_params.clear()
    at.query_params.update(query)
    assert clean(at.run()).title[0].value == "Models"


@pytest.mark.parametrize(
    ("state", "row"),
    [
        ({"selection": {"rows": [1]}}, 1),
        ({"selection": {"rows": [1], "cells": [[2, "Score"]]}}, 2),
        ({"selection": {"rows": [], "cells": [(0, "Model")]}}, 0),
        ({"selection": {"rows": [9]}}, None),
        ({"selection": {"rows": [-1]}}, None),
        ({"selection": {"rows": [True]}}, None),
        ({"selection": {"rows": "1"}}, None),
        ({"selection": {"cells": [[]]}}, None),
        ({"selection": None}, None),
        (None, None),
    ],
)
def test_picked(state, row):
    assert picked(state, 3) == row


def test_no_models(tmp_path, monkeypatch):
    monkeypatch.setenv("S2S_CHECKPOINTS", str(tmp_path / "none"))
    assert "python -m s2s train" in clean(page()).warning[0].value


def test_differences_are_marked():
    words = str.split
    model = type("Model", (), {"task": type("Task", (), {"unit": "token"})})

    def marked(*given, **more):
        return watched.marked(*given, **more).replace(watched.JOINER, "")

    assert marked(words("i am"), words("i am an instructor"), model) == "i am **∅**"
    assert marked(words("a b c"), words("a x c"), model) == "a **b** c"
    assert marked(words("b a"), words("a b"), model, shift=False) == "**b a**"
    assert marked([], words("a"), model) == "**∅**"
    assert TOKENISERS["characters"].split("ab") == ["a", "b"]


def test_a_start_token_that_is_written_does_not_count():
    sequence = SequenceConfig(target_repeats_bos=True)
    model = Model(TASKS["toy"], checkpoint.Entry("toy/x", "", 0, sequence=sequence))
    assert watched.bare("<sos> i am . <eos> x", model) == ["i", "am", "."]
    for forced, pair in {
        "<sos> i am <eos>": (["i", "am"], ["i", "am"]),
        "<sos> i <eos> <eos>": (["i", "<eos>"], ["i", "am"]),
        "<sos> i am am": (["i", "am", "am"], ["i", "am", "<eos>"]),
    }.items():
        row = Watched(1, "s", "i am", "", forced)
        assert watched.in_step(row, model) == pair
