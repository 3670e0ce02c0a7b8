"""Cached searches: shared by all visitors, bounded, keyed by file times."""

from __future__ import annotations

from s2s.decoding import beam_search, sampling, single, whatif
from s2s.decoding.whatif import Edit
from s2s.errors import UserError
from s2s.results import BeamTree, SearchVerdict, Source, Trace
from ui import cached
from ui.cached import Key
from ui.cached.shared import shared_cache

FEW = 6


@shared_cache(max_entries=64)
def beam(
    key: Key, text: Source, beam_size: int, length_penalty: float
) -> tuple[list[Trace], BeamTree]:
    """The finished hypotheses, best first, and the tree."""
    system = cached.system(key)
    return beam_search.beam(system, system.read(text), beam_size, length_penalty)


@shared_cache(max_entries=64)
def verdict(
    key: Key, text: Source, beam_size: int, length_penalty: float,
    reference: str | None,
) -> SearchVerdict:  # fmt: skip
    """Greedy against that beam, and both against a typed reference.

    Raises:
        UserError: when the model cannot write the reference.
    """
    system = cached.system(key)
    reading = system.read(text)
    right = None
    if reference is not None:
        right = single.forced(system, reading, whatif.reference_ids(system, reference))
    hypotheses, _ = beam(key, text, beam_size, length_penalty)
    return SearchVerdict(single.greedy(system, reading), tuple(hypotheses), right)


@shared_cache(max_entries=64)
def samples(
    key: Key, text: Source, temperature: float, top_k: int | None,
    seeds: tuple[int, ...],
) -> list[Trace]:  # fmt: skip
    """One drawn answer per seed."""
    system = cached.system(key)
    reading = system.read(text)
    return [sampling.sample(system, reading, temperature, top_k, seed) for seed in seeds]


def greedy(key: Key, text: Source) -> Trace:
    """What the model writes by itself."""
    return cached.what_if(key, text).trace


def edited(key: Key, text: str, edits: tuple[Edit, ...]) -> Source:
    """The source after the edits of the source."""
    return whatif.edited_source(cached.system(key), text, edits)


@shared_cache(max_entries=64)
def opening(key: Key, text: Source, tokens: tuple[str, ...]) -> tuple[Edit, ...]:
    """The edits that make the step view show an output, or begin as it begins.

    Only tokens that the model would not choose there by itself are forced: they say where the roads
    part. A whole answer that parts more than `FEW` times is a reference instead, if its text typed
    again gives the same tokens.
    """
    system = cached.system(key)
    ids = [system.target_vocab.ids[token] for token in tokens]
    trace = single.forced(system, system.read(text), ids)
    parted = [t for t, token in enumerate(tokens) if token != trace.candidates[t][0]]
    if len(parted) > FEW:
        try:
            retyped = whatif.reference_ids(system, trace.text)
        except UserError:
            retyped = []
        if retyped == ids:
            return (Edit("reference", 0, trace.text),)
    return tuple(Edit("force", t, tokens[t]) for t in parted)
