"""The room on the page: what the teacher opens, and what a phone that follows is told."""

from __future__ import annotations

import socket
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import segno
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from s2s.text.language import current, tr
from ui.cached.visitor import visitor
from ui.frame import link
from ui.markdown import plain
from ui.views.lessons import echo, rooms, state
from ui.views.lessons.rooms import Full, Room
from ui.views.lessons.state import At

ROOM, TEACH, HIDES = "room", "teach", "lesson_hides"
ONLY_HERE = ("localhost", "127.0.0.1", "::1")
"""Addresses by which no other machine reaches a server."""


def session() -> str:
    """This visitor's session; empty outside one."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else ""


def led(place: At) -> Room | None:
    """The room that this visitor leads, told where the visitor is."""
    key = link.view().get(TEACH)
    if not key:
        return None
    room = rooms.led_by(key, session())
    if room is None:
        st.info(tr("The room has gone: the server was started again, or nobody used it."))
        return None
    rooms.lead(room, replace(place, guess=None))
    return room


def followed(place: At) -> tuple[Room | None, At]:
    """The room that this visitor follows, None where there is none; and where the visitor is.

    Args:
        place: that the visitor's address asks for.
    """
    number = link.view().get(ROOM)
    if not number:
        return None, place
    try:
        room = rooms.followed(number, session(), visitor())
    except Full as full:
        st.warning(plain(str(full)))
        return None, place
    if room is not None and not room.left:
        return room, along(room, place)
    if room is not None and rooms.let_go(room, session()):
        mine = room.guesses.get(rooms.asked(room.place), {}).get(visitor())
        place = replace(room.place, guess=mine)
        state.go(place)
    st.info(tr("The teacher has left; go on alone."), icon=":material/wifi_off:")
    return None, place


def stand(room: Room, own: At) -> None:
    """First thing in what a phone draws: phones of the same kind are shown the same."""
    ahead = own.shown and not room.hides
    echo.stand(session(), (room.number, current(), st.context.theme.type, ahead))


def along(room: Room, own: At) -> At:
    """Where a phone is that follows: at the teacher's question, with its own guess."""
    there = room.place
    if rooms.asked(own) != rooms.asked(there):
        own = At(there.lesson, there.question)
        state.go(own)
    return replace(own, shown=there.shown or (own.shown and not room.hides))


def guessed(room: Room, place: At) -> None:
    """Tell the room what this phone chose."""
    if place.guess is not None:
        rooms.guess(room, visitor(), place.guess)


def told(room: Room, follows: bool, choices: int, shown: bool) -> dict[str, Any]:
    """What the player says of the room.

    A phone is told nothing that holds for it alone: its guess is kept by its browser.

    Args:
        room: that is led or followed.
        follows: by a phone.
        choices: how many the question has.
        shown: whether its answer is.
    """
    if follows:
        return {
            "told": tr("Room {n} · follows the teacher", n=room.number),
            "follows": room.number,
            "guess": None,
            "hides": room.hides,
            "waits": tr("The answer comes when the teacher shows it.") if room.hides else None,
        }
    return {
        "told": numbers(room),
        "counts": room.counts(choices) if shown and choices else None,
    }


def numbers(room: Room) -> str:
    """How many phones, and how many have answered."""
    return tr("{n} phones · {m} answered", n=room.here, m=room.answered)


def phones(place: At, room: Room | None) -> None:
    """The teacher's menu: open a room, its number, QR code and address, close it."""
    with st.popover(tr("Phones"), icon=":material/qr_code_2:"):
        if room is None:
            st.markdown(tr("Phones follow your question and your answer. Only counts, no names."))
            st.button(tr("Open a room"), on_click=_open, args=(place,), key="lesson_room_open")
            return
        with st.container(key="lesson-room"):
            st.markdown(f"**{tr('Room {n}', n=room.number)}** · {numbers(room)}")
            where = address(room.number)
            if where is None:
                st.warning(tr("Only this computer can open this address."))
            else:
                st.html(picture(where, tr("QR code of the room's address")))
                st.markdown(tr("Scan with the phone's camera"))
                st.code(where, language=None, wrap_lines=True)
                st.caption(tr("In the same network only. No names, no marks are kept."))
            hide = partial(rooms.hide, room)
            st.toggle(tr("Hide answers"), **link.shown(HIDES, room.hides, hide))
            st.button(tr("Close the room"), on_click=_close, args=(room,), key="lesson_room_close")


def _open(place: At) -> None:
    try:
        room = rooms.open_room(replace(place, guess=None), session())
    except Full as full:
        st.toast(plain(str(full)))
        return
    link.show(**{TEACH: room.key, ROOM: None})


def _close(room: Room) -> None:
    rooms.close(room)
    link.show(**{TEACH: None})


def address(number: int) -> str | None:
    """What phones open; None where no other machine reaches this server.

    By the name that the teacher's own browser used; where that is this machine itself, by its
    address in the local network.
    """
    here = urlsplit(st.context.url or "")
    host, port = here.hostname or "localhost", here.port or st.get_option("server.port")
    if host in ONLY_HERE:
        if (st.get_option("server.address") or "") in ONLY_HERE:
            return None
        host = machine()
        if host in ONLY_HERE:
            return None
    name = f"[{host}]" if ":" in host else host
    path = here.path.removesuffix("/") or "/lessons"
    return f"{here.scheme or 'http'}://{name}:{port}{path}?{ROOM}={number}"


def machine() -> str:
    """This machine's address in the local network; nothing is sent to find it out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("10.255.255.255", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return ONLY_HERE[1]


def picture(text: str, alt: str) -> str:
    """A QR code as an image, dark on light whatever the theme."""
    data = segno.make(text, error="m").svg_data_uri(scale=5, border=3, light="#fff", dark="#111821")
    return f'<img src="{data}" alt="{alt}" width="230" height="230">'
