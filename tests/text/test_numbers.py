"""Numbers in print: signs, spreads, durations."""

import pytest

from s2s.text.numbers import duration, signed, spread


@pytest.mark.parametrize(("value", "text"), [(1.26, "+1.3"), (-2.0, "−2.0"), (-0.04, "+0.0")])
def test_signs(value, text):
    assert signed(value) == text


def test_spreads():
    assert spread([1.0, 2.0, 3.0], 1) == "2.0 ± 1.0"
    assert spread([12345.6], 0) == "12\u202f346"
    assert spread([-1.0, -1.0], 2) == "−1.00 ± 0.00"


def test_durations():
    assert [duration(s) for s in (0.25, 45, 600, 9000)] == [
        "0.2 seconds", "45 seconds", "10 minutes", "2.5 hours",
    ]  # fmt: skip
