"""Whatever is typed: a clear message or a correct answer, the last good one still on screen."""

from __future__ import annotations

import pytest
from dashboard import DATES, FRENCH, REVERSE, Dashboard, system, task_of, trace
from expected import first_word, said
from playwright.sync_api import expect

from s2s.errors import UserError
from s2s.text import label

pytestmark = pytest.mark.browser

NASTY = {
    "blanks": "   ",
    "punctuation": "!!!",
    "unknown words": "zibeline qwrtz",
    "500 words": "chat " * 500,
    "emoji": "😀👩‍👩‍👧",
    "hangul": "안녕하세요",
    "mark-up": "<b>x</b>",
    "special tokens": "<s> </s>",
    "markdown": "**bold** $x$ :red[a] :smile: `c` [l](http://x.test)",
    "handler": "<img src=x onerror=alert(1)>",
    "script": "</div><script>alert(1)</script>",
    "turned round": "abc\u202edef\u200b",
    "backslashes": r"\*a\* \n \\",
    "empty": "",
}


def expected(model: str, text: str) -> str | None:
    """The message for a text that cannot be read, None for one that can."""
    try:
        trace(model, text)
    except UserError as error:
        # The page has examples to press; the library does not know that.
        return str(error) if text.strip() else "Type a sentence, or press an example."
    return None


def left_out(model: str, text: str) -> list[str]:
    """What the page must name although it could read the rest."""
    reading = system(model).read(text)
    return [label(run, 40) for run in reading.dropped] + [u.token for u in reading.unknown]


@pytest.mark.parametrize("model", [FRENCH, DATES, REVERSE])
def test_nasty_texts(server, open_page, model):
    task, variant = model.split("/")
    good = task_of(model).examples[0]
    page = open_page(server.url(task=task, model=variant))
    shown = Dashboard(page)
    shown.shows(model, good)
    markup = page.locator(
        "main :is(img, script, a[href*='x.test'])"
        ", [data-testid=stMarkdownContainer] :is(b, i, strong, code, .katex):not(.st-key-forms *)"
        ", .label > *, .readout span > *"
    )
    for name, text in NASTY.items():
        shown.type(text)
        message = expected(model, text)
        if message is None:
            good = text
            shown.shows(model, text)
            expect(shown.alert).to_have_count(0)
            expect(page.locator(".st-key-stale")).to_have_count(0)
            notes = page.get_by_test_id("stCaptionContainer").filter(visible=True)
            for part in left_out(model, text):
                note = notes.filter(has_text=part).first
                expect(note, f"{name}: {part!r} is left out in silence").to_be_visible()
        else:
            expect(shown.alert).to_have_text([message])
            answer = trace(model, good)
            stale = page.locator(".st-key-stale")
            expect(stale.locator("p.readout[role=status]")).to_have_text(
                said(answer, first_word(answer))
            )
            expect(stale).to_contain_text("Still the answer to:")
        assert markup.count() == 0, f"{name}: obeyed as mark-up"
        shown.no_crash()
    # And back to work.
    shown.type(task_of(model).examples[1])
    shown.shows(model, task_of(model).examples[1])
    expect(shown.alert).to_have_count(0)


@pytest.mark.parametrize(
    "text", ["\0", "a\0b", "x" * 4000, "<b>x</b>\ud7ff\uffff", "%00", " "], ids=ascii
)
def test_nasty_texts_in_the_address(server, open_page, text):
    page = open_page(server.url(task="reverse", text=text))
    shown = Dashboard(page)
    message = expected(REVERSE, text)
    if message is None:
        answer = trace(REVERSE, text)
        expect(shown.readout).to_contain_text(answer.output[0])
    else:
        expect(shown.alert).to_have_text([message])
    shown.no_crash()
    good = task_of(REVERSE).examples[0]
    shown.example(good).click()
    shown.shows(REVERSE, good)
