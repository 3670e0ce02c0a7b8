"""A running order: named views in a row, as text that fits into an address."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass

from s2s.errors import UserError
from s2s.text.label import writable
from s2s.text.language import tr

MOST, LONGEST = 40, 6000
"""Entries, and characters of the text."""
NAME, QUERY = 60, 4000
"""Characters of an entry's name, and of its view."""
INSIDE = 200_000
"""Bytes that a text may unpack to."""


@dataclass(frozen=True)
class Entry:
    """One view.

    Attributes:
        name: what it is called, as somebody typed it.
        page: name of the page's file.
        query: the view, as the query of the page's address.
    """

    name: str
    page: str
    query: str


@dataclass(frozen=True)
class Order:
    """Views in a row.

    Attributes:
        entries: the views.
        at: 0-based place of the one that was opened last.
    """

    entries: tuple[Entry, ...] = ()
    at: int = 0

    def beside(self, by: int) -> int | None:
        """The place so many further on; None where there is none."""
        place = self.at + by
        return place if 0 <= place < len(self.entries) else None


def encode(order: Order) -> str:
    """An order as text.

    Raises:
        UserError: when it is too long for an address.
    """
    rows = [[one.name, one.page, one.query] for one in order.entries]
    packed = zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(), 9)
    text = f"{order.at + 1}.{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"
    if len(order.entries) > MOST or len(text) > LONGEST:
        raise UserError(tr("This running order is full: a link holds no more of it."))
    return text


def decode(text: str) -> Order:
    """An order from text, of which anything may be wrong.

    Raises:
        UserError: when it is no running order.
    """
    try:
        at, _, packed = text[: LONGEST + 1].partition(".")
        raw = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
        unpacking = zlib.decompressobj()
        rows = json.loads(unpacking.decompress(raw, INSIDE).decode())
        if not unpacking.eof or not isinstance(rows, list) or not 0 < len(rows) <= MOST:
            raise ValueError
        entries = tuple(_entry(row) for row in rows)
        place = int(at[:3])
    except (ValueError, binascii.Error, zlib.error, RecursionError):
        raise UserError(tr("The running order of this link is damaged; it is left out.")) from None
    return Order(entries, min(max(place - 1, 0), len(entries) - 1))


def _entry(row: object) -> Entry:
    if not isinstance(row, list) or len(row) != 3 or not all(isinstance(part, str) for part in row):
        raise ValueError
    name, page, query = row
    if len(name) > NAME or len(query) > QUERY or not (page.isascii() and page.isidentifier()):
        raise ValueError
    if not writable(name) or not writable(query):
        raise ValueError
    return Entry(name, page, query)
