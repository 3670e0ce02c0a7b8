"""The lessons as a page: which one, its question, the figure that answers."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import streamlit as st

from s2s.errors import UserError
from s2s.lessons import read
from s2s.lessons.fill import fill
from s2s.lessons.lesson import Lesson
from s2s.text.language import current, tr
from ui.frame import link
from ui.frame.model import Model, models
from ui.markdown import plain
from ui.views.lessons import player, room, shown, state
from ui.views.lessons.rooms import Room
from ui.views.lessons.state import At

PICK = "lesson_pick"


@lru_cache(maxsize=1)
def lessons() -> tuple[Lesson, ...]:
    """The lessons as they were when the server first needed them."""
    return read.lessons()


def show() -> None:
    """The page."""
    found = lessons()
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.title(tr("Lessons"), anchor=False, width="content")
        if not found:
            st.stop()
        follows, place = room.followed(state.at(found))
        if not follows:
            _pick(found, place)
        leads = None if follows else room.led(place)
        if not follows:
            room.phones(place, leads)
    if follows:
        _follow(follows)
    else:
        _lesson(place, None, leads)


# After a lost connection Streamlit 1.67 runs the page again by itself only where a part of it runs
# every so often: a phone must hear that the server is another one.
@st.fragment(run_every=3600.0)
def _follow(follows: Room) -> None:
    """What a phone shows; only this runs when it is told that the teacher went on."""
    if follows.left:
        st.rerun()
    own = state.at(lessons())
    room.stand(follows, own)
    _lesson(room.along(follows, own), follows, None)


def _lesson(place: At, follows: Room | None, leads: Room | None) -> None:
    there = {model.name: model for model in models() if not model.entry.problem}
    missing = sorted(place.lesson.models() - there.keys())
    if missing:
        st.warning(plain(tr("This lesson needs {models}, which is not here.",
                             models=tuple(missing))))  # fmt: skip
        return
    _question(place, there, follows, leads)


def _question(place: At, there: dict[str, Model], follows: Room | None, leads: Room | None) -> None:
    needed = {name for lesson in lessons() for name in lesson.models()}
    said = shown.looks(tuple(there[name].key for name in sorted(needed & there.keys())))
    language = place.lesson.spoken(current())
    try:
        filled = fill(place.lesson, language, place.question, said)
    except UserError as error:
        why = tr("The models here do not show what this question is about: {why}", why=error)
        st.warning(plain(why))
        return
    asks, figure = st.columns([38, 62], gap="medium")
    with asks:
        last = place.question + 1 == len(place.lesson.steps)
        more = {}
        if follows or leads:
            in_room = follows or leads
            assert in_room is not None
            more = room.told(in_room, bool(follows), len(filled.choices), place.shown)
        player.show(place, filled, lambda: _acted(place, follows), last, **more)
    with figure:
        shown.show(place, filled, said, there, alone=not follows)


def _pick(found: tuple[Lesson, ...], place: At) -> None:
    """The list of lessons."""
    names = {lesson.name: lesson for lesson in found}
    labels = {
        lesson.name: f"{n} · {lesson.titles[lesson.spoken(current())]}"
        for n, lesson in enumerate(found, 1)
    }

    def changed(name: str) -> None:
        if name in names:
            state.go(At(names[name]))

    st.selectbox(
        tr("Lesson"), list(names), label_visibility="collapsed", width=380,
        format_func=labels.__getitem__, **link.shown(PICK, place.lesson.name, changed),
    )  # fmt: skip


def _acted(place: At, follows: Room | None) -> None:
    """The visitor did something to the question that is shown."""
    act = player.told()
    if follows:
        place = room.along(follows, state.at(lessons()))  # that question may have been sent since
    if act.get("id") != f"{place.lesson.name} {place.question}":
        return
    do = str(act.get("do"))
    if follows and do not in ("guess", "answer"):
        return
    there = moved(place, do, act.get("value"))
    if follows:
        room.guessed(follows, there)
        if follows.hides:
            there = replace(there, shown=False)
    state.go(there)


def moved(place: At, do: str, value: object = None) -> At:
    """Where an act leads."""
    lesson, question = place.lesson, place.question
    guess = state.guessed(lesson, question, value)
    if do == "guess" and not place.shown:
        return replace(place, guess=guess)
    if do == "answer":
        return replace(place, guess=guess if guess is not None else place.guess, shown=True)
    if do == "next" and place.shown:
        return At(lesson, (question + 1) % len(lesson.steps))
    if do == "back":
        if place.shown:
            return replace(place, shown=False)
        return At(lesson, question - 1, None, True) if question else At(lesson)
    return place
