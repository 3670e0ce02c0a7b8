"""A StateCorpus: many sentences read and written by one model, with the state at every token."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from s2s.decoding import batched
from s2s.decoding.loop import DecodeLoop
from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.model.batch import make_source
from s2s.model.cells import known_equations
from s2s.model.decoder import Decoded
from s2s.model.encoder import Encoder
from s2s.probes.options import layer_of
from s2s.results import Array
from s2s.results.state_corpus import SideStates, StateCorpus
from s2s.tasks.labelled import LabelledSet
from s2s.text.language import Later, later

MOST_STATES = 200_000
"""States of each side that a corpus may have: 200 MB at 512 units."""
BATCH, CHUNK = 256, 4096
"""Sentences computed at once, and sentences whose states are held beside each other meanwhile."""
Progress = Callable[[float, Later], None]


def state_corpus(
    system: System,
    sentences: LabelledSet,
    layer: int = -1,
    progress: Progress = lambda share, what: None,
    most: int = MOST_STATES,
) -> StateCorpus:
    """Read and greedily write every sentence; keep what one layer of both sides held.

    The states are those of `hidden_states`, in the model's own type, rounded to float16. The model
    is only read.

    Args:
        system: the model.
        sentences: what it reads; those that it cannot read are counted and left out.
        layer: 0-based; -1 is the top layer.
        progress: takes the share that is done, and what comes next.
        most: states of each side; sentences after that are left out.

    Raises:
        UserError: for a model whose cells are not known, a layer that it lacks, and where it can
            read none of the sentences.
    """
    config = system.config
    known_equations(config, system.model.encoder.rnn, system.model.decoder.rnn)
    layer = layer_of(system, layer)
    kept, rows, refused = _read(
        system, sentences, most, lambda share: progress(0.2 * share, later("reading"))
    )
    if not kept:
        raise UserError(
            later("{name} can read none of the {n} sentences.", name=system.name,
                  n=len(sentences.sentences))
        )  # fmt: skip
    chunks = [
        _Chunk(system, rows[start : start + CHUNK], layer) for start in range(0, len(rows), CHUNK)
    ]
    done, written = 0, 0
    for number, chunk in enumerate(chunks):

        def tell(n: int, total: int, done: int = done) -> None:
            progress(0.2 + 0.8 * (done + n) / len(rows), later("sentences through the model"))

        chunk.run(tell)
        done += len(chunk.rows)
        written += len(chunk.decoder)
        if written >= most:
            del chunks[number + 1 :]
            break
    outputs = [output for chunk in chunks for output in chunk.outputs]
    # Whole sentences alone; the first stays whatever its length.
    ends = np.cumsum([len(output) for output in outputs])
    count = max(1, int(np.searchsorted(ends, most, side="right")))
    kept, outputs, rows = kept[:count], outputs[:count], rows[:count]
    asked = [sentences.sentences[place] for place in kept]
    return StateCorpus(
        model=system.name,
        layer=layer,
        about=sentences.about,
        texts=tuple(one.text for one in asked),
        sources=tuple(tuple(system.source_vocab.decode(row)) for row in rows),
        outputs=tuple(tuple(system.target_vocab.decode(output)) for output in outputs),
        labels=tuple(one.labels for one in asked),
        encoder=_side([chunk.encoder for chunk in chunks], [len(row) for row in rows]),
        decoder=_side([chunk.decoder for chunk in chunks], [len(output) for output in outputs]),
        refused=refused,
    )


def _read(
    system: System, sentences: LabelledSet, most: int, progress: Callable[[float], None]
) -> tuple[list[int], list[tuple[int, ...]], int]:
    """Places of the sentences that can be read, and their ids, as long as there is room.

    And how many could not be read among them.
    """
    kept, rows = list[int](), list[tuple[int, ...]]()
    total = refused = 0
    for place, one in enumerate(sentences.sentences):
        if place % 500 == 0:
            progress(place / len(sentences.sentences))
        try:
            ids = system.read(one.text, suggest=False).ids
        except UserError:
            refused += 1
            continue
        total += len(ids)
        if rows and total > most:
            break
        kept.append(place)
        rows.append(tuple(ids))
    return kept, rows, refused


def _side(parts: Sequence[Array], lengths: Sequence[int]) -> SideStates:
    """Chunks of states [n, M] as one side; lengths are those of the sentences that are kept."""
    count = sum(lengths)
    states = (parts[0] if len(parts) == 1 else np.concatenate(parts))[:count]
    sentence = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    place = np.concatenate([np.arange(length, dtype=np.int32) for length in lengths])
    return SideStates(states, sizes(states), sentence, place)


def sizes(states: Array) -> Array:
    """[N] lengths of vectors [N, M], as float32, block by block."""
    found = np.empty(len(states), np.float32)
    for start in range(0, len(states), CHUNK):
        block = states[start : start + CHUNK].astype(np.float32)
        found[start : start + CHUNK] = np.sqrt(np.einsum("nm,nm->n", block, block))
    return found


class _Chunk:
    """Some sentences, and the states of both sides in their order.

    Attributes:
        rows: n sources as ids.
        outputs: n outputs as ids.
        encoder: [states, M] float16.
        decoder: [states, H] float16.
    """

    def __init__(self, system: System, rows: Sequence[tuple[int, ...]], layer: int) -> None:
        self.rows, self._system, self._layer = rows, system, layer
        self.outputs: list[tuple[int, ...]] = []
        self._starts = np.cumsum([0, *(len(row) for row in rows)])
        config = system.config
        size = config.way_size * config.ways
        self.encoder: Array = np.empty((int(self._starts[-1]), size), np.float16)
        self.decoder: Array = np.empty((0, config.hidden), np.float16)
        # The model hands the top layer's states on, but both ways added up where it reads them so.
        whole = layer == config.layers - 1 and config.directions == "concat"
        self._reader = None if whole else part_of(system.model.encoder, layer)

    def run(self, progress: Callable[[int, int], None]) -> None:
        """Read and write all of them."""
        found = batched.by_length(
            range(len(self.rows)), lambda place: len(self.rows[place]), self._batch, progress, BATCH
        )
        self.outputs = [output for output, _ in found]
        self.decoder = np.concatenate([states for _, states in found])

    def _batch(self, places: list[int]) -> list[tuple[tuple[int, ...], Array]]:
        rows = [self.rows[place] for place in places]
        keeper = _Keeper(self._layer)
        written = batched.write_batch(self._system, rows, looked=False, keeper=keeper)
        memory, lengths = keeper.memory, np.array([len(row) for row in rows])
        if self._reader is not None:
            memory = self._encoded(rows)
        assert memory is not None  # a batch has at least one step
        inside = np.arange(memory.shape[1]) < lengths[:, None]  # [B, S]
        target = (self._starts[places][:, None] + np.arange(memory.shape[1]))[inside]
        self.encoder[target] = memory[torch.from_numpy(inside)].half().numpy()
        steps = keeper.steps(len(rows))  # [B, T, H]
        return [(one.ids, steps[n, : len(one.ids)]) for n, one in enumerate(written)]

    @torch.inference_mode()
    def _encoded(self, rows: Sequence[Sequence[int]]) -> Tensor:
        assert self._reader is not None
        system = self._system
        source = make_source(rows, system.config, system.sequence, system.source_vocab)
        return self._reader(source).states


class _Keeper:
    """What `write_batch` shows of a batch: the memory, and the states of one layer by step."""

    def __init__(self, layer: int) -> None:
        self._layer = layer
        self._kept: list[tuple[Tensor, Tensor]] = []
        self.memory: Tensor | None = None

    def begin(self, loop: DecodeLoop) -> None:
        """What was read."""
        self.memory = loop.memory.states

    def keep(self, t: int, at: Tensor, left: Tensor, step: Decoded) -> None:
        """One step."""
        self._kept.append((at, step.state.hidden[self._layer][left].half()))

    def steps(self, size: int) -> Array:
        """[B, T, H] of all steps."""
        _, first = self._kept[0]
        found = torch.zeros(size, len(self._kept), first.shape[1], dtype=torch.half)
        for t, (at, states) in enumerate(self._kept):
            found[at, t] = states
        return found.numpy()


def part_of(encoder: Encoder, layer: int) -> Encoder:
    """An encoder of the layers up to one, with the same weights, both ways side by side."""
    whole = encoder.rnn
    rnn = type(whole)(
        whole.input_size, whole.hidden_size, num_layers=layer + 1, batch_first=True,
        bidirectional=whole.bidirectional, device="meta",
    ).eval()  # fmt: skip
    own = dict(whole.named_parameters())
    rnn.load_state_dict({name: own[name] for name in rnn.state_dict()}, assign=True)
    found = copy.copy(encoder)
    found._modules = {**encoder._modules, "rnn": rnn}
    found.sums = False
    return found
