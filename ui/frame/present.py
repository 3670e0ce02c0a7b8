"""Presenting: the page on the whole screen, the keys of a remote, and a running order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import streamlit as st
from streamlit.navigation.page import Page

from s2s.errors import UserError
from s2s.text.language import tr
from ui.frame import edits, link
from ui.frame.order import NAME, Entry, Order, decode, encode
from ui.markdown import plain

ORDER, FULL = "order", "full"
"""Parameters of the address: the running order, and whether the screen is full."""
TEACHER = ("teach", "room")
"""What an address holds of a room: it is this visitor's, and stays while views come and go."""
KEYS, MENU, NAMED, TURN = "present_keys", "present_menu", "present_name", "present_turn"

_script = st.components.v2.component(
    "s2s_present", html="<div></div>",
    js=Path(__file__).with_name("present.js").read_text("utf-8"),
)  # fmt: skip


def current() -> Order:
    """The running order of this session."""
    try:
        return decode(st.session_state[ORDER]) if st.session_state.get(ORDER) else Order()
    except UserError:
        return Order()


def arrive() -> None:
    """Take the running order that a link brings; it stays whatever is opened."""
    asked = link.view().get(ORDER)
    if asked is None or asked == st.session_state.get(ORDER):
        return
    try:
        decode(asked)
    except UserError as error:
        link.mend(**{ORDER: st.session_state.get(ORDER)})
        st.toast(plain(str(error)))
    else:
        st.session_state[ORDER] = asked


def settle() -> None:
    """Let the address hold the running order, also where a link to a page did not."""
    order = st.session_state.get(ORDER)
    if st.session_state.get(link.VIEW) and link.view().get(ORDER) != order:
        link.show(**{ORDER: order})


def turned(pages: Mapping[str, Page], here: str) -> None:
    """Open the entry that was asked for, if any was; the run may end here.

    Args:
        pages: by the name of their file.
        here: name of the page that is about to run.
    """
    place = st.session_state.pop(TURN, None)
    order = current()
    if not isinstance(place, int) or not 0 <= place < len(order.entries):
        return
    entry = order.entries[place]
    if entry.page not in pages:
        return
    st.session_state[ORDER] = encode(replace(order, at=place))
    stays = {name: value for name, value in link.view().items() if name in (FULL, *TEACHER)}
    query = dict(parse_qsl(entry.query, keep_blank_values=True)) | stays
    query[ORDER] = st.session_state[ORDER]
    edits.no_way_back()
    st.session_state.pop(edits.SHOWN, None)
    if entry.page == here and entry.query:
        link.open_(query)
    else:
        st.switch_page(pages[entry.page], query_params=query if entry.query else None)


def show(titles: Mapping[str, str]) -> None:
    """The keys, and the menu at the top of the page.

    Args:
        titles: pages by the name of their file.
    """
    order = current()
    with st.sidebar, st.container(key="present-keys"):
        _script(
            key=KEYS, on_turn_change=_turn, on_full_change=_fill,
            data={
                "onward": order.beside(1) is not None and bool(order.entries),
                "back": order.beside(-1) is not None,
                "full": link.view().get(FULL) == "1",
                "asks": tr("Press any key for full screen"),
                "nothing": tr("Nothing to hide here: H hides what a step view has not written yet"),
            },
        )  # fmt: skip
    with st.container(key="present", width="content"):
        menu = st.popover(
            tr("Present"), icon=":material/slideshow:", key=MENU, on_change="rerun"
        )  # fmt: skip
    if not menu.open:
        return
    with menu, st.container(key="present-inside"):
        _script(key="present_full", data={"button": tr("Full screen"), "key": "F"})
        st.caption(
            tr("Page Down, Page Up: a step on or back, then the next view. H: hide the rest.")
        )
        st.markdown(f"**{tr('Running order')}**")
        _entries(order)
        _add(order, titles)


def _entries(order: Order) -> None:
    for place, entry in enumerate(order.entries):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.button(
                f"{place + 1} · {plain(entry.name)}", key=f"present-open-{place}", width="stretch",
                type="primary" if place == order.at else "secondary",
                on_click=st.session_state.__setitem__, args=(TURN, place),
            )  # fmt: skip
            st.button(
                tr("Move up"), icon=":material/arrow_upward:", key=f"present-up-{place}",
                disabled=not place, on_click=_change, args=(_swapped(order, place),),
            )  # fmt: skip
            st.button(
                tr("Remove this view"), icon=":material/close:", key=f"present-out-{place}",
                on_click=_change, args=(_without(order, place),),
            )  # fmt: skip
    if order.entries:
        st.caption(tr("One link holds all of it:"))
        st.code(address(order), language=None, wrap_lines=True)


def _swapped(order: Order, place: int) -> Order:
    rows = list(order.entries)
    rows[place - 1 : place + 1] = reversed(rows[place - 1 : place + 1])
    here = {place: place - 1, place - 1: place}.get(order.at, order.at) if place else order.at
    return Order(tuple(rows), here)


def _without(order: Order, place: int) -> Order:
    rows = order.entries[:place] + order.entries[place + 1 :]
    return Order(rows, max(0, order.at - (place <= order.at and order.at > 0)))


def _add(order: Order, titles: Mapping[str, str]) -> None:
    page = st.session_state.get(link.PAGE)
    if not page:  # a query at its address leads to another page
        st.caption(tr("Open a page to add it: the first page is none of its views."))
        return
    st.session_state.setdefault(NAMED, "")
    text = link.view().get(link.TEXT, "")
    name = ": ".join(part for part in (titles[page], text) if part)[:NAME]

    def added() -> None:
        typed = str(st.session_state.get(NAMED) or "").strip()[:NAME]
        st.session_state[NAMED] = ""
        new = Entry(typed or name, page, here())
        _change(Order((*order.entries, new), len(order.entries)))

    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        st.text_input(
            tr("Name of this view"), key=NAMED, placeholder=name, max_chars=NAME, width="stretch",
        )  # fmt: skip
        st.button(tr("Add this view"), icon=":material/add:", key="present-add", on_click=added)


def here() -> str:
    """The view as it stands, without the running order, and without what is this visitor's."""
    own = (ORDER, FULL, *TEACHER)
    return urlencode({name: value for name, value in link.view().items() if name not in own})


def address(order: Order) -> str:
    """One link that opens the first entry and holds them all."""
    first = order.entries[0]
    base = (st.context.url or "").split("?")[0]
    page = st.session_state.get(link.PAGE)
    if page:
        base = base.removesuffix("/").removesuffix(page)
    query = dict(parse_qsl(first.query, keep_blank_values=True))
    query[ORDER] = encode(replace(order, at=0))
    return f"{base.removesuffix('/')}/{first.page}?{urlencode(query)}"


def _change(order: Order) -> None:
    try:
        text = encode(order) if order.entries else None
    except UserError as error:
        st.toast(plain(str(error)))
        return
    st.session_state[ORDER] = text
    if st.session_state.get(link.VIEW):
        link.show(**{ORDER: text})


def _told(name: str, part: str, kind: type) -> Any:
    told = getattr(st.session_state.get(KEYS), name, None)
    value = told.get(part) if isinstance(told, dict) else None
    return value if type(value) is kind else None


def _turn() -> None:
    """A remote asked for the next view, or the one before."""
    by = _told("turn", "by", int)
    place = current().beside(by) if by in (1, -1) else None
    if place is not None:
        st.session_state[TURN] = place


def _fill() -> None:
    """The screen is full now, or no more."""
    on = _told("full", "on", bool)
    if on is not None and st.session_state.get(link.VIEW):
        link.show(**{FULL: "1" if on else None})
