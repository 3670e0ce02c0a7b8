"""A room in browsers: a teacher and three phones, each of them somebody else."""

from __future__ import annotations

import re

import pytest
from dashboard import Dashboard
from playwright.sync_api import Locator, Page, expect
from resting import COUNT_RUNS, idle
from serving import free_port, serving

from s2s.lessons import read
from s2s.lessons.fill import fill, plain_text
from s2s.lessons.looks import Looks

pytestmark = pytest.mark.browser


def ask(page: Page) -> Locator:
    return page.locator(".lesson .ask")


def open_room(teacher: Page) -> str:
    """Its number."""
    teacher.get_by_role("button", name="Phones").click()
    teacher.get_by_role("button", name="Open a room").click()
    shown = teacher.locator(".st-key-lesson-room")
    expect(shown.get_by_role("img", name="QR code")).to_be_visible()
    address = shown.locator("code").text_content() or ""
    number = re.search(r"/lessons\?room=(\d{4})$", address)
    assert number, address
    teacher.keyboard.press("Escape")
    return number[1]


def test_a_teacher_and_three_phones(server, open_page):
    lesson, looks = read.lessons()[0], Looks()
    first, second = (fill(lesson, "en", place, looks) for place in (0, 1))
    teacher = open_page(server.url("/lessons"), width=1280, height=720, visitor=True)
    expect(ask(teacher)).to_have_text(plain_text(first.question))
    number = open_room(teacher)
    phones = [
        open_page(server.url("/lessons", room=number), width=390, height=844, visitor=True)
        for _ in range(3)
    ]
    for phone in phones:
        expect(phone.locator(".lesson .room")).to_contain_text(f"Room {number}")
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
    for phone in phones:
        idle(phone)
        phone.evaluate(COUNT_RUNS)
    teacher.locator(".lesson .ask").click()
    teacher.keyboard.press("PageDown")
    for page in (teacher, *phones):
        expect(page.locator(".lesson .takeaway")).to_have_text(plain_text(first.takeaway))
    for phone, choice in zip(phones, (0, 1, 1), strict=True):
        expect(phone.locator(".lesson .choice").nth(choice)).to_contain_text("your guess")
    counts = teacher.locator(".lesson .count")
    expect(counts).to_have_text(["1", "2", "0", "0"])
    teacher.keyboard.press("PageDown")
    for page in (teacher, *phones):
        expect(ask(page)).to_have_text(plain_text(second.question))
    # One of them ran and drew for all; each kept its own guess.
    assert sum(phone.evaluate("window.runs > 0") for phone in phones) == 1
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


def test_after_a_restart_the_phones_go_on_alone(open_page, watch):
    watch.expected = ("WebSocket", "Failed to load resource", "Client Error", "Is Streamlit")
    lesson, looks = read.lessons()[0], Looks()
    second = fill(lesson, "en", 1, looks)
    port = free_port()
    with serving(port=port) as server:
        teacher = open_page(server.url("/lessons"), width=1280, height=720, visitor=True)
        number = open_room(teacher)
        phones = [
            open_page(server.url("/lessons", room=number), width=390, height=844, visitor=True)
            for _ in range(2)
        ]
        for phone in phones:
            expect(phone.locator(".lesson .room")).to_contain_text(f"Room {number}")
        teacher.locator(".lesson .ask").click()
        teacher.keyboard.press("PageDown")
        expect(teacher.locator(".lesson .takeaway")).to_be_visible()
        teacher.keyboard.press("PageDown")
        expect(ask(teacher)).to_have_text(plain_text(second.question))
        for phone in phones:
            expect(ask(phone)).to_have_text(plain_text(second.question))
    with serving(port=port):
        # The browser asks again by itself, in longer and longer intervals.
        for phone in phones:
            said = phone.get_by_text("The teacher has left; go on alone.")
            expect(said).to_be_visible(timeout=90_000)
            expect(ask(phone)).to_have_text(plain_text(second.question))
            phone.locator(".lesson .choice").first.tap()
            phone.get_by_role("button", name="Show the answer").tap()
            expect(phone.locator(".lesson .takeaway")).to_have_text(plain_text(second.takeaway))
        teacher.keyboard.press("PageDown")
        expect(teacher.get_by_text("The room has gone")).to_be_visible()
