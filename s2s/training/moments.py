"""What is kept of the watched sentences after an epoch, beside the losses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from s2s.decoding import single
from s2s.decoding.system import System
from s2s.probes import gradient_flow
from s2s.results.replay import Moment, Replay
from s2s.tasks.split import Pair

SENTENCES = 4
"""How many of a run's watched sentences are kept whole; of the others the words alone."""


def chosen(parts: Mapping[str, Sequence[Pair]], count: int = SENTENCES) -> tuple[Pair, ...]:
    """Sentences to follow: held-out ones, else of the training part, of the longer half."""
    pairs = sorted(parts["validation"] or parts["train"], key=lambda pair: len(pair[0]))
    pairs = pairs[len(pairs) // 2 :]
    return tuple(pairs[:: max(1, len(pairs) // count)][:count])


def record(system: System, watch: Sequence[Pair], epoch: int) -> tuple[Replay, ...]:
    """Answer, attention, gradients and states of the first `SENTENCES` that are watched.

    The model is only read.

    Args:
        system: the model, in eval mode.
        watch: sentences with what they should become.
        epoch: that has just ended, 1-based.
    """
    found = []
    for source, reference in watch[:SENTENCES]:
        reading = system.read(source, suggest=False)
        trace = single.greedy(system, reading)
        ids = [system.target_vocab.ids[token] for token in trace.output]
        flow = gradient_flow(system, reading, ids)
        moment = Moment(
            epoch, trace.output, trace.attention, flow.encoder, flow.decoder, trace.probabilities,
            trace.encoder_states, trace.initial_state, trace.decoder_states,
        )  # fmt: skip
        found.append(Replay(source, reference, reading.tokens, (moment,)))
    return tuple(found)
