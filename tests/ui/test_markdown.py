"""User text in Markdown: every character as typed, nothing obeyed, no link by itself."""

from __future__ import annotations

import re

import pytest
from page_text import unmarked

from ui.markdown import plain

# What remark-gfm looks for in the text that is left when the escapes are gone.
WEB = re.compile(r"(https?://|www(?=\.))([-.\w]+)([^ \t\r\n]*)", re.I)
MAIL = re.compile(r"([-.\w+]+)@([-\w]+(?:\.[-\w]+)+)")


@pytest.mark.parametrize(
    "text",
    ["http://x.test", "HTTPS://x.test/a?b=c#d", "www.x.test", "WWW.x.test", "(http://x.test)",
     "나는 http://x.test/가 좋다", "wwwwww.x.test", "httphttp://x.test", "a.b+c@x.test",
     "mailto:a@x.test", "www.a.b@www.c.d", "http://http://x"],
)  # fmt: skip
def test_nothing_becomes_a_link(text):
    left = re.sub(r"\\(.)", r"\1", plain(text))
    assert not WEB.search(left) and not MAIL.search(left)
    assert unmarked(plain(text)) == text


def test_half_a_character_is_shown_by_its_number():
    assert unmarked(plain("a\ud800b")) == "aU+D800b"
