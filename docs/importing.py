"""Measure every kind of model that `import` knows against its original, and write importing.md.

    python docs/importing.py

The originals are the modules of the tests (tests/helpers), written anew from public definitions.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]

import tutorials  # noqa: E402
from foreign_models import BOS, EOS, MODELS, SOURCE, TARGET, made  # noqa: E402

from s2s.checkpoints.importers.families import FAMILIES  # noqa: E402
from s2s.checkpoints.importers.recognise import recognise  # noqa: E402
from s2s.config import SequenceConfig  # noqa: E402
from s2s.model.batch import make_source  # noqa: E402
from s2s.model.seq2seq import blank  # noqa: E402
from s2s.text.vocab import Vocab  # noqa: E402

SENTENCES = [
    [3, 5, 2], [4, 4, 7, 2], [9, 2], [11, 3, 8, 6, 5, 2], [10, 6, 2], [3, 3, 3, 3, 2],
    [7, 8, 9, 10, 11, 3, 2], [5, 2], [6, 11, 2], [8, 4, 3, 2], [9, 10, 2], [4, 7, 5, 2],
]  # fmt: skip
PAGE = """\
# Models of others, beside their originals

Every kind that `import` and the page *Import* know, read from its state dict and decoded greedily
beside its own module: {count} sentences, float32, fed the original's words. A sentence is equal
when both write the same tokens. The modules are written anew for the tests from the public
definitions (`tests/helpers`), with random weights. Made by `python docs/importing.py`.

| kind | equal | largest difference of a logit |
| --- | --- | --- |
{rows}

The ten arrays of Deep Learning from Scratch 2 are held against the book's own equations in
`tests/checkpoints/test_own_model.py`, the files of Keras, of every version that wrote them, in
`tests/checkpoints/test_keras.py`. **What leaves no trace in the tensors**: JoeyNMT's
`init_hidden: last` and scaled embeddings are read as zeros and as no scale, and only a check tells.
**Refused by name**: fairseq's `additional_fc` (an output embedding of another size) and its decoder
without attention; Keras layers of other classes, options or wirings.

## Beside their own code

Weights that others trained and published, and the toolkits' own encoders and decoders with random
ones: run as they stand in their packages, and read here. Made by `python docs/public_weights.py`,
which downloads the packages through pip, runs them in a temporary folder and keeps nothing. Equal
means the same tokens; the difference is that of a logit, or with Keras of a log probability.

| package | what | read as | equal | largest difference |
| --- | --- | --- | --- | --- |
{public}

- **g2p-en** predicts with NumPy; its dictionary is left out, so that every word is predicted.
- **g2p-fa** pads every word to 30 letters and reads the padding: `--padded-source-length 30`.
- **netra-transliterate** does so too, up to its longest word. Its decoder starts from zeros, and
  its attention is over projected states, P h + b. The weights sum to 1, so that its context is
  P c + b, c being the mean of the states themselves; P is put into the last layer. It searches with
  beams; held against each other is its search with one.
- **Keras** built, saved and ran the lstm_seq2seq of its public example here, with random weights.
- Of the **toolkits** only the files that compute are imported; what these want for training,
  reading and logging is replaced by nothing (`docs/public_toolkits.py`).
"""


def measured(original, found, sentences, answer) -> tuple[int, float]:
    """How many outputs are the same, and the largest difference of a logit."""
    model = blank(found.config)
    model.load_state_dict(dict(found.weights), assign=True)
    model.eval()
    vocab = Vocab(tuple(map(str, range(found.config.source_vocabulary))), bos=BOS, eos=EOS)
    sequence = SequenceConfig(start_token="1", max_source_length=30)
    equal, apart = 0, 0.0
    for ids in sentences:
        output, wanted, start = answer(original, ids)
        with torch.inference_mode():
            memory, state = model.encode(make_source([ids], found.config, sequence, vocab))
            fed = torch.tensor([[start, *output[:-1]]])
            logits = model.decoder(fed, state, memory).logits[0]
        if wanted.exp().sum(-1).sub(1).abs().max() < 1e-3:  # log probabilities
            logits = logits.log_softmax(-1)
        equal += logits.argmax(-1).tolist() == list(output)
        apart = max(apart, float((logits - wanted).abs().max()))
    return equal, apart


def foreign(original, ids):
    """Answer of a module of `foreign_models`."""
    output, wanted = original.answer(ids)
    return output, wanted, BOS


def rows() -> list[str]:
    """The table, a line for each kind."""
    found = []
    for name, (kind, switches, family) in MODELS.items():
        original = made(kind(**switches))
        read = recognise(original.state_dict())
        assert read.family.name == family and (SOURCE, TARGET) == (
            read.config.source_vocabulary, read.config.target_vocabulary)  # fmt: skip
        found.append((name, *measured(original, read, SENTENCES, foreign)))
    for preset, switches in (("tutorial1", {}), ("tutorial3", {"attention": False}),
                             ("tutorial3", {}), ("tutorial5", {})):  # fmt: skip
        vocab = tutorials.VOCABS[preset]
        original = tutorials.make(preset, **switches)
        state = {name.replace("enc.", "encoder.").replace("dec.", "decoder."): tensor
                 for name, tensor in original.state_dict().items()}  # fmt: skip
        read, (bos, eos) = recognise(state, only=preset), (vocab["bos"], vocab["eos"])
        ends = {"tutorial1": ([], []), "tutorial3": ([], [eos]), "tutorial5": ([bos], [eos])}
        first, last = ends[preset]
        words = [i for i in range(len(vocab["source"])) if i not in (bos, eos) or not last]
        texts = [[words[(3 * n + 2 * k) % len(words)] for k in range(1 + n % 6)] for n in range(12)]

        def answer(module, ids, first=first, last=last, bos=bos, eos=eos):
            inside = ids[len(first) : len(ids) - len(last)]
            told = module.answer(inside, bos, eos, 8)
            return told.output, told.log_p, bos

        sentences = [[*first, *ids, *last] for ids in texts]
        name = f"{preset}{', plain' if switches else ''}"
        found.append((name, *measured(original, read, sentences, answer)))
    return [f"| {name} | {equal} of 12 | {apart:.0e} |" for name, equal, apart in found]


def main() -> None:
    """Write the page."""
    known = {family.name for family in FAMILIES}
    assert {family for _, _, family in MODELS.values()} <= known
    with (ROOT / "docs" / "public_weights.tsv").open(encoding="utf-8", newline="") as file:
        public = [f"| {' | '.join(row)} |" for row in csv.reader(file, delimiter="\t")]
    page = PAGE.format(count=len(SENTENCES), rows="\n".join(rows()), public="\n".join(public))
    (ROOT / "docs" / "importing.md").write_text(page, "utf-8")
    print(page)


if __name__ == "__main__":
    main()
