"""What the operating system says where a file cannot be used, in the visitor's language."""

from __future__ import annotations

from s2s.text.language import N_, Later, later

COMMON = frozenset(
    (
        N_("No space left on device"),
        N_("Disk quota exceeded"),
        N_("File too large"),
        N_("File name too long"),
        N_("No such file or directory"),
        N_("Permission denied"),
        N_("Is a directory"),
        N_("Read-only file system"),
        N_("Input/output error"),
    )
)
"""Others are told as the system has them."""


def reason(error: Exception) -> str | Later:
    """Why, in few words, without the name of the file."""
    said = getattr(error, "strerror", None) or str(error)
    return later(said) if said in COMMON else said
