"""A token as it can be shown: nothing invisible, nothing that turns the line round."""

from __future__ import annotations

import unicodedata
from pathlib import Path


def label(token: str, longest: int | None = None) -> str:
    """A token as it can be shown: blanks and control characters made visible, nothing hidden.

    Args:
        token: any text.
        longest: cut after this many characters with an ellipsis; None keeps all.
    """
    shown = []
    for character in token:
        if character == " ":
            shown.append("␣")
        elif ord(character) < 0x20:
            shown.append(chr(0x2400 + ord(character)))
        elif unicodedata.category(character)[0] in "CZ":  # control characters, separators
            # Zero-width joiners inside emoji are harmless, but alone they would be invisible,
            # and a bidirectional override would turn the line round.
            shown.append(
                character if character == "\u200d" and len(token) > 1 else f"U+{ord(character):04X}"
            )
        else:
            shown.append(character)
    text = "".join(shown)
    if longest is not None and len(text) > longest:
        return text[: longest - 1] + "…"
    return text


def file_label(path: str) -> str:
    """A file in a message: its name, without the folder."""
    return label(Path(path).name, 60)


def writable(text: str) -> bool:
    """Whether a text can be written as UTF-8: no half characters (lone surrogates) in it."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
