"""The little picture of a check: the band where healthy values lie, the tick where the value is."""

import base64
import re
import xml.etree.ElementTree as ElementTree

import pytest

from s2s.plots.health_band import WIDTH, health_band, place
from s2s.plots.palette import DARK, LIGHT
from s2s.results.diagnosis import Check, Measured


def drawn(check, palette=LIGHT):
    data = health_band(check, palette)
    svg = base64.b64decode(data.removeprefix("data:image/svg+xml;base64,")).decode()
    return ElementTree.fromstring(svg)


def parts(check, palette=LIGHT):
    """(left, right) of the band, x of the tick, whether it is pointed at."""
    bars = [e for e in drawn(check, palette) if e.tag.endswith("rect")]
    left = float(bars[1].get("x"))
    tick = float(bars[2].get("x")) + 1.25 if len(bars) > 2 else None
    marked = any(e.tag.endswith("path") for e in drawn(check, palette))
    return (left, left + float(bars[1].get("width"))), tick, marked


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("healthy", [(None, 0.2), (0.05, None)])
@pytest.mark.parametrize("value", [0.0, 0.01, 0.19, 0.21, 1.0, 50.0])
def test_the_tick_is_in_the_band_as_the_value_is_in_the_range(healthy, value, palette):
    check = Check.of("repeats", healthy, Measured(value))
    (left, right), tick, marked = parts(check, palette)
    assert (left <= tick <= right) == (check.verdict == "ok") == (not marked)
    assert 0 < tick < WIDTH


def test_without_an_answer_there_is_no_tick():
    assert parts(Check.of("repeats", (None, 0.1), Measured(None)))[1] is None


def test_larger_values_lie_further_right():
    values = [place(v / 20, 0.5, 74.0) for v in range(100)]
    assert values == sorted(values)
    assert re.match(
        r"data:image/svg\+xml;base64,", health_band(Check.of("x", (None, 1), Measured(0)))
    )
