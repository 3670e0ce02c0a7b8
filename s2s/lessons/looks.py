"""What the models say about the sentences of the lessons, computed when first asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, TypeVar

from s2s.checkpoints import checkpoint, replays
from s2s.checkpoints.checkpoint import Entry
from s2s.decoding import beam_search, single, whatif
from s2s.decoding.translator import Translator
from s2s.decoding.whatif import Edit, WhatIf
from s2s.errors import UserError
from s2s.evaluation.domino import domino
from s2s.evaluation.reading import read_set
from s2s.lessons.lesson import Seen
from s2s.probes.agreement import agreement
from s2s.probes.gradients import gradient_flow
from s2s.probes.walk import walk
from s2s.results import Agreement, BeamTree, GradientFlow, SearchVerdict, Trace
from s2s.results.domino import Domino
from s2s.results.replay import Replay
from s2s.results.walk import Walk
from s2s.tasks import testsets
from s2s.text.language import later

R = TypeVar("R")
PAIRS = 200
"""Pairs of a test set, for what is counted over many sentences."""


class Looks:
    """Results by what they are of; each is made once and kept.

    What can be asked for is what the lessons' files name, so there is a bound to what is kept.

    Args:
        entries: the models that there are, by name.
        load: gives a model by its name.
    """

    def __init__(
        self,
        entries: dict[str, Entry] | None = None,
        load: Callable[[str], Translator] = checkpoint.load,
    ) -> None:
        if entries is None:
            entries = {entry.name: entry for entry in checkpoint.entries()}
        self._entries, self._load = entries, load
        self._kept: dict[Hashable, Any] = {}
        self._lock = threading.RLock()

    def _once(self, key: Hashable, make: Callable[[], R]) -> R:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
            found: R = self._kept[key]
            return found

    def entry(self, name: str) -> Entry:
        """A model's folder; UserError where there is none, or it cannot be used."""
        found = self._entries.get(name)
        if found is None or found.problem:
            why = found.problem if found else None
            raise UserError(why or later("there is no model {name} here.", name=name))
        return found

    def system(self, name: str) -> Translator:
        """A model."""
        self.entry(name)
        return self._once(("system", name), lambda: self._load(name))

    def what_if(self, seen: Seen) -> WhatIf:
        """The answer, with what it was made to write beside its own."""
        edits = [Edit("force", step - 1, token) for step, token in seen.force]
        if seen.write:
            edits.append(Edit("reference", 0, seen.write))
        return self._once(
            ("trace", seen), lambda: whatif.run(self.system(seen.model), seen.text, edits)
        )

    def trace(self, seen: Seen) -> Trace:
        """The answer."""
        return self.what_if(seen).trace

    def flow(self, seen: Seen) -> GradientFlow:
        """The gradients of the log odds of that answer."""
        ids = self.system(seen.model).target_vocab.ids
        target = [ids[token] for token in self.trace(seen).output]
        return self._once(
            ("flow", seen), lambda: gradient_flow(self.system(seen.model), seen.text, target)
        )

    def walk(self, seen: Seen, step: int) -> Walk:
        """The arithmetic of a 0-based step."""
        return self._once(
            ("walk", seen, step),
            lambda: walk(self.system(seen.model), self.trace(seen), step),
        )

    def beam(self, seen: Seen, size: int) -> tuple[SearchVerdict, BeamTree]:
        """Greedy's answer against a beam's, and the beam as a tree."""

        def make() -> tuple[SearchVerdict, BeamTree]:
            system = self.system(seen.model)
            reading = system.read(seen.text)
            found, tree = beam_search.beam(system, reading, size, 0.0)
            return SearchVerdict(single.greedy(system, reading), tuple(found)), tree

        return self._once(("beam", seen, size), make)

    def agreement(self, seen: Seen) -> Agreement:
        """Attention beside three attributions, and other weights in its place."""
        return self._once(
            ("agreement", seen), lambda: agreement(self.system(seen.model), seen.text)
        )

    def domino(self, seen: Seen) -> Domino:
        """Right tokens of the task's test set, with right and with own tokens fed."""

        def make() -> Domino:
            system = self.system(seen.model)
            pairs = testsets.of(seen.model.split("/")[0]).first(PAIRS)
            return domino(system, read_set([system], pairs))

        return self._once(("domino", seen.model), make)

    def replay(self, seen: Seen) -> Replay:
        """The sentence epoch by epoch; UserError where the model did not keep it."""
        kept = self._once(
            ("replays", seen.model),
            lambda: replays.read(Path(self.entry(seen.model).path) / replays.REPLAY),
        )
        found = next((one for one in kept if one.source == seen.text), None)
        if found is None:
            raise UserError(
                later(
                    "{model} kept no epochs of “{sentence}”.", model=seen.model, sentence=seen.text
                )
            )
        return found
