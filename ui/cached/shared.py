"""One cache for all visitors: bounded, computed once, without Streamlit's cost for each look."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from s2s.text.language import current

P = ParamSpec("P")
R = TypeVar("R")
NOTHING = object()


@dataclass
class _Room:
    """Where one result is made: who comes first does it, the others wait."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    result: Any = NOTHING


_caches: list[tuple[OrderedDict[Hashable, _Room], threading.Lock]] = []
"""Every cache with its lock."""


def forget(gone: Callable[[Any], bool]) -> None:
    """Drop every result of which an argument, or a part of one, is gone.

    Args:
        gone: is asked of each argument, and of the parts of tuples.
    """

    def has(given: Any) -> bool:
        return any(map(has, given)) if isinstance(given, tuple) else gone(given)

    for rooms, guard in _caches:
        with guard:
            for key in [key for key in rooms if has(key)]:
                del rooms[key]


def shared_cache(
    *, max_entries: int, said: bool = False
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep the results of a function of hashable arguments; the one used longest ago goes first.

    Streamlit's caches hash their arguments anew and unpickle a copy at each look: 0.4 ms, thirty
    times in a rerun. Here a look is that of a dictionary, and the result is the same object for all
    visitors: nobody may write into it. What raises is not kept.

    Args:
        max_entries: results that are kept.
        said: a result holds text for people: there is one in each language.
    """

    def decorate(make: Callable[P, R]) -> Callable[P, R]:
        rooms: OrderedDict[Hashable, _Room] = OrderedDict()
        guard = threading.Lock()
        _caches.append((rooms, guard))

        @wraps(make)
        def look(*args: P.args, **kwargs: P.kwargs) -> R:
            key = (args, tuple(sorted(kwargs.items())), current() if said else "")
            with guard:
                room = rooms.setdefault(key, _Room())
                rooms.move_to_end(key)
                if len(rooms) > max_entries:
                    rooms.popitem(last=False)
            if room.result is NOTHING:
                with room.lock:
                    if room.result is NOTHING:
                        room.result = make(*args, **kwargs)
            return room.result

        return look

    return decorate


@shared_cache(max_entries=256, said=True)
def _drawn(draw: Callable[..., R], given: tuple[Any, ...], more: tuple[tuple[str, Any], ...]) -> R:
    return draw(*given, **dict(more))


def drawn(draw: Callable[P, R], *given: P.args, **more: P.kwargs) -> R:
    """What a function of `s2s.plots` draws, drawn once: nobody may write into it.

    Results are known by what they are, not by what they hold: those of another computation are
    drawn again.

    Args:
        draw: the function.
        given: its arguments, hashable.
        more: others by name.
    """
    found: R = _drawn(draw, given, tuple(more.items()))
    return found
