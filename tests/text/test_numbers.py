"""Numbers in print: signs, spreads, durations."""

import pytest

from s2s.text.numbers import duration, percent, power_of_ten, rounded, signed, spread, times


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


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e9, "1.0·10⁹"), (9e-13, "9.0·10⁻¹³"), (9.96e5, "1.0·10⁶"), (84213, "84\u202f000"),
     (0.031, "0.031"), (0, "0"), (float("inf"), "inf")],
)  # fmt: skip
def test_sizes_have_no_caret_and_no_row_of_zeros(value, text):
    assert rounded(value) == text
    if 1 <= value < 1e12:
        assert times(value).endswith("×") and "^" not in times(value)


@pytest.mark.parametrize(
    ("share", "text"),
    [(9e-13, "< 0.1 %"), (0.0004, "< 0.1 %"), (0.9999999, "> 99.9 %"), (0.996, "99.6 %"),
     (0, "0 %"), (1, "100 %"), (1e-300, "< 0.1 %")],
)  # fmt: skip
def test_what_is_not_zero_is_never_zero(share, text):
    assert percent(share).replace("\u00a0", " ") == text


def test_powers_of_ten():
    assert [power_of_ten(n) for n in (-13, -2, 0, 4, 9)] == ["10⁻¹³", "0.01", "1", "10000", "10⁹"]
