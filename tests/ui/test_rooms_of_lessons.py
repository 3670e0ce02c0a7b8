"""Rooms without a browser: who leads, who follows, what is counted, what is too many."""

from __future__ import annotations

from dataclasses import replace

import pytest

from s2s.config.limits import Limits
from s2s.lessons import read
from ui import server
from ui.views.lessons import room as page
from ui.views.lessons import rooms
from ui.views.lessons.state import At

LESSON = read.lessons()[0]


@pytest.fixture
def house(monkeypatch):
    """Rooms of this test alone: who is connected, and who was woken."""
    there, woken = {"t", "a", "b"}, []
    monkeypatch.setattr(rooms, "_rooms", {})
    monkeypatch.setattr(server, "active", lambda session: session in there)
    monkeypatch.setattr(server, "wake", lambda sessions: woken.extend(sessions))
    return there, woken


def test_phones_follow_and_are_counted(house):
    there, woken = house
    room = rooms.open_room(At(LESSON), "t")
    assert rooms.followed("0000", "a", "anna") is None
    assert rooms.followed(str(room.number), "a", "anna") is room
    assert rooms.followed(str(room.number), "b", "ben") is room and room.here == 2
    assert woken == ["t", "t"]
    rooms.guess(room, "anna", 1.0)
    rooms.guess(room, "anna", 0.0)  # another thought is no second guess
    rooms.guess(room, "ben", 0.0)
    assert room.counts(3) == [2, 0, 0] and room.answered == 2
    woken.clear()
    rooms.lead(room, At(LESSON, 0, None, True))
    assert woken == ["a", "b"]
    rooms.lead(room, At(LESSON, 0, None, True))
    assert woken == ["a", "b"]  # nothing new, nobody woken
    rooms.lead(room, At(LESSON, 1))
    assert room.counts(3) == [0, 0, 0] and room.answered == 0


def test_a_phone_that_comes_back_is_the_same(house):
    there, _ = house
    room = rooms.open_room(At(LESSON), "t")
    rooms.followed(str(room.number), "a", "anna")
    there.discard("a")
    assert room.here == 0
    there.add("a2")
    rooms.followed(str(room.number), "a2", "anna")
    assert room.here == 1 and list(room.phones) == ["a2"]


def test_only_the_secret_leads(house):
    there, woken = house
    room = rooms.open_room(At(LESSON), "t")
    for key in (str(room.number), f"{room.number}-", f"{room.number}-wrong", "", "x-y", "ü-ü"):
        assert rooms.led_by(key, "b") is None
    assert room.teacher == "t"
    rooms.followed(str(room.number), "a", "anna")
    woken.clear()
    there.add("t2")
    assert rooms.led_by(room.key, "t2") is room and room.teacher == "t2" and woken == ["a"]


def test_the_teacher_leaves_and_the_room_is_closed(house):
    there, woken = house
    room = rooms.open_room(At(LESSON), "t")
    rooms.followed(str(room.number), "a", "anna")
    woken.clear()
    there.discard("t")
    server.LEAVERS["rooms"]("t")
    assert woken == ["a"] and not room.led
    woken.clear()
    rooms.close(room)
    assert woken == ["a"] and rooms.followed(str(room.number), "a", "anna") is None


def test_too_many_are_refused(house, monkeypatch):
    few = Limits(rooms=1, room_visitors=1)
    monkeypatch.setattr(rooms, "limits", lambda: few)
    room = rooms.open_room(At(LESSON), "t")
    with pytest.raises(rooms.Full):
        rooms.open_room(At(LESSON), "b")
    rooms.followed(str(room.number), "a", "anna")
    with pytest.raises(rooms.Full, match="1 phones"):
        rooms.followed(str(room.number), "b", "ben")
    rooms.followed(str(room.number), "b", "anna")  # the same browser in another tab
    few = replace(few, room_minutes=1)
    room.used -= 61
    assert rooms.followed(str(room.number), "a", "anna") is None


def test_the_code_holds_the_address():
    svg = page.picture("http://192.168.0.23:8501/lessons?room=4821", "QR code")
    assert svg.startswith('<img src="data:image/svg+xml') and 'alt="QR code"' in svg
    assert page.machine().count(".") == 3
