"""What patching shows, in sentences: by hand-made numbers."""

from __future__ import annotations

import numpy as np

from s2s.findings.states import grey_rows_note, patching_finding, unit_patching_finding
from s2s.results.patching import Patching, UnitPatching

NARROW = "\xa0"


def patching(clean, corrupted, patched):
    count = len(clean)
    return Patching(
        "a/b", tuple("abc"), tuple("xbc"), tuple("uvwz"[:count]), tuple("xvw"[:count]),
        np.array(clean), np.array(corrupted), np.array(patched),
    )  # fmt: skip


def units(together, alone=(0.5, 0.0, 4.5, 0.0), drawn=None, clean=10.0):
    drawn = drawn or [[0.0], [1.0], [2.0], [together[-1]]]
    return UnitPatching(
        "a/b", 0, 1, 2, "v", "b", clean, 0.0, (0, 1, 2, 4), np.array(alone), np.array(together),
        np.array(drawn),
    )  # fmt: skip


def plain(text):
    return text.replace(NARROW, " ")


def test_the_state_that_brings_most_back_is_named():
    found = patching([4.0, 1.0], [0.0, 1.0], [[1.0, 3.0, 0.0], [1.0, 1.0, 1.0]])
    assert plain(patching_finding(found, 0)) == (
        "“u” loses 4.0 nats of log odds when the other source is read. Its state at “b” alone "
        "brings 75 % of that back."
    )
    assert patching_finding(found, 1) == (
        "Reading the other source takes nothing from “v”: there is nothing to restore."
    )
    assert grey_rows_note(found).startswith("Grey:")
    assert grey_rows_note(patching([4.0], [0.0], [[1.0, 3.0, 0.0]])) == ""


def test_how_many_units_carry_it():
    assert plain(unit_patching_finding(units([0.0, 4.5, 6.0, 8.0]))) == (
        "Unit 2 alone of the state at “b” brings 45 % of the log odds of “v” back, one drawn by "
        "chance 10 %, all of them 80 %."
    )
    assert plain(unit_patching_finding(units([0.0, 3.0, 6.0, 8.0], (0.0, 3.0, 2.0, 1.0)))) == (
        "The 2 strongest of 4 units of the state at “b” bring 60 % of the log odds of “v” back, as "
        "many drawn by chance 20 %, all of them 80 %. The strongest alone, unit 1: 30 %."
    )


def test_a_state_that_carries_nothing_and_a_token_that_loses_nothing():
    assert plain(unit_patching_finding(units([0.0, 0.1, 0.2, 0.3]))) == (
        "All 4 units of the state at “b” together bring 3.0 % of the log odds of “v” back: other "
        "states carry it."
    )
    assert "nothing to restore" in unit_patching_finding(units([0.0, 0.1, 0.2, 0.3], clean=0.05))
