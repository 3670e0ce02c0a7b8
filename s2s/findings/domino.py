"""What one wrong token does to the next, in a sentence."""

from __future__ import annotations

from s2s.results.domino import Domino, Share
from s2s.text.language import tr
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
    return tr(
        "{name}, by itself (free-running): {right} right after a right token, {wrong} after a "
        "wrong one; with the right words fed (teacher forcing): {fed_right} and {fed_wrong}.",
        name=name, right=free[0], wrong=free[1], fed_right=forced[0], fed_wrong=forced[1],
    )  # fmt: skip


def _percent(share: Share) -> str:
    return f"{100 * share.value:.0f}{NO_BREAK}%" if share.of else tr("none")
