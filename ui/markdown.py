"""User text inside Markdown: shown as typed, obeyed by nothing."""

from __future__ import annotations

import re

from s2s.text import label

# CommonMark lets a backslash escape every ASCII punctuation mark; that also covers Streamlit's
# own $formulas$, :icons: and :colour[brackets].
_MARKS = re.compile(r"([!-/:-@\[-`{-~])")


def escaped(text: str) -> str:
    """A text of our own with foreign pieces in it, as Markdown that shows exactly that."""
    return _MARKS.sub(r"\\\1", text)


def plain(text: str) -> str:
    """Any text as Markdown that shows exactly that text, on one line."""
    return escaped(label(" ".join(text.split())).replace("␣", " "))


def whole(markdown: str, longest: int = 34) -> str:
    """A table's cell: a short text stays on one line, so that a narrow table scrolls instead."""
    return markdown.replace(" ", "\u00a0") if len(markdown) <= longest else markdown
