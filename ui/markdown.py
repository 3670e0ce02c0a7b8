"""User text inside Markdown: shown as typed, obeyed by nothing."""

from __future__ import annotations

import re

from s2s.text import label

# CommonMark lets a backslash escape every ASCII punctuation mark; that also covers Streamlit's
# own $formulas$, :icons: and :colour[brackets].
_MARKS = re.compile(r"([!-/:-@\[-`{-~])")
# What GitHub's Markdown makes a link by itself, escaped or not: it is looked for in what is left
# when the escapes are gone. A joiner, which has no width, stands between.
_LINKS = re.compile(r"(?<=http)(?=://)|(?<=https)(?=://)|(?<=www)(?=\.)|(?<=[-.\w+])(?=@)", re.I)
JOINER = "\u2060"


def escaped(text: str) -> str:
    """A text of our own with foreign pieces in it, as Markdown that shows exactly that."""
    return _MARKS.sub(r"\\\1", _LINKS.sub(JOINER, text))


def plain(text: str) -> str:
    """Any text as Markdown that shows exactly that text, on one line."""
    return escaped(label(" ".join(text.split())).replace("␣", " "))


def whole(markdown: str, longest: int = 34) -> str:
    """A table's cell: a short text stays on one line, so that a narrow table scrolls instead."""
    return markdown.replace(" ", "\u00a0") if len(markdown) <= longest else markdown
