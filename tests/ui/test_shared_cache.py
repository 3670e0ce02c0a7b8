"""One cache for all visitors: computed once, bounded, and what raises is tried again."""

from __future__ import annotations

import threading
import time

import pytest
from streamlit.testing.v1 import AppTest

from s2s.text.language import speaking, tr
from ui.cached.shared import drawn, shared_cache


def test_the_same_request_of_many_visitors_runs_once():
    calls = []

    @shared_cache(max_entries=4)
    def make(n: int, *, more: int = 0) -> object:
        calls.append(n)
        time.sleep(0.05)
        return object()

    found = []
    threads = [threading.Thread(target=lambda: found.append(make(1))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == [1] and len(set(map(id, found))) == 1 and len(found) == 8
    assert make(1, more=2) is not found[0]


def test_others_do_not_wait():
    gate = threading.Event()

    @shared_cache(max_entries=4)
    def make(slow: bool) -> bool:
        return gate.wait(5) if slow else True

    thread = threading.Thread(target=make, args=(True,))
    thread.start()
    assert make(False) is True
    gate.set()
    thread.join()


def test_the_one_used_longest_ago_goes_first():
    calls = []

    @shared_cache(max_entries=2)
    def make(n: int) -> None:
        calls.append(n)

    for n in (1, 2, 1, 3, 1, 2):
        make(n)
    assert calls == [1, 2, 3, 2], "None is a result too"


def test_what_raises_is_tried_again():
    calls = []

    @shared_cache(max_entries=2)
    def make(n: int) -> int:
        calls.append(n)
        if len(calls) == 1:
            raise ValueError
        return n

    with pytest.raises(ValueError):
        make(1)
    assert make(1) == 1 and calls == [1, 1]


def test_what_is_said_is_kept_for_each_language():
    calls = []

    @shared_cache(max_entries=4, said=True)
    def make(n: int) -> str:
        calls.append(n)
        return tr("Lessons")

    with speaking("ko"):
        assert make(1) == "수업"
    assert make(1) == "Lessons" and calls == [1, 1]
    with speaking("ko"):
        assert make(1) == "수업" and drawn(tr, "Lessons") == "수업"
    assert drawn(tr, "Lessons") == "Lessons" and calls == [1, 1]


def test_a_page_writes_into_no_figure():
    """Figures are shared by all visitors."""

    def script() -> None:
        from copy import deepcopy

        import streamlit as st
        from traces import make_trace

        from s2s import plots
        from s2s.plots.palette import LIGHT
        from ui.cached.shared import drawn

        trace = make_trace()
        chart = drawn(plots.attention_map, trace, LIGHT, 1)
        before = deepcopy(chart)
        st.vega_lite_chart(chart, theme=None, on_select="rerun", selection_mode="cell", key="x")
        assert chart == before
        assert drawn(plots.attention_map, trace, LIGHT, 1) is chart
        assert drawn(plots.attention_map, make_trace(), LIGHT, 1) is not chart
        assert drawn(plots.attention_map, trace, LIGHT, 0) is not chart

    at = AppTest.from_function(script).run(timeout=30)
    assert not at.exception, at.exception[0].stack_trace
