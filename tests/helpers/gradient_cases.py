"""The cases that gradients are checked on."""

import numpy as np
from gradient_reference import Literal

from s2s.model.batch import make_source
from s2s.probes.sentence import prepare

TEXT, TARGET = "a c e b", [5, 8, 4, 6, 3]


class Case:
    """A sentence with its output, the library's gradients and the literal model's slopes."""

    def __init__(self, system, text, target):
        self.system = system
        reading = system.read(text)
        fed = [system.start, *target[:-1]]
        sequence = system.sequence
        self.source = make_source([reading.ids], system.config, sequence, system.source_vocab)
        self.sentence = prepare(system.model, self.source, fed, target)
        self.literal = Literal(
            system.model, reading.ids, fed, target,
            int(sequence.source_bos), int(sequence.source_eos),
        )  # fmt: skip
        self.odds = self.literal.log_odds()
        self.fed, self.target = fed, target
        self.counts = {"encoder": len(reading.ids), "decoder": len(target), "initial": 1}

    def disagreement(self, vectors, part, state="hidden", layer=0, along=None):
        """Largest |finite difference - <g, r>| over a row's largest cell, all places and rows.

        Of -log odds, whose gradients `vectors` are, and of the losses, whose are 1 - p times as
        large. r is a random unit vector, or at each place the direction of the most telling row
        of `along`: in hundreds of dimensions a random one is all but orthogonal to any error.
        """
        draw = np.random.default_rng(0)
        rest = 1 / (1 + np.exp(self.odds))  # [T] 1 - p
        largest = np.abs(vectors).sum(-1).max(1)  # [T]
        # Where nothing reads a state, there is no slope either.
        largest = np.where(largest > 0, largest, 1.0)
        worst = 0.0
        for place in range(self.counts[part]):
            unit = draw.normal(size=vectors.shape[-1])
            if along is not None:
                unit = along[(np.abs(along[:, place]).sum(-1) / largest).argmax(), place]
            unit = unit / max(np.linalg.norm(unit), 1e-300)
            of_odds, of_loss = self.literal.slopes(part, place, layer, state, unit)
            wanted = vectors[:, place] @ unit
            apart = np.maximum(np.abs(of_odds - wanted), np.abs(of_loss - wanted * rest) / rest)
            worst = max(worst, float((apart / largest).max()))
        return worst

    def check(self, found, state="hidden", layer=0, closely=False):
        np.testing.assert_allclose(found.log_odds, self.odds, rtol=1e-9, atol=1e-9)
        parts = {
            "encoder": found.encoder, "decoder": found.decoder, "initial": found.initial[:, None],
        }  # fmt: skip
        for part, vectors in parts.items():
            assert self.disagreement(vectors, part, state, layer) <= 1e-4, part
            if closely:
                assert self.disagreement(vectors, part, state, layer, vectors) <= 1e-6, part


def states_of(config):
    return ("hidden", "cell") if config.cell == "lstm" else ("hidden",)


def greedy_ids(system, text):
    ids = system.target_vocab.ids
    return [ids[token] for token in system.translate(text).output]
