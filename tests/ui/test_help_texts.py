"""The help texts: whole in every language, with the tables of the original."""

from __future__ import annotations

import re

import pytest

from s2s.text.language import LANGUAGES
from ui.parts.help_texts import DOCS, tables, text_of
from ui.views.gradients import help as gradients
from ui.views.states import help as states

NAMES = [*gradients.TEXTS.values(), *states.TEXTS.values()]
OTHERS = [code for code in LANGUAGES if code != next(iter(LANGUAGES))]


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize("name", NAMES)
def test_a_text_is_written_in_every_language_and_has_every_row(name: str, code: str):
    original = (DOCS / name).read_text("utf-8")
    said = text_of(name, code)
    assert (DOCS / code / name).is_file() and "{rows" not in said
    for rows in tables(original):
        assert rows in said
    for table in re.findall(r"(?:^\|.*\n)+", said, re.MULTILINE):
        assert len({line.count("|") for line in table.splitlines()}) == 1, table
    assert said != text_of(name, "en")


def test_the_heading_is_left_to_the_box():
    assert not text_of(NAMES[0], "en").lstrip().startswith("# ")
    assert not text_of(NAMES[0], "ko").lstrip().startswith("# ")
