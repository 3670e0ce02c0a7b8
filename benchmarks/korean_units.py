"""Which units should a small model read Korean in? The same pairs, model and budget for each.

    python benchmarks/korean_units.py --data FILE [--units NAMES] [--seeds N] [--first SEED]

FILE is the English-Korean file of Tatoeba (English first). Subwords are learned from the training
part; they need `pip install sentencepiece==0.2.3`, which the project itself does not.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import mean

import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from s2s.config import ModelConfig, SequenceConfig, TrainConfig  # noqa: E402
from s2s.decoding.translator import Translator
from s2s.evaluation.evaluate import evaluate
from s2s.model.seq2seq import build  # noqa: E402
from s2s.tasks import TASKS, DataConfig  # noqa: E402
from s2s.tasks.parts import load_parts
from s2s.tasks.split import Pair  # noqa: E402
from s2s.text import korean
from s2s.training.data import Batches, build_vocabularies, encode_pairs
from s2s.training.train import Run, make_optimiser, train

Split = Callable[[str], list[str]]
DATA = DataConfig(
    origin="file", columns="target,source", max_length=10, source_min_frequency=2,
    target_min_frequency=2, test_percent=10, validation_percent=5,
)  # fmt: skip
WORDS = SequenceConfig(source_normaliser="korean")
MODEL = ModelConfig(
    attention="dot", hidden=128, bidirectional=True, source_embedding=128, target_embedding=128,
    dropout=0.3,
)  # fmt: skip
TRAIN = TrainConfig(epochs=20, batch_size=32, learning_rate=2e-3, rate_schedule="linear", clip=1.0)


def words(training: list[str]) -> Split:
    return str.split


def syllables(training: list[str]) -> Split:
    return lambda text: list(text.replace(" ", "▁"))


def subwords(kind: str, size: int) -> Callable[[list[str]], Split]:
    def learn(training: list[str]) -> Split:
        import sentencepiece

        made = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(training), model_writer=made, vocab_size=size, model_type=kind,
            character_coverage=1.0, num_threads=1, minloglevel=2,
        )  # fmt: skip
        pieces = sentencepiece.SentencePieceProcessor(model_proto=made.getvalue())
        # A letter for the word boundary: a model refuses a text without any letters.
        return lambda text: [p.replace("▁", "W") for p in pieces.encode(text, out_type=str)]

    return learn


def morphemes(training: list[str]) -> Split:
    return korean.split


def surface(training: list[str]) -> Split:
    """Cut where Kiwi cuts, but only between syllables: what a list of endings could do at best."""
    analyser = korean._kiwi()

    def split(text: str) -> list[str]:
        starts = {token.start for token in analyser.tokenize(text)}
        cut = "".join(f"\n+{c}" if i in starts else c for i, c in enumerate(text))
        return cut.replace(" \n+", " ").removeprefix("\n+").split()

    return split


UNITS: dict[str, Callable[[list[str]], Split]] = {
    "words": words,
    "bpe": subwords("bpe", 2000),
    "unigram": subwords("unigram", 2000),
    "syllables": syllables,
    "surface": surface,
    "morphemes": morphemes,
}


def measure(parts: dict[str, list[Pair]], unit: str, seed: int) -> dict[str, float]:
    """Train on one unit and judge the held-out parts."""
    split = UNITS[unit]([source for source, _ in parts["train"]])
    cut = {
        name: [(" ".join(split(source)), target) for source, target in pairs]
        for name, pairs in parts.items()
    }
    sequence = SequenceConfig(source_normaliser="verbatim", max_source_length=80)
    task = TASKS["kor-eng"]
    source, target = build_vocabularies(task, DATA, sequence, cut["train"])
    config = replace(MODEL, source_vocabulary=len(source), target_vocabulary=len(target))
    recipe = replace(TRAIN, seed=seed)
    system = Translator(
        f"{unit}/{seed}", task.name, build(config, recipe.init, seed), sequence, source, target
    )
    ids = encode_pairs(cut["train"], sequence, source, target)
    batches = Batches(ids, config, sequence, source, target, recipe.batch_size, True)
    run = Run(system, recipe, batches, None, make_optimiser(system.model, recipe), [])
    loss = [report.train_loss for report in train(run)][-1]
    both = [evaluate(system, cut[part]) for part in ("validation", "test")]
    lengths = [len(text.split()) for text, _ in cut["train"]]
    return {
        "tokens": mean(lengths), "vocabulary": len(source),
        "unknown": 100 * both[1].unknown_rate, "loss": loss,
        "val chrF": both[0].chrf, "val BLEU": both[0].bleu,
        "test chrF": both[1].chrf, "test BLEU": both[1].bleu, "seconds": run.seconds,
    }  # fmt: skip


def main() -> None:
    """Print a row per unit and seed."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--data", required=True)
    options.add_argument("--units", nargs="+", default=list(UNITS), choices=list(UNITS))
    options.add_argument("--seeds", type=int, default=1)
    options.add_argument("--first", type=int, default=1)
    asked = options.parse_args()
    torch.set_num_threads(1)
    _, parts = load_parts(TASKS["kor-eng"], DATA, WORDS, asked.data)
    print(*(f"{len(pairs)} {name}" for name, pairs in parts.items()), flush=True)
    for unit in asked.units:
        for seed in range(asked.first, asked.first + asked.seeds):
            row = measure(parts, unit, seed)
            print(f"{unit:10} seed {seed}", *(f"{k} {v:.2f}" for k, v in row.items()), flush=True)


if __name__ == "__main__":
    main()
