"""What tells one model from another in every cache."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from s2s.checkpoints import checkpoint


@dataclass(frozen=True)
class Key:
    """What tells one model from another, and from itself before its files changed.

    Attributes:
        name: ``task/variant``.
        path: the folder.
        stamp: changes when any of its files does.
    """

    name: str
    path: str
    stamp: int

    @property
    def loaded_by(self) -> str:
        """The name by which `s2s.checkpoints` loads it: a shipped one's, else its folder."""
        named = Path(self.path) in checkpoint.places(self.name)
        return self.name if named else self.path

    @property
    def job(self) -> tuple[str, int]:
        """What a job of another process knows it by: no name, which means another folder there."""
        return self.path, self.stamp
