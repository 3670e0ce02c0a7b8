"""What an address asks for, what is shown instead, and what is written into it."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from page_text import model_of
from streamlit.testing.v1 import AppTest
from tiny import ROOT

from ui.frame import choice, link
from ui.frame.model import models
from ui.parts import gradient_lines
from ui.parts.export import MENU

TASKS = choice.by_task(models())
FIRST = next(iter(TASKS))


@pytest.mark.parametrize(
    ("asked", "found", "said"),
    [
        ("", f"{FIRST}/attention", ()),
        ("task=dates", "dates/attention", ()),
        ("task=kor-eng", "kor-eng/mixed-attention", ()),
        ("task=dates&model=plain", "dates/plain", ()),
        ("model=dates/plain", "dates/plain", ()),
        ("task=dates&model=dates/plain", "dates/plain", ()),
        ("model=reverse/nope", "reverse/attention", ("the model nope",)),
        ("task=nope", f"{FIRST}/attention", ("the task nope",)),
        ("task=nope&model=plain", f"{FIRST}/plain", ("the task nope",)),
        ("task=&model=", f"{FIRST}/attention", ("the task", "the model")),
        ("model=../..", f"{FIRST}/attention", ("the model ../..",)),
        ("task=dates&model=nope", "dates/attention", ("the model nope",)),
        ("task=dates&model=reverse/plain", "reverse/plain", ("of reverse among those of dates",)),
        ("task=a&model=b", f"{FIRST}/attention", ("the task a and the model b",)),
    ],
)
def test_find(asked, found, said):
    result = choice.find(dict(parse_qsl(asked, keep_blank_values=True)), TASKS)
    assert result.model.name == found
    assert bool(result.instead) == bool(said)
    assert all(part in result.instead for part in said)
    if said:
        assert result.instead.endswith(f"Shown instead: {found}.")


def app(page: str = "translate", **query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.switch_page(f"pages/{page}.py")
    at.query_params.update(query)
    return at.run()


def warnings(at: AppTest) -> str:
    assert not at.exception
    return " ".join(warning.value.replace("\\", "") for warning in at.warning)


@pytest.mark.slow
def test_what_is_shown_instead_is_said_until_something_is_chosen():
    at = app(task="reverse", model="nope")
    assert "asks for the model nope" in warnings(at)
    model_of(at).set_value("plain").run()
    assert not warnings(at)
    assert (at.query_params["task"], at.query_params["model"]) == ("reverse", "plain")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["compare", "gradients"])
def test_an_unknown_model_beside_is_said(name):
    said = warnings(app(name, task="reverse", model="attention", beside="nope"))
    assert "nope" in said and "Shown beside it: plain" in said
    known = app(name, task="reverse", model="attention", beside="reverse/plain")
    assert "asks for" not in warnings(known)


def test_a_late_word_of_what_stands_beside_is_no_change(monkeypatch):
    """After a quick change of the model the pick beside the one before is told once more."""
    written = []
    monkeypatch.setattr(gradient_lines.link, "view", lambda: {"task": "dates-book"})
    monkeypatch.setattr(gradient_lines.link, "show", lambda **changes: written.append(changes))
    first = TASKS["dates-book"][0]
    others = gradient_lines.others_of(first)
    for told in (["peeky", "plain"], ["plain", "peeky"]):
        gradient_lines._put(told, first, others)
    assert written == []
    for told, then in ((["plain"], "plain"), ([], ""), (None, "")):
        gradient_lines._put(told, first, others)
        assert written.pop() == {"beside": then}


UNREADABLE = {
    "fra-eng": ["???", " ", "안녕하세요", "\u200b😀", "chat " * 70],
    "dates": ["zz~~", "٣/٢٥/٠٣", "1" * 200],
}


@pytest.mark.slow
@pytest.mark.parametrize("task", UNREADABLE)
def test_a_sentence_that_cannot_be_read_takes_nothing_else_away(task):
    at = app("compare", task=task, model="attention")
    sections = [h.value for h in at.subheader if h.value != "What reached back"]
    assert "On a whole test set" in sections and "Attention and gold links" in sections

    def offered():
        return [field.label for field in at.get("file_uploader")]

    files = offered()
    assert task == "dates" or any("JSON lines" in label for label in files)
    for text in UNREADABLE[task]:
        at.text_input[0].set_value(text).run()
        assert warnings(at), text
        assert [h.value for h in at.subheader if h.value in sections] == sections, text
        assert any(button.label.startswith("Run ") for button in at.button), text
        assert offered() == files, text


@pytest.mark.slow
@pytest.mark.parametrize("name", ["attention", "gradients", "translate"])
def test_a_first_sentence_that_cannot_be_read_leaves_the_way_on(name):
    """Nothing was read before: the head, the field and its examples stand, and an example works."""
    at = app(name, task="fra-eng", model="attention", text="???")
    assert "found no letters" in warnings(at) and model_of(at).value == "attention"
    (field,) = at.text_input[:1]
    field.set_value("Oui.").run()
    assert not at.warning and not at.exception


@pytest.mark.slow
@pytest.mark.parametrize("name", ["translate", "attention", "gradients", "compare"])
def test_every_page_about_a_sentence_gives_its_link(name):
    query = {"task": "reverse", "model": "plain", "text": "abc", "step": "2", "edits": "f0.x"}
    at = app(name, **query)
    at.session_state[MENU] = True
    assert not at.run().exception
    (given,) = [code.value for code in at.code if "?task=" in code.value]
    assert dict(parse_qsl(given.split("?")[1])) == query


def test_edits_of_one_sentence_are_never_those_of_another():
    at = app(task="reverse", text="abc", edits="f0.x", step="1", verdict="1")
    at.text_input[0].set_value("xyz").run()
    assert "edits" not in at.query_params and "verdict" not in at.query_params
    assert dict(at.query_params)["text"] in ("xyz", ["xyz"])


@pytest.mark.slow
def test_what_a_browser_tells_again_before_it_saw_the_new_is_no_change(monkeypatch):
    """It pressed an example, a text was typed, and another act overtakes the answer to that."""
    monkeypatch.setattr(link, "UNSEEN", 600.0)
    at = app("translate", task="fra-eng", model="attention")
    before = at.button_group(key="example").value
    at.text_input[0].set_value("Oui.").run()
    assert at.button_group(key="example").value is None
    at.button_group(key="example").set_value(before).run()
    assert at.query_params["text"] == "Oui." and at.text_input[0].value == "Oui."
    assert at.button_group(key="example").value is None
    monkeypatch.setattr(link, "UNSEEN", 0.0)  # later, it is what the visitor pressed
    at.button_group(key="example").set_value(before).run()
    assert at.query_params["text"] == before and at.text_input[0].value == before
