"""The catalogues: what the pages say stands in them, whole, and nothing else does."""

from __future__ import annotations

import pickle
import re
import string
import threading
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from material import LEFT_OUT, advice, formulas, in_files, to_learn_from
from prose import marked, prose, unmarked
from tiny import ROOT

from s2s.checkpoints import checkpoint
from s2s.checkpoints.importers import keras_layers
from s2s.decoding.adapter import OWN
from s2s.errors import UserError
from s2s.lessons.measures import MEASURES
from s2s.text import language
from s2s.text.language import (
    FOLDER,
    LANGUAGES,
    catalogue,
    current,
    later,
    nearest,
    speaking,
    tr,
)
from ui.parts import tables
from ui.views.importing.notebook import LINES
from ui.words import glossary

OTHERS = [code for code in LANGUAGES if code != next(iter(LANGUAGES))]
NAMES = {
    "Seq2Seq Microscope", "Up", "Down", "Beam search", "je suis fatigue . => i m tired .",
    "저는 강사 입니다 → I am an instructor", "Nous avons perdu les clés de la maison.",
    "Elle est déjà fatiguée.", LINES.strip(), "an exception", "a session's callback failed",
    *keras_layers.SLOTS, *keras_layers.WEIGHTLESS, *LANGUAGES.values(), OWN, '"use strict";',
    "Mac Roman", "Mn", "Mobi", ", test part", "needs a formula of its own",
    "module 's2s' has no attribute", *(one.says for one in MEASURES.values()),
}  # fmt: skip
"""Keys, sentences to translate, a program, what stands in an address, in a log and in the command
line's list; classes; names of encodings, of kinds of characters, and of test sets in files; what is
raised for programmers."""


def spoken() -> list[Path]:
    """The modules whose text is all in the catalogues: of the pages, and of whatever they show."""
    found = [path for top in ("pages", "ui", "s2s") for path in sorted((ROOT / top).rglob("*.py"))]
    names = {path.relative_to(ROOT).as_posix(): path for path in (ROOT / "app.py", *found)}
    return [path for name, path in names.items()
            if name not in LEFT_OUT and not name.startswith("s2s/cli/")]  # fmt: skip


def needed() -> set[str]:
    """Every text that a catalogue must have."""
    code = {text for top in ("s2s", "ui", "pages") for path in (ROOT / top).rglob("*.py")
            for text in marked(path)}  # fmt: skip
    return code | glossary().keys() | set(glossary().values()) | advice()


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_has_its_translation_and_no_other_is_kept(code: str):
    found = catalogue(code)
    assert needed() - found.keys() == set(), "untranslated"
    assert found.keys() - needed() == set(), "no longer said"


@pytest.mark.parametrize("code", OTHERS)
def test_no_text_stands_twice(code: str):
    found = [str(one.id) for path in (FOLDER / code).glob("*.po")
             for one in read_po(path.open("rb")) if one.id]  # fmt: skip
    assert sorted(found) == sorted(set(found))


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_has_the_places_of_its_text(code: str):
    def places(text: str) -> list[str]:
        return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)

    for text, said in catalogue(code).items():
        assert places(text) == places(said), text
        told = "".join(said for said, *_ in string.Formatter().parse(text))
        same = text in ("Peeky", "BLEU", "chrF") or not re.search("[A-Za-z]", told)
        assert said.strip() and (said != text or same), text


@pytest.mark.parametrize("path", spoken(), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_said_past_the_catalogue(path):
    quiet = NAMES | to_learn_from() | formulas() | in_files() | advice()
    found = [one for one in unmarked(path) if one.split(": ", 1)[1] not in quiet]
    assert found == []


def test_what_shipped_tables_call_their_columns_is_said():
    made = [table for entry in checkpoint.entries() for table in entry.about.tables]
    names = {name for table in made for name in (table.title, *table.head)}
    with speaking("ko"):
        unsaid = {name for name in names if tables.spoken(name) == name}
        assert tables.spoken("{0} 7") == "{0} 7" and tables.spoken("seed 12") == "시드 12"
    assert len(names) > 30 and unsaid == {
        "March 25, 2003", "BLEU", "chrF", "AER", "h1", "h3", "s4",  # a date, scores, states
    }  # fmt: skip


def test_prose_is_told_from_the_rest():
    for text in ("Show the answer", "Lessons", "Back to {n}", "<p>Words on this page:</p>",
                 "Kept at each step; 1 is greedy."):  # fmt: skip
        assert prose(text), text
    for text in ("lesson", "st-key-head", "pages/lessons.py", "a { color: red; }", "fra-eng/plain",
                 "width: 14px; height: 2em;",
                 ":material/home:", "{n}", "O(n)"):  # fmt: skip
        assert not prose(text), text


def test_a_text_past_the_catalogue_is_seen(tmp_path):
    path = tmp_path / "page.py"
    path.write_text('"""A doc string here."""\nst.caption("Not said at all.")\ntr("It is said.")\n')
    assert unmarked(path) == ["page.py:2: Not said at all."]
    assert list(marked(path)) == ["It is said."]


def test_a_language_is_spoken_and_left_again():
    assert tr("Lessons") == "Lessons" and current() == "en"
    with speaking("ko"):
        assert tr("Lessons") == "수업"
        assert tr("Open in {page} →", page="번역") == "번역에서 열기 →"
    assert tr("Lessons") == "Lessons"
    with pytest.raises(ValueError, match="fr"), speaking("fr"):
        pass


def test_particles_follow_the_value():
    for model, particle in (("fra-eng/plain", "이"), ("mine", "이"), ("gru", "가"), ("모델", "이")):
        with speaking("ko"):
            said = tr("This lesson needs {models}, which is not here.", models=model)
        assert f"{model}{particle} 필요" in said


def test_whoever_is_served_decides_and_other_threads_do_not(monkeypatch):
    monkeypatch.setattr(language, "_asked", [])
    language.follow(lambda: "ko" if threading.current_thread().name == "visitor" else None)
    heard = []
    thread = threading.Thread(target=lambda: heard.append(tr("Lessons")), name="visitor")
    thread.start()
    thread.join()
    assert heard == ["수업"] and tr("Lessons") == "Lessons"


@pytest.mark.parametrize(
    ("locale", "code"),
    [("ko-KR", "ko"), ("ko", "ko"), ("KO_kr", "ko"), ("en-US", "en"), ("fr", "en"), (None, "en"),
     ("", "en"), ("kok-IN", "en")],
)  # fmt: skip
def test_a_browser_gets_the_nearest_language(locale, code):
    assert nearest(locale) == code


def test_korean_is_korean():
    for text, said in catalogue("ko").items():
        told = re.sub(r"\{[^}]*\}", "", said)  # a text of places alone has no letters
        assert re.search("[가-힣]", told) or said == text or not re.search("[a-z]", told), text


def test_what_is_said_later_is_said_in_the_language_of_who_reads_it():
    error = UserError(later("{n} edits; at most {most} at a time.", n=41, most=40))
    assert str(error) == "41 edits; at most 40 at a time."
    with speaking("ko"):
        assert str(error) == "편집이 41개입니다. 한 번에 40개까지 할 수 있습니다."
        assert str(pickle.loads(pickle.dumps(error))) == str(error)
        inside = later("{name} looks like {kind}; save it as UTF-8.", name="a.txt",
                       kind=later("the DOS code page 850"))  # fmt: skip
        assert "DOS 코드 페이지 850" in str(inside)
