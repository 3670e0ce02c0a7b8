"""Rooms without a browser: who leads, who follows, what is counted, what is too many.

And what one phone's run sends the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from weakref import WeakKeyDictionary

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession

from s2s.config.limits import Limits
from s2s.lessons import read
from ui import server
from ui.views.lessons import echo, rooms
from ui.views.lessons import room as page
from ui.views.lessons.echo import Stand
from ui.views.lessons.state import At

LESSON = read.lessons()[0]
PART = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
WHOLE = ForwardMsg.FINISHED_SUCCESSFULLY


@dataclass
class House:
    """Who is connected; who was woken, and who was told of a step; what happens later."""

    there: set[str]
    woken: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    later: list[Callable[[], None]] = field(default_factory=list)


@pytest.fixture
def house(monkeypatch):
    """Rooms of this test alone."""
    made = House({"t", "a", "b"})
    monkeypatch.setattr(rooms, "_rooms", {})
    monkeypatch.setattr(server, "active", lambda session: session in made.there)
    monkeypatch.setattr(server, "wake", lambda ids, after=0.0: made.woken.extend(ids))
    monkeypatch.setattr(server, "later", lambda seconds, call: made.later.append(call))
    monkeypatch.setattr(echo, "tell", lambda ids, at: made.told.extend(ids))
    return made


def test_phones_follow_and_are_counted(house):
    room = rooms.open_room(At(LESSON), "t")
    assert rooms.followed("0000", "a", "anna") is None
    assert rooms.followed(str(room.number), "a", "anna") is room
    assert rooms.followed(str(room.number), "b", "ben") is room and room.here == 2
    assert house.woken == ["t", "t"]
    rooms.guess(room, "anna", 1.0)
    rooms.guess(room, "anna", 0.0)  # another thought is no second guess
    rooms.guess(room, "ben", 0.0)
    assert room.counts(3) == [2, 0, 0] and room.answered == 2
    house.woken.clear()
    rooms.lead(room, At(LESSON, 0, None, True))
    assert house.told == ["a", "b"]
    rooms.lead(room, At(LESSON, 0, None, True))
    assert house.told == ["a", "b"]  # nothing new, nobody told
    rooms.lead(room, At(LESSON, 1))
    assert room.counts(3) == [0, 0, 0] and room.answered == 0
    assert house.woken == []  # no whole page runs for a step


def test_a_phone_that_comes_back_is_the_same(house):
    room = rooms.open_room(At(LESSON), "t")
    rooms.followed(str(room.number), "a", "anna")
    house.there.discard("a")
    assert room.here == 0
    house.there.add("a2")
    rooms.followed(str(room.number), "a2", "anna")
    assert room.here == 1 and list(room.phones) == ["a2"]


def test_only_the_secret_leads(house):
    room = rooms.open_room(At(LESSON), "t")
    for key in (str(room.number), f"{room.number}-", f"{room.number}-wrong", "", "x-y", "ü-ü"):
        assert rooms.led_by(key, "b") is None
    assert room.teacher == "t"
    house.there.add("t2")
    assert rooms.led_by(room.key, "t2") is room and room.teacher == "t2"


def test_a_teacher_who_reloads_is_not_missed(house):
    room = rooms.open_room(At(LESSON), "t")
    rooms.followed(str(room.number), "a", "anna")
    house.woken.clear()
    house.there.discard("t")
    server.LEAVERS["rooms"]("t")
    assert not room.left and house.woken == []
    house.there.add("t2")
    rooms.led_by(room.key, "t2")
    house.later.pop()()
    assert not room.left and house.woken == []


def test_the_teacher_leaves_and_comes_back(house):
    room = rooms.open_room(At(LESSON), "t")
    rooms.followed(str(room.number), "a", "anna")
    house.woken.clear()
    house.there.discard("t")
    server.LEAVERS["rooms"]("t")
    house.later.pop()()
    assert room.left and house.woken == ["a"]
    # Once: from then on the phone goes where it likes.
    assert [rooms.let_go(room, "a") for _ in range(2)] == [True, False]
    house.there.add("t2")
    assert rooms.led_by(room.key, "t2") is room
    assert not room.left and house.woken == ["a", "a"]
    assert rooms.followed(str(room.number), "a", "anna") is room
    assert rooms.let_go(room, "a")  # the next time it is told again


def test_a_closed_room_lets_its_phones_go_and_takes_nobodys_place(house, monkeypatch):
    monkeypatch.setattr(rooms, "limits", lambda: Limits(rooms=1))
    numbers = set()
    for _ in range(5):
        room = rooms.open_room(At(LESSON), "t")
        rooms.followed(str(room.number), "a", "anna")
        house.woken.clear()
        rooms.close(room)
        assert house.woken == ["a"] and room.left
        assert rooms.led_by(room.key, "t") is None
        numbers.add(room.number)
    assert len(numbers) > 1 and len(rooms._rooms) <= 2


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


class Session(AppSession):
    """A phone's session without a server: it notes what it was sent, and when it ran."""

    def __init__(self, name: str, running: bool = False) -> None:
        self.name, self._scriptrunner = name, object() if running else None
        self.got: list[str] = []
        self.ran = 0
        self._client_state = ClientState(query_string="lang=ko&room=4821&guess=1")

    def __del__(self) -> None: ...

    @property
    def id(self) -> str:
        return self.name

    def has_fragment(self, part: str) -> bool:
        return part == "part"


