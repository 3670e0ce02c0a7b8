"""The address: the one owner of what is shown.

Its query holds the whole view: task, model, sentence, edits, step and every control. It is written
here alone, whole, and once for one act, so no entry of the browser's history mixes two views.
Widgets are not bound to it: they take their value from the view on every run and write on a change.

What Streamlit 1.67 does, and what follows from it:

- A query that the server writes is pushed: a new entry of the history. The same query as before
  pushes nothing. While an entry is restored, it is replaced instead.
- A widget bound with ``bind="query-params"`` replaces the entry in the browser. Beside queries that
  the server writes such entries mix two views, so nothing is bound.
- Back and forward run the script with the query of that entry, and no callback.
- On the way to another page the browser sends no query (only those of bound widgets), and pushes
  the path with the query that it knows. So the view is written again before `st.navigation`: it
  is the query that still stands there, nothing is pushed, and it goes along.
- A link with query parameters to another page pushes one entry; to the same page it pushes none.
- An entry cannot be replaced from here. `address.js` does it: where nothing but the step or a
  control changed, a push becomes a replacement.
- The first page stands at ``/`` without a query. A query there is an address from before there was
  a first page: the script goes on to Translate, which pushes an entry. `address.js` steps over the
  one that is left behind, and lets no query stand at ``/``.
- A link that names no language is opened in the one that was chosen: it is written into the view
  before `st.navigation`, and `address.js` replaces the entry of the link.
- What a damaged link has lost is taken out of its own entry. That cannot be written from here
  either: the entry is pushed before `address.js` has come. So the browser is asked to replace it.
- A browser that acts while a run is on its way sends the values that it shows, and may not have
  seen yet what that run gave them. To the server this looks as if the visitor had set each of them
  back. So a value that is sent again right after another was given in its place is no change.
- Two requests that come before the script takes up the first one become one. If the second leads to
  another page, nothing is kept of the first. `address.js` lets such a link wait.
- Back pressed twice in a row: the run of the first press still pushes its page, over the second.
  `address.js` lets nothing be written until the visitor does something else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from s2s.decoding import whatif
from s2s.decoding.whatif import Edit
from s2s.text.language import current

Value = TypeVar("Value")
P = ParamSpec("P")

TASK, MODEL, TEXT, STEP, EDITS = "task", "model", "text", "step", "edits"
BESIDE, VERDICT, HIDE, LANG = "beside", "verdict", "hide", "lang"
DELIBERATE = (TASK, MODEL, TEXT, EDITS, BESIDE, "lesson")
"""A change of one of these is an entry of the history of its own."""
VIEW, PAGE, MENDED, GIVEN, SENT = "view", "page", "mended", "given", "given_sent"
UNSEEN = 0.6
"""Seconds for which a browser may not have seen yet what it was given, once that was sent."""

_script, _mend = (
    st.components.v2.component(
        f"s2s_{name}", html="<i></i>", js=Path(__file__).with_name(f"{name}.js").read_text("utf-8")
    )
    for name in ("address", "mend")
)


def arrive(chosen: str | None = None) -> bool:
    """Begin a run: take the view of the address, or bring the view along to another page.

    Args:
        chosen: the language that the visitor chose; an address that names none is told in it.

    Returns:
        Whether the address asked for another view: a link was opened, or back was pressed.
    """
    asked = st.query_params.to_dict()
    if not asked and view():
        st.query_params.from_dict(view())
        return False
    named = {LANG: chosen} | asked if chosen else asked
    if named in (view(), _parsed(st.session_state.get(MENDED, ""))):
        return False
    st.session_state[VIEW] = _query(named)
    if named != asked:
        st.query_params.from_dict(named)
    return True


def leave() -> None:
    """Show nothing in particular any more: the first page, whose address has no query.

    The query is not cleared here: that would push an entry. `address.js` drops it. A language that
    was chosen is kept, for the pages that are opened from there.
    """
    st.session_state[VIEW] = _query(spoken())


def spoken() -> dict[str, str]:
    """The language of the view, as it stands in the query of a link; nothing if none was chosen."""
    return {key: value for key, value in view().items() if key == LANG}


def settle(page: str, taken: bool, task: str, names: Mapping[str, str]) -> None:
    """Write what a link within the page asked for, and keep the history clean from now on.

    Args:
        page: the page that is about to run.
        taken: what `arrive` returned.
        task: that an address without one means.
        names: of the pages that show something in particular, to their titles.
    """
    if taken and st.session_state.get(PAGE) == page:
        st.query_params.from_dict(view())
    st.session_state[PAGE] = page
    with st.sidebar, st.container(key="address"):  # without a key of its own it keeps no state
        data = {
            "deliberate": DELIBERATE, "task": task, "pages": dict(names), "language": current(),
        }  # fmt: skip
        _script(data=data, on_scheme_change=lambda: None)  # that it was asked is all it takes


def view() -> dict[str, str]:
    """What is shown, as the query of an address."""
    return _parsed(st.session_state.get(VIEW, ""))


def show(**changes: str | None) -> None:
    """Change the view, and write it.

    Args:
        changes: parameters with their new values; None takes one out.
    """
    st.session_state[VIEW] = _changed(changes)
    st.query_params.from_dict(view())


def open_(view: Mapping[str, str]) -> None:
    """Show another view of this page, and write it."""
    st.session_state[VIEW] = _query(view)
    st.query_params.from_dict(dict(view))


def mend(**changes: str | None) -> None:
    """As `show`, for what the address asks for and nobody can have: it is no change of anybody's.

    The entry that stands there is replaced, and none is pushed.
    """
    asked = st.session_state.get(VIEW, "")
    st.session_state.update({MENDED: asked, VIEW: _changed(changes)})
    with st.container(key="mend"):
        _mend(data={"asked": asked, "shown": st.session_state[VIEW]})


def _changed(changes: dict[str, str | None]) -> str:
    """The view with changes, as a query."""
    return _query({k: value for k, value in (view() | changes).items() if value is not None})


def _parsed(query: str) -> dict[str, str]:
    return dict(parse_qsl(query, keep_blank_values=True))


def _query(values: Mapping[str, str]) -> str:
    """Values as a query; half a character becomes a question mark."""
    return urlencode(values, errors="replace")


def held(
    key: str, default: Value, read: Callable[[str], Value], write: Callable[[Any], str] = str
) -> dict[str, Any]:
    """Arguments that hold a widget's value in the address.

    Args:
        key: of the widget and of the parameter.
        default: its value where the address says nothing that can be read.
        read: gives the value of a parameter; KeyError or ValueError where it has none.
        write: gives the parameter of a value.
    """
    value = default
    with suppress(KeyError, ValueError):
        value = read(view()[key])

    def changed(new: Any) -> None:
        show(**{key: None if new == default or new is None else write(new)})

    return shown(key, value, changed)


def shown(key: str, value: Any, changed: Callable[[Any], None]) -> dict[str, Any]:
    """Arguments of a widget that shows a value of the view.

    Args:
        key: of the widget.
        value: what it shows now, whatever the visitor had set.
        changed: called with what the visitor sets; the view has to follow.
    """
    given: dict[str, Any] = st.session_state.setdefault(GIVEN, {})
    told = st.session_state.get(key)
    given.pop(key, None)
    if told != value:
        given[key] = told
        sent()
    st.session_state[key] = value

    def meant() -> None:
        new = st.session_state.get(key)
        repeated = key in given and new == given[key]
        if not repeated or time.monotonic() - st.session_state.get(SENT, 0.0) > UNSEEN:
            changed(new)

    return {"key": key, "on_change": meant}


def sent() -> None:
    """Say that what was given is on its way: again where a run, or a part of one, is over."""
    st.session_state[SENT] = time.monotonic()


def part(show: Callable[P, None]) -> Callable[P, None]:
    """A fragment of a page with widgets that show what the view says."""

    @st.fragment
    @wraps(show)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            show(*args, **kwargs)
        finally:
            sent()

    return run


def one_of(
    key: str, options: Iterable[Any], default: Any, told: Callable[[Any], str] = str
) -> dict[str, Any]:
    """As `held`, for a widget with options; `told` gives the parameter of one."""
    return held(key, default, {told(option): option for option in options}.__getitem__, told)


def between(key: str, low: float, high: float, default: float | None) -> dict[str, Any]:
    """As `held`, for a number; a whole one where the lowest is."""

    def read(text: str) -> Any:
        number = type(low)(text)
        if not low <= number <= high:
            raise ValueError(text)
        return number

    return held(key, default, read)


def step(steps: int, default: int) -> int:
    """The 0-based step of the address, or the default if it names none that exists."""
    value = view().get(STEP, "")
    if value.isascii() and value.isdigit() and len(value) < 6 and 1 <= int(value) <= steps:
        return int(value) - 1
    return default


def edits() -> tuple[Edit, ...]:
    """The edits of the address.

    Raises:
        UserError: when that part of the address is damaged.
    """
    return whatif.decode(view().get(EDITS, ""))


def encoded(edits: Iterable[Edit]) -> str | None:
    """Edits as their parameter; none of them take no room."""
    return whatif.encode(tuple(edits)) or None
