"""What one wrong token does to the next, in a sentence."""

from __future__ import annotations

from s2s.results.domino import Domino, Share
from s2s.text.numbers import NO_BREAK


def domino_finding(found: Domino, name: str) -> str:
    """How often a model is right after a right and after a wrong token.

    Args:
        found: of one model.
        name: what to call it.
    """
    free, forced = (
        [_percent(found.after(fed, right)) for right in (True, False)] for fed in ("free", "forced")
    )
    return (
        f"{name}, by itself (free-running): {free[0]} right after a right token, {free[1]} after a "
        f"wrong one; with the right words fed (teacher forcing): {forced[0]} and {forced[1]}."
    )


def _percent(share: Share) -> str:
    return f"{100 * share.value:.0f}{NO_BREAK}%" if share.of else "none"
