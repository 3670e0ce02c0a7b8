"""All gradients of an output at once against one ``loss.backward()`` per output token.

    python benchmarks/gradients.py [--cell lstm] [--hidden 256] [--rounds 7]

`gradient_flow` gives every output token's gradient at every encoder and decoder state. The plain
way to the same numbers, after tutorial 1: run the cells step by step, keep every hidden state, and
call ``backward`` for each of the T losses. Both compute in float64 on one thread, with dot
attention, S = T; they take turns, and the ratio is that of their medians. The forward pass counts
in both; the baseline makes it once. Its weights collect gradients, as ``backward`` does by itself;
a second baseline freezes them, which spares it that work. The numbers are compared, too.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from s2s.config import ModelConfig, SequenceConfig  # noqa: E402
from s2s.decoding.translator import Translator
from s2s.model.seq2seq import Seq2Seq, build  # noqa: E402
from s2s.probes import gradient_flow  # noqa: E402
from s2s.results import Reading  # noqa: E402
from s2s.text.vocab import Vocab

CELLS = {"lstm": nn.LSTMCell, "gru": nn.GRUCell}
WORDS = 1000


def make_system(cell: str, hidden: int) -> Translator:
    words = tuple(f"w{i}" for i in range(WORDS - 2))
    vocab = Vocab(("<sos>", "<eos>", *words), bos=0, eos=1)
    config = ModelConfig(WORDS, WORDS, cell=cell, hidden=hidden, attention="dot")
    model = build(config).double().eval()
    sequence = SequenceConfig(max_source_length=200, max_output_length=200)
    return Translator("benchmark/dot", "benchmark", model, sequence, vocab, vocab)


def cell_of(model: Seq2Seq, part: str) -> nn.Module:
    """The model's recurrent layer as a cell with the same weights."""
    layer = getattr(model, part).rnn
    cell = CELLS[model.config.cell](layer.input_size, layer.hidden_size, dtype=torch.float64)
    with torch.no_grad():
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            getattr(cell, name).copy_(getattr(layer, f"{name}_l0"))
    return cell


class Baseline:
    """The tutorial's way: a cell per step, every hidden state kept, T times ``backward``."""

    def __init__(self, model: Seq2Seq, learns: bool):
        self.model = model
        self.encoder, self.decoder = cell_of(model, "encoder"), cell_of(model, "decoder")
        self.learns = learns
        for module in (self.encoder, self.decoder):
            module.requires_grad_(learns)

    def states(self, cell: nn.Module, vectors: Tensor, h: Tensor) -> list[Tensor]:
        """N of [1, H], ready to collect gradients."""
        c, kept = torch.zeros_like(h), []
        for vector in vectors:
            if self.model.config.cell == "lstm":
                h, c = cell(vector[None], (h, c))
            else:
                h = cell(vector[None], h)
            if not h.requires_grad:
                h.requires_grad_()
            h.retain_grad()
            kept.append(h)
        return kept

    def run(self, source: list[int], fed: list[int], target: list[int]) -> tuple[Tensor, Tensor]:
        """[T, S] and [T, T]: sums of absolute gradients of each loss."""
        model = self.model
        model.requires_grad_(self.learns)
        zero = torch.zeros(1, model.config.hidden, dtype=torch.float64)
        encoder = self.states(self.encoder, model.encoder.lookup.embedding.weight[source], zero)
        decoder = self.states(self.decoder, model.decoder.lookup.embedding.weight[fed], encoder[-1])
        memory, queries = torch.cat(encoder), torch.cat(decoder)
        context = torch.softmax(queries @ memory.T, dim=-1) @ memory
        features = torch.tanh(model.decoder.attentional(torch.cat([context, queries], dim=-1)))
        losses = nn.functional.cross_entropy(
            model.decoder.output(features), torch.tensor(target), reduction="none"
        )
        rows: tuple[list[Tensor], list[Tensor]] = ([], [])
        for loss in losses:
            for state in (*encoder, *decoder):
                state.grad = None
            loss.backward(retain_graph=True)
            for row, states in zip(rows, (encoder, decoder), strict=True):
                row.append(torch.stack([
                    zero.sum() if state.grad is None else state.grad.abs().sum()
                    for state in states
                ]))  # fmt: skip
        for module in (model, self.encoder, self.decoder):
            module.zero_grad()
        return torch.stack(rows[0]), torch.stack(rows[1])


def in_turns(ways: list[Callable[[], object]], rounds: int) -> list[float]:
    """Median seconds of each way, measured in turns."""
    times: list[list[float]] = [[] for _ in ways]
    for number in range(rounds + 1):
        for kept, way in zip(times, ways, strict=True):
            start = time.perf_counter()
            way()
            if number:  # the first round warms up
                kept.append(time.perf_counter() - start)
    return [float(np.median(kept)) for kept in times]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cell", choices=sorted(CELLS), default="lstm")
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    torch.set_num_threads(1)
    system = make_system(options.cell, options.hidden)
    learning, frozen = (Baseline(system.model, learns) for learns in (True, False))
    draw = np.random.default_rng(1)
    print(f"{options.cell}, H = {options.hidden}, dot attention, float64, one thread")
    for length in (10, 30, 100):
        source, target = draw.integers(2, WORDS, (2, length)).tolist()
        reading = Reading("", tuple(f"{i}" for i in source), tuple(source), length)
        fed = [system.start, *target[:-1]]
        flow = gradient_flow(system, reading, target, of="loss")
        for baseline in (learning, frozen):
            encoder, decoder = baseline.run(source, fed, target)
            np.testing.assert_allclose(flow.encoder, encoder.detach().numpy(), rtol=1e-8)
            np.testing.assert_allclose(flow.decoder, decoder.detach().numpy(), rtol=1e-8)
        ours, plain, spared = in_turns(
            [
                lambda r=reading, t=target: gradient_flow(system, r, t, of="loss"),
                lambda s=source, f=fed, t=target: learning.run(s, f, t),
                lambda s=source, f=fed, t=target: frozen.run(s, f, t),
            ],
            options.rounds if length < 100 else max(3, options.rounds // 2),
        )
        print(
            f"S = T = {length:3}: T x backward takes {plain / ours:5.1f} times as long, "
            f"{spared / ours:5.1f} times with frozen weights "
            f"({1000 * plain:.0f}, {1000 * spared:.0f} and {1000 * ours:.1f} ms)"
        )


if __name__ == "__main__":
    main()
