"""What a browser never sends but a hostile one can: values of widgets beyond their options."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest
from tiny import ROOT

HALF = '"\\ud800"'
NUMBERS = (float("inf"), float("-inf"), float("nan"), 1e308, -1.0, 0.5)
JSON = ("{}", HALF, "[1e999]", '{"edit": 3}', '{"step": {"id": "", "step": 1e999}}',
        '{"edit": {"do": "force", "step": 1, "token": "\\ud800"}}',
        '{"edit": {"do": "attend", "step": 0, "weights": [NaN, Infinity]}}',
        '{"edit": {"do": "replace", "source": 1e300, "text": "x"}}',
        '{"hide": {"hidden": []}}', '{"selection": {"rows": [1e99], "cells": [[1, 2]]}}',
        "[]")  # fmt: skip
TEXTS = ("", "translate", "reverse", "None", "<b>x</b>", "-1", "\0", "9" * 5000)


def states(name: str, kind: str) -> Iterator[WidgetState]:
    """Values of the kind that a widget sends, none of which its own page would send."""
    if kind == "number_input":
        yield from (WidgetState(id=name, double_value=number) for number in NUMBERS)
    elif kind == "slider":
        for number in NUMBERS:
            state = WidgetState(id=name)
            state.double_array_value.data.extend([-5.0, number])
            yield state
    elif kind == "bidi_component":
        yield from (WidgetState(id=name, json_value=text) for text in JSON)
    elif kind in ("arrow_data_frame", "vega_lite_chart"):
        yield from (WidgetState(id=name, string_value=text) for text in JSON)
    elif kind in ("text_input", "selectbox", "radio"):
        yield from (WidgetState(id=name, string_value=text) for text in TEXTS)
    elif kind in ("button_group", "multiselect"):
        for text in TEXTS:
            state = WidgetState(id=name)
            state.string_array_value.data.extend([text, text])
            yield state


def widgets(at: AppTest) -> dict[str, str]:
    """Id to kind of everything on the page that a browser may send a value for."""
    found = {}

    def walk(node: Any) -> None:
        name = getattr(getattr(node, "proto", None), "id", "")
        if isinstance(name, str) and name.startswith("$$"):
            found[name] = node.type
        for child in getattr(node, "children", {}).values():
            walk(child)

    walk(at._tree)
    return found


def visit(page: str, **query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.query_params.update(query)
    at.run()
    if page != "translate":
        at.switch_page(f"pages/{page}.py").run()
    return at


@pytest.mark.parametrize("page", ["translate", "attention", "gradients", "compare", "models"])
@pytest.mark.parametrize("variant", ["attention", "plain"])
def test_no_value_ends_in_an_error_box(page: str, variant: str):
    """Each run sends one such value for every widget that the page has by then."""
    given = {"task": "reverse", "model": variant}
    more = {"other": "beam", "verdict": "1"} if page == "translate" else {}
    at = visit(page, **given, **more)
    for place in range(max(len(JSON), len(TEXTS), len(NUMBERS))):
        wanted = WidgetStates()
        for name, kind in widgets(at).items():
            found = list(states(name, kind))
            wanted.widgets.extend(found[place % len(found)] for _ in found[:1])
        at._run(wanted)
        assert not at.exception, (place, at.exception[0].message)
