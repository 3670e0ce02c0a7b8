"""A room in browsers: a teacher and three phones, each of them somebody else."""

from __future__ import annotations

import re

import pytest
from dashboard import Dashboard
from playwright.sync_api import Locator, Page, expect

from s2s.lessons import read
from s2s.lessons.fill import fill, plain_text
from s2s.lessons.looks import Looks

pytestmark = pytest.mark.browser


def ask(page: Page) -> Locator:
    return page.locator(".lesson .ask")


def test_a_teacher_and_three_phones(server, open_page):
    lesson, looks = read.lessons()[0], Looks()
    first, second = (fill(lesson, "en", place, looks) for place in (0, 1))
    teacher = open_page(server.url("/lessons"), width=1280, height=720, visitor=True)
    expect(ask(teacher)).to_have_text(plain_text(first.question))
    teacher.get_by_role("button", name="Phones").click()
    teacher.get_by_role("button", name="Open a room").click()
    shown = teacher.locator(".st-key-lesson-room")
    expect(shown.get_by_role("img", name="QR code")).to_be_visible()
    address = shown.locator("code").text_content() or ""
    number = re.search(r"/lessons\?room=(\d{4})$", address)
    assert number, address
    teacher.keyboard.press("Escape")
    phones = [
        open_page(server.url("/lessons", room=number[1]), width=390, height=844, visitor=True)
        for _ in range(3)
    ]
    for phone in phones:
        expect(phone.locator(".lesson .room")).to_contain_text(f"Room {number[1]}")
        expect(ask(phone)).to_have_text(plain_text(first.question))
        # The answer comes from the teacher alone.
        expect(phone.get_by_role("button", name="Show the answer")).to_be_hidden()
    expect(teacher.locator(".lesson .room")).to_have_text("3 phones · 0 answered")
    for phone, choice in zip(phones, (0, 1, 1), strict=True):
        phone.locator(".lesson .choice").nth(choice).tap()
    expect(teacher.locator(".lesson .room")).to_have_text("3 phones · 3 answered")
    # A phone that leaves and comes back is the same one.
    phones[0].reload()
    expect(phones[0].locator(".lesson .choice").first).to_have_attribute("aria-pressed", "true")
    expect(teacher.locator(".lesson .room")).to_have_text("3 phones · 3 answered")
    teacher.locator(".lesson .ask").click()
    teacher.keyboard.press("PageDown")
    for page in (teacher, *phones):
        expect(page.locator(".lesson .takeaway")).to_have_text(plain_text(first.takeaway))
    counts = teacher.locator(".lesson .count")
    expect(counts).to_have_text(["1", "2", "0", "0"])
    teacher.keyboard.press("PageDown")
    for page in (teacher, *phones):
        expect(ask(page)).to_have_text(plain_text(second.question))
    # The teacher goes: it is said, and the phones go on alone from there.
    teacher.close()
    for phone in phones:
        expect(phone.get_by_text("The teacher has left; go on alone.")).to_be_visible()
        expect(ask(phone)).to_have_text(plain_text(second.question))
    phones[1].locator(".lesson .choice").first.tap()
    phones[1].get_by_role("button", name="Show the answer").tap()
    expect(phones[1].locator(".lesson .takeaway")).to_have_text(plain_text(second.takeaway))
    for phone in phones:
        Dashboard(phone).no_crash()
