"""Rooms: a teacher's question and step, and the phones that follow them. In memory only.

A room knows nobody: it holds, for each browser that came, which choice it made, and forgets all of
it when it goes. A phone is a session of Streamlit's; it is told when the teacher does something, so
nothing is asked for while nothing happens.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from s2s.config.limits import limits
from s2s.text.language import tr
from ui import server
from ui.views.lessons import echo, state
from ui.views.lessons.state import At

MINUTE = 60.0
GRACE = 3.0
"""Seconds in which a teacher who reloads the page comes back, unnoticed."""
COUNT = 0.4
"""Seconds for which phones are counted before the teacher's page is drawn again."""
Asked = tuple[str, int]
"""Lesson and 0-based question."""


class Full(Exception):
    """There is no room for one more; the message is for the visitor."""


@dataclass
class Room:
    """One room.

    Attributes:
        number: four digits, for the phones.
        secret: makes its owner the teacher.
        place: what the teacher shows.
        hides: whether phones see answers only when the teacher shows them.
        teacher: the session that leads.
        used: when it was used last.
        left: whether the teacher has gone, and the phones have been told.
        closed: for good.
        phones: session to visitor.
        alone: sessions of phones that go on alone.
        guesses: question to visitor to guess.
    """

    number: int
    secret: str
    place: At
    hides: bool = True
    teacher: str = ""
    used: float = field(default_factory=time.monotonic)
    left: bool = False
    closed: bool = False
    phones: dict[str, str] = field(default_factory=dict)
    alone: set[str] = field(default_factory=set)
    guesses: dict[Asked, dict[str, float]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What the teacher's address says."""
        return f"{self.number}-{self.secret}"

    @property
    def here(self) -> int:
        """How many phones are connected."""
        return len({who for session, who in self.phones.items() if server.active(session)})

    def counts(self, choices: int) -> list[int]:
        """How often each choice of the question that is shown was made."""
        given = list(self.guesses.get(asked(self.place), {}).values())
        return [sum(one == at for one in given) for at in range(choices)]

    @property
    def answered(self) -> int:
        """How many made a guess at the question that is shown."""
        return len(self.guesses.get(asked(self.place), {}))


def asked(place: At) -> Asked:
    """A place without what was guessed."""
    return place.lesson.name, place.question


_rooms: dict[int, Room] = {}
_lock = threading.Lock()


@contextmanager
def _held() -> Iterator[dict[int, Room]]:
    """The rooms, less those that nobody used for long."""
    with _lock:
        late = time.monotonic() - limits().room_minutes * MINUTE
        for number in [room.number for room in _rooms.values() if room.used < late]:
            del _rooms[number]
        yield _rooms


def open_room(place: At, session: str) -> Room:
    """A new room that this session leads; Full where there are too many."""
    with _held() as rooms:
        open_ = [room for room in rooms.values() if not room.closed]
        if len(open_) >= limits().rooms:
            raise Full(tr("All rooms of this server are taken. Try again later."))
        closed = [number for number, room in rooms.items() if room.closed]
        for number in closed[: max(0, len(closed) - limits().rooms)]:
            del rooms[number]
        free = [number for number in range(1000, 10000) if number not in rooms]
        room = Room(secrets.choice(free), secrets.token_hex(8), place, teacher=session)
        rooms[room.number] = room
        return room


def close(room: Room) -> None:
    """End a room: its phones go on alone."""
    room.left = room.closed = True
    server.wake(room.phones)


def led_by(key: str, session: str) -> Room | None:
    """The room of a teacher's address, which this session leads from now on."""
    number, _, secret = key.partition("-")
    with _held() as rooms:
        room = rooms.get(int(number)) if _is_number(number) else None
        if room is None or room.closed:
            return None
        if not secrets.compare_digest(room.secret.encode(), secret.encode()):
            return None
        back, room.left = room.left, False
        room.teacher, room.used = session, time.monotonic()
    if back:
        server.wake(room.phones)
    return room


def followed(number: str, session: str, who: str) -> Room | None:
    """The room of a phone's address; None where there is none. Full where it holds no more."""
    with _held() as rooms:
        room = rooms.get(int(number)) if _is_number(number) else None
        if room is None:
            return None
        new = session not in room.phones
        if new and who not in room.phones.values():
            if len(set(room.phones.values())) >= limits().room_visitors:
                raise Full(tr("This room is full: it takes {n} phones.", n=limits().room_visitors))
        if new:
            for gone in [one for one in room.phones if not server.active(one)]:
                del room.phones[gone]
                room.alone.discard(gone)
            room.phones[session] = who
        if not room.left:
            room.alone.discard(session)
    if new:
        server.wake([room.teacher], COUNT)
    return room


def let_go(room: Room, session: str) -> bool:
    """Whether a phone goes on alone from here on: once, from where the teacher was."""
    with _lock:
        first = session not in room.alone
        room.alone.add(session)
        return first


def lead(room: Room, place: At) -> None:
    """The teacher goes somewhere: every phone is told."""
    with _held():
        other = asked(room.place) != asked(place)
        told = other or room.place.shown != place.shown
        room.place, room.used = place, time.monotonic()
    if told:
        at = state.query(place)
        if not other:
            del at[state.GUESS]  # each phone's own stays
        echo.tell(room.phones, at)


def hide(room: Room, hides: bool) -> None:
    """Whether the phones wait for the teacher's answer."""
    if room.hides != hides:
        room.hides = hides
        echo.tell(room.phones, {})


def guess(room: Room, who: str, value: float) -> None:
    """A phone's guess at the question that is shown; the teacher sees the count."""
    with _held():
        room.guesses.setdefault(asked(room.place), {})[who] = value
        room.used = time.monotonic()
    server.wake([room.teacher], COUNT)


def _left(session: str) -> None:
    """A visitor has gone: phones hear of their teacher, a teacher of the number of phones."""
    with _lock:
        led = [room for room in _rooms.values() if room.teacher == session]
        followed = [room for room in _rooms.values() if session in room.phones]
    for room in led:
        server.later(GRACE, partial(_gone, room))
    server.wake([room.teacher for room in followed], COUNT)


def _gone(room: Room) -> None:
    """A teacher who has not come back has left."""
    if not server.active(room.teacher) and not room.left:
        room.left = True
        server.wake(room.phones)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) == 4


server.LEAVERS["rooms"] = _left
