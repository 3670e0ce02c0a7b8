"""A model's key: what Streamlit's caches tell models by."""

from dataclasses import FrozenInstanceError, replace

import pytest
import streamlit as st
from tiny import build_system

from ui import cached
from ui.cached import Key

KEY = Key("fra-eng/attention", "/models/fra-eng/attention", 7)


@pytest.mark.parametrize("cache", [st.cache_data, st.cache_resource])
def test_streamlit_tells_keys_apart(cache):
    calls = []

    @cache(max_entries=20, show_spinner=False)
    def look(key: Key, keys: tuple[Key, ...], text: str) -> int:
        calls.append(key)
        return len(calls)

    first = look(KEY, (KEY,), "a")
    assert look(Key(*vars(KEY).values()), (replace(KEY),), "a") == first and len(calls) == 1
    for change in ({"name": "x"}, {"path": "/x"}, {"stamp": 8}):
        other = replace(KEY, **change)
        assert look(other, (KEY,), "a") != look(KEY, (other,), "a") != first
    assert len(calls) == 7


def test_a_key_is_a_value():
    assert len({KEY, replace(KEY), replace(KEY, stamp=8)}) == 2
    with pytest.raises(FrozenInstanceError):
        KEY.stamp = 8


def test_a_replaced_folder_is_another_key(models):
    folder = models("fra-eng/tiny", build_system())
    (entry,) = cached.entries()
    (folder / "README.md").write_text("Another card.", "utf-8")
    cached.look()  # as each run of a page begins
    (after,) = cached.entries()
    assert after.stamp != entry.stamp
