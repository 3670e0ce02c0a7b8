"""What a page that ran without a browser says."""

from __future__ import annotations

import re

from streamlit.testing.v1 import AppTest

from ui.markdown import JOINER


def unmarked(markdown: str) -> str:
    """Markdown of ours as a reader sees it."""
    markdown = markdown.replace(JOINER, "")
    return re.sub(r"\\(.)", r"\1", re.sub(r"(?<!\\)\*\*", "", markdown))


def clean(at: AppTest) -> AppTest:
    """Neither a traceback nor an error box."""
    assert not at.exception, at.exception[0].message
    assert not at.error, at.error[0].value
    return at
