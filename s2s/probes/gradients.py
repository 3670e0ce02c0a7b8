"""GradientFlow of a sentence: what reaches back through time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from s2s.decoding import single, whatif
from s2s.decoding.adapter import ForeignModel
from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.model.batch import make_source
from s2s.model.cells import known_equations
from s2s.probes.foreign_states import foreign_gradients
from s2s.probes.options import check_choice, layer_of
from s2s.probes.sentence import Sentence, StateGradients, prepare
from s2s.probes.through_time import by_hand, fits, sigmoid
from s2s.probes.unrolled import by_autograd
from s2s.results import Array, GradientFlow, Reading, Source
from s2s.results.gradients import NORMS, OF, STATES
from s2s.text.language import later


@torch.inference_mode(mode=False)
def gradient_flow(
    system: System,
    text: Source | Reading,
    target: str | Sequence[int] | None = None,
    *,
    of: str = "log_odds",
    state: str = "hidden",
    layer: int = -1,
    norm: str = "l1",
) -> GradientFlow:
    """How strongly each output token depends on each recurrent state.

    The model is only read: dropout is off whatever its mode, no ``.grad`` is written, and any
    number of threads may ask at once. Everything is computed in float64; a module behind an
    adapter computes in its own type, and gives states if it has `step_states`.

    Args:
        system: the model. It may be in training, if the target is given.
        text: the source, typed or read.
        target: the output whose losses are wanted, typed or as ids (the end token included); None
            for the model's own greedy output. Either way its tokens are fed and held fixed.
        of: ``log_odds`` or ``loss``.
        state: ``hidden``, or ``cell`` for an LSTM. Each is nudged while the other is held fixed.
        layer: 0-based; -1 is the top layer.
        norm: ``l1`` or ``l2``, over the units of a state.

    Raises:
        UserError: for a text or target the model cannot read or write, or an option it lacks.
    """
    for name, value, choices in (("of", of, OF), ("state", state, STATES), ("norm", norm, NORMS)):
        check_choice(name, value, choices)
    own = system.model
    if isinstance(own, ForeignModel) and hasattr(own.adapter, "step_states"):
        if state != "hidden" or layer not in (-1, 0):
            raise UserError(
                later("{name} passes one hidden state a step, and no other.", name=system.name)
            )
        layer, reading = 0, text if isinstance(text, Reading) else system.read(text)
        output = output_ids(system, reading, target)
        fed = [system.start, *output[:-1]]
        found = foreign_gradients(own, reading.ids, fed, output)
        places = tuple(range(len(reading.ids)))
    else:
        layer = _layer(system, state, layer)
        reading, output, fed, sentence = ready(system, text, target)
        found, places = state_gradients(sentence, state, layer), sentence.places
    odds = found.log_odds
    scale = sigmoid(-odds) if of == "loss" else np.ones_like(odds)  # [T] 1 - p, or 1

    def size(vectors: Array) -> Array:
        """[T, N, H] to [T, N]."""
        norms = torch.linalg.vector_norm(torch.from_numpy(vectors), NORMS[norm], dim=-1)
        return norms.numpy() * scale[:, None]

    vocab = system.target_vocab
    return GradientFlow(
        model=system.name,
        reading=reading,
        output=tuple(vocab.decode(output)),
        fed=tuple(vocab.decode(fed)),
        places=places,
        of=of,
        state=state,
        layer=layer,
        norm=norm,
        mode="free-running" if target is None else "teacher-forced",
        encoder=size(found.encoder),
        decoder=size(found.decoder),
        bottleneck=size(found.initial[:, None])[:, 0],
        losses=np.logaddexp(0, -odds),
        probabilities=sigmoid(odds),
    )


def ready(
    system: System, text: Source | Reading, target: str | Sequence[int] | None
) -> tuple[Reading, list[int], list[int], Sentence]:
    """What is read, the T output ids, the T fed ones, and all three ready to be differentiated."""
    reading = text if isinstance(text, Reading) else system.read(text)
    output = output_ids(system, reading, target)
    fed = [system.start, *output[:-1]]
    source = make_source([reading.ids], system.config, system.sequence, system.source_vocab)
    return reading, output, fed, prepare(system.model, source, fed, output)


def _layer(system: System, state: str, layer: int) -> int:
    """The layer counted from 0; UserError if the model has no such state."""
    config, model = system.config, system.model
    cell = known_equations(config, model.encoder.rnn, model.decoder.rnn)
    if state == "cell" and cell != "lstm":
        raise UserError(
            later("{name} has {cell} cells; only an LSTM has a cell state.", name=system.name,
                  cell=cell.upper())
        )  # fmt: skip
    return layer_of(system, layer)


def output_ids(system: System, reading: Reading, target: str | Sequence[int] | None) -> list[int]:
    """The T output ids: the model's own greedy ones, or those of a target, typed or as ids."""
    if target is None:
        ids = system.target_vocab.ids
        return [ids[token] for token in single.greedy(system, reading).output]
    output = whatif.reference_ids(system, target) if isinstance(target, str) else list(target)
    limit = system.sequence.max_output_length
    if not output:
        raise UserError(later("Name at least one output token."))
    if len(output) > limit:
        raise UserError(
            later("{n} output tokens; this model writes at most {limit}.", n=len(output),
                  limit=limit)
        )  # fmt: skip
    if not all(0 <= index < len(system.target_vocab) for index in output):
        raise UserError(later("The target has an id that the target vocabulary does not have."))
    return output


def state_gradients(sentence: Sentence, state: str, layer: int) -> StateGradients:
    """All T gradients by the fastest way there is for this model."""
    way = by_hand if fits(sentence) else by_autograd
    return way(sentence, state, layer)
