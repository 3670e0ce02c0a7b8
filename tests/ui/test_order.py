"""A running order as text: whole again from a link, and refused where it is none."""

from __future__ import annotations

import base64
import json
import random
import zlib

import pytest

from s2s.errors import UserError
from ui.frame import order
from ui.frame.order import Entry, Order, decode, encode

VIEWS = (
    Entry("Start here", "lessons", ""),
    Entry("열쇠 <b>", "translate", "task=fra-eng&model=plain&text=les+cl%C3%A9s&step=4&hide=1"),
    Entry("And why", "gradients", "task=fra-eng&model=plain&verdict=1"),
)


def packed(rows: object) -> str:
    raw = zlib.compress(json.dumps(rows).encode())
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def test_a_running_order_is_whole_again():
    for at in range(3):
        asked = Order(VIEWS, at)
        assert decode(encode(asked)) == asked
    assert len(encode(Order(VIEWS))) < 400
    assert (asked.beside(-1), asked.beside(1)) == (1, None)


@pytest.mark.parametrize(
    "text",
    ["", "1", "1.", "1.!!", "x." + packed([["a", "translate", ""]]), "1." + packed([]),
     "1." + packed({"a": 1}), "1." + packed([["a", "translate"]]), "1." + packed([["a", 1, ""]]),
     "1." + packed([["a", "../secret", ""]]), "1." + packed([["a" * 61, "translate", ""]]),
     "1." + packed([["a\ud800", "translate", ""]]),
     "1." + packed([["a", "translate", ""]] * 41), "1." + packed(["x" * 300_000]),
     "1." + encode(Order(VIEWS))[2:-6]],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(UserError, match="damaged"):
        decode(text)


def test_a_place_beyond_its_end_is_the_end():
    assert decode("99" + encode(Order(VIEWS))[1:]).at == 2
    assert decode("-5" + encode(Order(VIEWS))[1:]).at == 0


def test_what_no_link_holds_is_refused():
    with pytest.raises(UserError, match="full"):
        encode(Order((VIEWS[1],) * (order.MOST + 1)))
    draw = random.Random(1)
    long = tuple(Entry("a", "translate", draw.randbytes(500).hex()) for _ in range(20))
    with pytest.raises(UserError, match="full"):
        encode(Order(long))
