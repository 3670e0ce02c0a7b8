"""What the scripts say: the step view's stands in one list, which has a translation."""

from __future__ import annotations

import re

import pytest
from prose import prose
from tiny import ROOT

from s2s.export.step_view import VIEW
from s2s.plots.step_words import NAMED, WORDS, step_words
from s2s.text.language import LANGUAGES, speaking

SCRIPTS = sorted(VIEW.rglob("*.js"))
OTHERS = sorted((ROOT / "ui").rglob("*.js"))
"""Those of the pages are given every text by Python."""
SAID = re.compile(r'\bsay\(\s*("(?:[^"\\]|\\.)*")')
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`')
COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", re.S)
OF_BROWSERS = re.compile(
    r"^(Arrow|Enter|Escape|Home|End|Tab|Space|Top|Right|Bottom|Left|Calibri|Carlito)$|^Source Sans"
    r"|^(Home End|PageUp PageDown|Ctrl Z|F, Esc)$"
)
"""Names of keys, sides and fonts."""
STYLES = {
    "linear-gradient(to right, )", "linear-gradient(to top,  ,  )", "linear-gradient(to top",
    "neck above", "dot full", "reach each ", "heading key", "which edited", "label upright",
    "readout probe", "card small in-lesson", "card small",
}  # fmt: skip


def literals(text: str) -> list[str]:
    """Every string of a script that is in no comment, what is filled in left out."""
    found = (a or b for a, b in LITERAL.findall(COMMENT.sub("", text)))
    return [re.sub(r"\$\{[^}]*\}", "", one) for one in found]


def test_every_text_is_in_the_list_and_no_other():
    said = {eval(text) for path in SCRIPTS for text in SAID.findall(path.read_text("utf-8"))}
    assert said == set(WORDS)
    everything = "".join(path.read_text("utf-8") for path in SCRIPTS)
    assert [text for text in NAMED if f'"{text}"' not in everything and "{" in text] == []


@pytest.mark.parametrize("path", [*SCRIPTS, *OTHERS], ids=lambda path: path.name)
def test_nothing_is_said_past_the_list(path):
    text = path.read_text("utf-8")
    known = {*WORDS, *NAMED, *STYLES}
    found = [one for one in literals(text) if one not in known and not OF_BROWSERS.search(one)]
    assert [one for one in found if prose(one)] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_name_inside_hides_one_that_is_imported(path):
    """A local ``say`` would end the whole view when it is called before it is there."""
    text = COMMENT.sub("", path.read_text("utf-8"))
    imported = {name.strip() for names in re.findall(r"^import \{([^}]*)\}", text, re.M)
                for name in names.split(",")}  # fmt: skip
    declared = set(re.findall(r"\b(?:const|let|function|class) (\w+)", text))
    assert imported & declared == set()


def test_a_text_past_the_list_is_seen():
    assert literals('const a = "Not said"; // "nor this"\nb(`Step ${a + 1} of it`);') == [
        "Not said", "Step  of it",
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_all_of_it(language):
    with speaking(language):
        found = step_words()
    assert found.keys() == (set() if language == "en" else {*WORDS, *NAMED})
