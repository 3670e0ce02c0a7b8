"""The map on a page: what is drawn, what a click says, what a browser may not send."""

import json

import pytest
from streamlit.testing.v1 import AppTest
from traces import make_trace, square_trace, with_empty_slots

from ui.parts.figures import clicked


def event(*cells):
    return {"selection": {"cell": list(cells)}}


def test_a_click_is_a_cell():
    assert clicked(event({"row": 4, "column": 5}), make_trace()) == (4, 5)
    assert clicked(event({"row": 0, "column": 0}, {"row": 6, "column": 7}), make_trace()) == (6, 7)
    assert clicked(event({"row": 6, "column": 8}), with_empty_slots()) == (6, 8)


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        {},
        {"selection": None},
        {"selection": {"cell": {}}},
        {"selection": {"cell": "row"}},
        event(),
        event(None),
        event({"row": 1}),
        event({"row": 7, "column": 0}),
        event({"row": 0, "column": 8}),
        event({"row": -1, "column": 0}),
        event({"row": True, "column": 0}),
        event({"row": 1.0, "column": 0}),
        event({"row": "1", "column": "0"}),
    ],
)
def test_anything_else_is_no_cell(sent):
    assert clicked(sent, make_trace()) is None


def page():
    import streamlit as st
    from traces import make_trace

    from s2s.plots import LIGHT
    from ui.parts import figures

    figures.show_map(st.session_state.get("trace", make_trace()), LIGHT, 1, "map")


def test_the_map_is_drawn_for_two_widths_and_says_what_to_do():
    at = AppTest.from_function(page).run(timeout=30)
    assert not at.exception
    charts = at.get("vega_lite_chart")
    assert [json.loads(c.proto.spec)["width"] for c in charts] == [1000, 350]
    for chart in charts:
        assert list(chart.proto.selection_mode) == ["cell"]
        assert chart.proto.theme == ""
        assert chart.proto.alt.startswith("Writes m (98")
    assert [c.value for c in at.caption] == ["Click a cell to read its number and tokens."] * 2


def test_a_clicked_cell_is_read_as_text(monkeypatch):
    # AppTest cannot click: what Streamlit returns for a click stands in.
    clicked_cell = event({"row": 0, "column": 1})
    monkeypatch.setattr("streamlit.vega_lite_chart", lambda *_, **__: clicked_cell)
    at = AppTest.from_function(page)
    at.session_state["trace"] = square_trace(("**b**", " "))
    at.run(timeout=30)
    assert not at.exception
    assert at.caption[0].value.replace("\\", "") == "output «**b**» ← source «␣»: 0.00"
    assert r"\*\*b\*\*" in at.caption[0].value