def delta(place: int, text: str, part: str = "part") -> ForwardMsg:
    msg = ForwardMsg(hash=text)
    msg.delta.fragment_id = part
    msg.delta.new_element.text.body = text
    msg.metadata.delta_path[:] = (0, place)
    return msg


def finished(status: int) -> ForwardMsg:
    return ForwardMsg(script_finished=status)


@pytest.fixture
def phones(monkeypatch):
    """``phones(*texts)``: sessions that each drew these texts."""
    monkeypatch.setattr(echo, "_stands", WeakKeyDictionary())
    monkeypatch.setattr(
        AppSession, "_enqueue_forward_msg",
        lambda session, msg: session.got.append(msg.hash or msg.WhichOneof("type")),
    )  # fmt: skip
    monkeypatch.setattr(echo, "draw", lambda session: setattr(session, "ran", session.ran + 1))
    monkeypatch.setattr(server, "again", lambda session: setattr(session, "ran", session.ran + 1))

    def made(name: str, *texts: str, kind: str = "en", running: bool = False) -> Session:
        session = Session(name, running)
        echo._stands[session] = Stand("part", kind, echo._last)
        for place, text in enumerate(texts):
            echo.heard(session, delta(place, text))
        session.got.clear()
        session._enqueue_forward_msg = partial(echo.heard, session)
        return session

    return made


def run(session: Session, *texts: str, status: int = PART) -> None:
    """A run of the part that follows."""
    new = ForwardMsg()
    new.new_session.name = "app"
    new.metadata.run.fragment_ids.append("part")
    echo._stands[session].knew = echo._last
    echo.heard(session, new)
    for place, text in enumerate(texts):
        echo.heard(session, delta(place, text))
    echo.heard(session, finished(status))


def test_one_phone_draws_and_the_others_get_what_differs(phones):
    first, second, third = (phones(name, "head", "one") for name in "abc")
    korean = phones("d", "머리", "하나", kind="ko")
    echo.told([first, second, third, korean], {}, echo._last)
    assert [one.ran for one in (first, second, third, korean)] == [1, 0, 0, 1]
    run(first, "head", "two")
    assert second.got == third.got == ["two"] and korean.got == []
    # The addresses too, each with what is its own.
    first.got.clear()
    echo.told([first], {"question": "2", "guess": None}, echo._last)
    assert first._client_state.query_string == "lang=ko&room=4821&question=2"
    assert first.got == ["page_info_changed"]
    run(first, "head", "two")
    # What was sent counts: the next time it is what stands there.
    echo.told([second, first], {}, echo._last)
    run(second, "head", "three")
    assert first.got[-1] == "three" and second.got.count("head") == 1


@pytest.mark.parametrize("why", ["another page", "running", "stopped", "left"])
def test_a_phone_that_cannot_be_told_runs_itself(phones, why):
    first = phones("a", "head", "one")
    texts = ("head", "a warning", "one") if why == "another page" else ("head", "one")
    other = phones("b", *texts, running=why == "running")
    echo.told([first, other], {}, echo._last)
    if why == "left":
        echo._left("a")
    else:
        run(first, "head", "two", status=PART if why != "stopped" else WHOLE)
    assert (other.ran, other.got) == (1, [])


def test_a_run_that_began_before_the_step_tells_nobody(phones, monkeypatch):
    first, other = phones("a", "one"), phones("b", "one")
    monkeypatch.setattr(echo, "_last", echo._last + 1)
    echo.told([first, other], {}, echo._last)
    stand = echo._stands[first]
    stand.knew = echo._last - 1
    echo.heard(first, delta(0, "old"))
    echo.heard(first, finished(PART))
    assert other.got == [] and stand.others == [other]
    run(first, "new")
    assert other.got == ["new"] and other.ran == 0


def test_the_code_holds_the_address():
    svg = page.picture("http://192.168.0.23:8501/lessons?room=4821", "QR code")
    assert svg.startswith('<img src="data:image/svg+xml') and 'alt="QR code"' in svg
    assert page.machine().count(".") == 3
