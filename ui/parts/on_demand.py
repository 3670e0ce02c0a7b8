"""Work of seconds: asked for with a button, with a bar and a way out, computed once for all."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from functools import cache
from typing import Any, TypeVar

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from s2s.config.limits import limits
from s2s.evaluation.jobs import Progress
from s2s.text.language import tr
from ui.frame import link
from ui.parts.work import LOOK, Line, Work

Result = TypeVar("Result")
Asked = tuple[tuple[Hashable, ...], Callable[..., Any], str]
PATIENCE = 0.3
"""Seconds for which a page waits for a work before it shows how far it is."""


def wanted(
    name: str, key: tuple[Hashable, ...], label: str, icon: str, parameter: str | None = None
) -> bool:
    """Draw a button until it is pressed for this very key; True once it was.

    Args:
        name: of the work, unlike any other on the page.
        key: everything the result depends on.
        label: on the button.
        icon: before it.
        parameter: holds the wish in the address instead, for whatever is shown.
    """
    if _is_wanted(name, key, parameter):
        return True
    # Its own callback: the run that the press starts already knows.
    st.button(label, icon=icon, key=f"button_{name}", on_click=_want, args=(name, key, parameter))
    return False


def _is_wanted(name: str, key: tuple[Hashable, ...], parameter: str | None) -> bool:
    if parameter:
        return parameter in link.view()
    return st.session_state.get(f"wanted_{name}") == key


def _want(name: str, key: tuple[Hashable, ...] | None, parameter: str | None) -> None:
    if parameter:
        link.show(**{parameter: "1" if key else None})
    else:
        st.session_state[f"wanted_{name}"] = key


def computed(
    name: str,
    key: tuple[Hashable, ...],
    job: Callable[[Progress], Result],
    parameter: str | None = None,
) -> Result | None:
    """The result of a work; None before its end: then its place, a bar and Cancel stand here.

    Whatever runs the page again takes the work up where it is, and so does its end.

    Args:
        name: of the work.
        key: everything the result depends on; the results are shared by all visitors.
        job: a function of `s2s.evaluation.jobs` with its arguments, as a `partial`: another process
            calls it.
        parameter: as in `wanted`.

    Raises:
        UserError: the job was refused, or too many stand in line.
    """
    if st.session_state.get(f"stopped_{name}") == key:
        st.button(tr("Go on"), icon=":material/play_arrow:", key=f"go_on_{name}",
                  on_click=st.session_state.pop, args=(f"stopped_{name}", None))  # fmt: skip
        return None
    asked: Asked = (name, *key), job, _visitor()
    work, end = line().ask(*asked), time.monotonic() + PATIENCE
    # Without a server, as in a test, nothing would look again.
    while work.outcome is None and (time.monotonic() < end or not _served()):
        time.sleep(LOOK / 10)
        work = line().ask(*asked)
    if work.outcome is None:
        _wait(asked, name, parameter)
        return None
    found: Result = work.result()
    return found


def known(name: str, key: tuple[Hashable, ...]) -> Any:
    """The result of a work that was done already; None where it was not, and nothing is begun."""
    work = line().done((name, *key))
    return work.result() if work and (work.outcome or ("",))[0] == "done" else None


def forget(name: str, key: tuple[Hashable, ...]) -> None:
    """Have a work done anew when it is asked for again."""
    line().forget((name, *key))


@st.fragment(run_every=2 * LOOK)
def _wait(asked: Asked, name: str, parameter: str | None) -> None:
    """How far a work is, looked at again and again; a fragment cannot be stopped while it runs."""
    work = line().ask(*asked)
    if work.outcome is not None:
        st.rerun()
    st.progress(min(max(work.share, 0.0), 1.0), _told(work))
    if st.button(tr("Cancel"), key=f"cancel_{name}"):
        (_, *key), _, visitor = asked
        line().leave(asked[0], visitor)
        if _is_wanted(name, tuple(key), parameter):
            _want(name, None, parameter)
        else:  # begun without being asked for
            st.session_state[f"stopped_{name}"] = tuple(key)
        st.rerun()


def _told(work: Work) -> str:
    before = line().before(work)
    if before:
        if before > 1:
            return tr("In line: {n} works of other visitors before", n=before)
        return tr("In line: {n} work of other visitors before", n=before)
    return tr("Computing: {what}", what=work.what)


def _visitor() -> str:
    context = get_script_run_ctx()
    return context.session_id if context else ""


def _served() -> bool:
    return runtime.exists() and type(runtime.get_instance()) is runtime.Runtime


def _here(visitor: str) -> bool:
    """Whether a visitor's browser is connected."""
    return not _served() or runtime.get_instance().is_active_session(visitor)


@cache
def line() -> Line:
    """The one line of this process."""
    return Line(limits().works, limits().works_each, _here)
