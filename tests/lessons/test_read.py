"""A lesson's file is read, or what is wrong in it is said in one sentence."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from s2s.errors import UserError
from s2s.lessons import read
from s2s.lessons.check import problems
from s2s.lessons.fill import Run, fill, runs
from s2s.lessons.looks import Looks
from s2s.text.language import speaking

HEAD = """+++
title = "A lesson"

[see]
m = { model = "reverse/attention", text = "abc" }

[[step]]
answer = "m.token.1"
of = ["'c'", "'a'"]
before = "until m 1"
view = "map m 1"
page = "translate m 1"
+++
"""
BODY = """
## One

It reads **abc**,
and more.

? What *first*?

- the last, {m.source.3}
- the first

---

It wrote {m.token.1|을/를}.

> One
> sentence.
"""


def write(folder: Path, text: str, language: str = "en") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{language}.md").write_text(text, "utf-8")
    return folder


def test_a_lesson_is_read_and_filled(tmp_path):
    found = read.lesson(write(tmp_path / "mine", HEAD + BODY))
    one = fill(found, "en", 0, Looks())
    assert one.story == ((Run("It reads "), Run("abc", "strong"), Run(", and more.")),)
    assert one.question == (Run("What "), Run("first", "em"), Run("?"))
    assert one.choices[0] == (Run("the last, "), Run("c", "token")) and one.right == 0
    assert one.result == ((Run("It wrote "), Run("c", "token"), Run("를"), Run(".")),)
    assert one.takeaway == (Run("One sentence."),)
    assert found.spoken("ko") == "en"


def test_a_second_language_has_a_title_and_prose_alone(tmp_path):
    folder = write(tmp_path / "mine", HEAD + BODY)
    write(folder, '+++\ntitle = "수업"\n+++\n' + BODY, "ko")
    found = read.lesson(folder)
    assert found.titles == {"en": "A lesson", "ko": "수업"} and len(found.words["ko"]) == 1


def test_what_a_model_says_is_text(tmp_path):
    text = HEAD.replace('"abc"', '"**b** `x` <b>"').replace(
        "reverse/attention", "fra-eng/attention"
    )
    found = read.lesson(write(tmp_path / "mine", text + BODY))
    (said,) = runs(found, "{m.tokens}", Looks())
    assert said.kind == "plain" and "*" in said.text or "<" in said.text


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("+++\ntitle", "title", "must begin with a line"),
        ('title = "A lesson"', "", "no title"),
        ('title = "A lesson"', 'title = "A', "settings between"),
        ('title = "A lesson"', 'titel = "A lesson"', "know no “titel”"),
        ("before", "bevor", "know no “bevor”"),
        ('answer = "m.token.1"\n', "", "when, or answer and of"),
        ('view = "map m 1"\n', "", "view, before and page"),
        ('"m.token.1"', '"token"', "neither a number"),
        ("'a'", "a b", "neither a number"),
        ("## One", "One", "before the first ##"),
        ("- the first\n", "", "1 choices"),
        ("---", "***", "a line ---"),
        ("> One\n> sentence.", "", "begins with >"),
        ("? What", "What", "begins with ?"),
        ("It wrote {m.token.1|을/를}.", "", "nothing is said"),
        ('[[step]]\n', '[[step]]\npress = "m.tokens"\nnumber = "m.sure.1"\n', "two kinds"),
        ('text = "abc"', "text = 3", "a model and a text"),
        ('text = "abc"', 'text = "abc", force = { x = "a" }', "tokens by the numbers"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(tmp_path, old: str, new: str, says: str):
    assert old in HEAD + BODY
    with pytest.raises(UserError, match="mine/en.md") as error:
        read.lesson(write(tmp_path / "mine", (HEAD + BODY).replace(old, new, 1)))
    assert says in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("m.token.1|", "x.token.1|", "no “x” among m"),
        ("m.token.1|", "m.colour.1|", "no measure “colour”"),
        ("m.token.1|", "m.token|", "token takes step"),
        ("m.token.1|", "m.token.9|", "step 9 of an answer with"),
        ("'c'", "'b'", "0 of its choices are right"),
        ("map m 1", "picture m 1", "no view “picture”"),
        ("map m 1", "map m 99", "step is '99'"),
        ("translate m 1", "nowhere m 1", "no “nowhere”"),
        ("reverse/attention", "reverse/other", "no model reverse/other"),
        ("[[step]]", "[[step]]\nclaims = [\"m.length < 'a'\"]", "no number by size"),
    ],
)  # fmt: skip
def test_the_check_says_what_the_models_do_not(tmp_path, run, old: str, new: str, says: str):
    write(tmp_path / "mine", (HEAD + BODY).replace(old, new, 1))
    done = run("lessons", "--check", "--folder", str(tmp_path))
    assert done.code == 2 and says in done.out, done.out + done.err
    assert "Traceback" not in done.err


def test_it_is_said_in_korean_to_who_reads_korean(tmp_path):
    broken = (HEAD + BODY).replace("m.token.1|", "m.token.0|").replace("map m 1", "map m 99")
    found = read.lesson(write(tmp_path / "mine", broken))
    with pytest.raises(UserError) as error:
        fill(found, "en", 0, Looks())
    assert str(error.value) == "m.token.0: step is '0'; it must be a number from 1 on"
    kept = pickle.loads(pickle.dumps(error.value))
    with speaking("ko"):
        assert str(kept) == "m.token.0: 단계 값이 '0'임. 1 이상의 정수여야 함"
        told = problems(found, Looks())
    assert told[0] == "1번째 질문: map m 99: 단계 값이 '99'임. 1에서 4 사이여야 함"
    with pytest.raises(UserError) as error:
        read.lesson(write(tmp_path / "mine", broken.replace("- the", "")))
    assert str(error.value) == "mine/en.md: question 1: 0 choices (-) for 2."
    with speaking("ko"):
        assert str(error.value) == "mine/en.md: 1번째 질문: 선택지(-)가 2개여야 하는데 0개입니다."


def test_the_commands_output(tmp_path, run):
    write(tmp_path / "mine", HEAD + BODY)
    done = run("lessons", "--check", "--folder", str(tmp_path))
    assert (done.code, done.out) == (0, "mine         1 questions, en: ok\n")
    done = run("lessons", "--folder", str(tmp_path))
    assert "* the last, c" in done.out and "It wrote c를." in done.out
    assert run("lessons", "none", "--folder", str(tmp_path)).code == 2
    assert run("lessons", "--folder", str(tmp_path / "nothing")).code == 2
    assert "sure.step" in run("lessons", "--measures").out
