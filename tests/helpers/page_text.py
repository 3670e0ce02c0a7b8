"""What a page that ran without a browser says."""

from __future__ import annotations

import re

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Widget

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


def model_of(at: AppTest) -> Widget:
    """The head's choice of a model: side by side where there are few, else a list."""
    return next(w for w in (*at.segmented_control, *at.selectbox) if w.key == "model")


def chosen(at: AppTest) -> tuple[str, str]:
    """Task and model, as the head of a page has them."""
    return at.selectbox(key="task").value, model_of(at).value
