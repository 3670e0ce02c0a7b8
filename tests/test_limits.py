"""Limits: safe by default, set by environment variables, refused by name, documented."""

from __future__ import annotations

from dataclasses import fields

import pytest
from tiny import ROOT

from s2s.config.limits import PREFIX, Limits, limits, read
from s2s.errors import UserError


def test_the_environment_sets_them():
    assert read({"PATH": "/bin"}) == Limits()
    found = read({"S2S_LIMIT_FILE_LINES": "7", "S2S_CHECKPOINTS": "/models"})
    assert found == Limits(file_lines=7)
    assert limits() is limits()


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "", "many", "9" * 16, "٣", "1e6", " 5"])
def test_what_is_no_limit_is_refused_by_name(value):
    with pytest.raises(UserError, match=r"S2S_LIMIT_TOKENS is .*; it must be a whole number"):
        read({"S2S_LIMIT_TOKENS": value})


def test_an_unknown_limit_is_refused_by_name():
    with pytest.raises(UserError, match="S2S_LIMIT_TOKEN is no limit; there are S2S_LIMIT_CONFIG"):
        read({"S2S_LIMIT_TOKEN": "5"})


def test_every_limit_is_documented():
    text = (ROOT / "docs" / "serving.md").read_text("utf-8")
    for item in fields(Limits):
        row = f"| `{PREFIX}{item.name.upper()}` | {item.default:,} | {item.metadata['help']} |"
        assert row in text
