"""Hold public weights, by their own code, against the same weights read here.

    python docs/public_weights.py [--folder DOWNLOADS]

The packages are downloaded through pip, unpacked into a temporary folder and run there; nothing of
them is kept. What came of it is written to public_weights.tsv, which importing.py puts into
importing.md. Keras runs in a process of its own, with PyTorch under it; the toolkits' own encoders
and decoders, which come without weights, get random ones (public_toolkits.py).
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import types
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

import public_toolkits  # noqa: E402

from s2s.checkpoints.importers import containers, own_model  # noqa: E402
from s2s.checkpoints.importers.recognise import recognise  # noqa: E402
from s2s.evaluation.original import Original, prove  # noqa: E402
from s2s.model.batch import make_source  # noqa: E402
from s2s.model.threads import one_thread  # noqa: E402
from s2s.tasks import own  # noqa: E402
from s2s.text.vocab import Vocab  # noqa: E402

PACKAGES = (
    "g2p-en==2.1.0", "g2p-fa==1.1.0", "netra-transliterate==1.0.1", "joeynmt==2.3.0",
    "OpenNMT-py==3.5.1",
)  # fmt: skip
FAIRSEQ = "fairseq==0.12.2"
KERAS = "keras==3.15.1"
ENGLISH = (
    "activationist", "seq", "microscope", "attention", "zorblax", "flibber", "tokenizer", "quux",
    "gradient", "wug", "brillig", "encoder",
)  # fmt: skip
PERSIAN = (
    "سلام", "کتاب", "دانشگاه", "مدرسه", "خانه", "ایران", "دوست", "زبان", "فارسی", "آسمان", "درخت",
    "پنجره",
)  # fmt: skip
KHMER = (
    "sokha", "sothea", "bopha", "dara", "khmer", "phnom", "angkor", "mekong", "rathana", "kosal",
    "vichea", "srey",
)  # fmt: skip
TEXTS = ("ab", "c", "hgfe", "aaaa", "bdfhi", "ig", "cab", "dede", "f", "ihgfedcba", "gg", "eca")


def ours(path: Path, vocabs: tuple[Vocab, Vocab], **manners: Any):
    """A file of weights as a system of ours."""
    held = containers.read([str(path)])
    found = recognise(held.tensors)
    sequence = replace(own_model.usual(found, vocabs), **manners)
    return found, own_model.build("own/public", own.MODEL, found, vocabs, sequence)


def row(package: str, what: str, found, proof) -> list[str]:
    """A line of the table; what differs first is printed."""
    print(f"{package}: {what}: {proof.says()}")
    apart = "" if proof.deviation is None else f"{proof.deviation:.0e}"
    return [package, what, found.family.name, f"{proof.equal} of {proof.sentences}", apart]


def g2p_en(folder: Path) -> list[str]:
    """Letters to phonemes in NumPy; its `predict` for words outside its dictionary."""
    corpus = types.ModuleType("corpus")
    corpus.cmudict = types.SimpleNamespace(dict=dict)  # so that every word is predicted
    nltk = types.ModuleType("nltk")
    nltk.data = types.SimpleNamespace(find=str)
    nltk.pos_tag = list
    tokenize = types.ModuleType("tokenize")
    tokenize.TweetTokenizer = lambda: types.SimpleNamespace(tokenize=str.split)
    inflect = types.ModuleType("inflect")
    inflect.engine = lambda: None
    sys.modules |= {"nltk": nltk, "nltk.corpus": corpus, "nltk.tokenize": tokenize,
                    "inflect": inflect}  # fmt: skip
    sys.path.insert(0, str(folder))
    from g2p_en.g2p import G2p

    model = G2p()
    vocabs = (Vocab(tuple(model.graphemes), pad=0, unk=1, eos=2),
              Vocab(tuple(model.phonemes), pad=0, unk=1, bos=2, eos=3))  # fmt: skip
    found, system = ours(folder / "g2p_en" / "checkpoint20.npz", vocabs)
    originals = []
    for word in ENGLISH:
        phonemes = model.predict(word)
        output = [model.p2idx[phoneme] for phoneme in phonemes]
        output += [3] if len(output) < 20 else []
        x, zero = model.encode(word), np.zeros((1, model.enc_w_hh.shape[1]), np.float32)
        way = (model.enc_w_ih, model.enc_w_hh, model.enc_b_ih, model.enc_b_hh)
        h, logits = model.gru(x, len(word) + 1, *way, h0=zero)[:, -1], []
        for fed in (2, *output[:-1]):
            h = model.grucell(model.dec_emb[[fed]], h, model.dec_w_ih, model.dec_w_hh,
                              model.dec_b_ih, model.dec_b_hh)  # fmt: skip
            logits.append((h @ model.fc_w.T + model.fc_b)[0])
        originals.append(Original(system.read(word).ids, tuple(output), np.array(logits),
                                  whole=True, text=word))  # fmt: skip
    return row("g2p-en 2.1.0", "English letters → phonemes", found, prove(system, originals))


@torch.inference_mode()
def g2p_fa(folder: Path) -> list[str]:
    """Two LSTM layers that read padding up to 30 letters; the words end where it writes an end."""
    sys.path.insert(0, str(folder))
    import g2p_fa as package
    from g2p_fa import utils

    model = package.G2P_Fa()
    model.model.eval()
    sizes = model.model.encoder.embedding.num_embeddings, model.model.decoder.output_dim
    marks = ["<pad>", "<sos>", "<eos>"]
    sides = []
    for letters, size in zip((utils.FA_LETTERS, utils.IPA_LETTERS), sizes, strict=True):
        tokens = [*marks, *letters]
        tokens += [f"<{i}>" for i in range(len(tokens), size)]
        sides.append(Vocab(tuple(tokens), pad=0, bos=1, eos=2))
    path = folder / "g2p_fa" / "data" / "weights"
    found, system = ours(
        path, (sides[0], sides[1]), source_tokeniser="characters",
        target_tokeniser="characters", padded_source_length=utils.MAX_LEN,
    )  # fmt: skip
    originals = []
    for word in PERSIAN:
        rows = model.model(utils.word2tensor(word)[:, None], utils.IPA2tensor("b")[:, None], 0)
        logits = rows[1:, 0].numpy()
        output = logits.argmax(1).tolist()
        output = output[: output.index(2) + 1]
        assert model(word) == "".join(utils.IPA_LETTERS[i - 3] for i in output[:-1])
        originals.append(Original(system.read(word).ids, tuple(output), logits[: len(output)],
                                  whole=True, text=word))  # fmt: skip
    return row("g2p-fa 1.1.0", "Persian letters → phonemes", found, prove(system, originals))


def by_keras(target: Path, *arguments: str) -> dict[str, Any]:
    """What the Keras process says."""
    told = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "public_weights_keras.py"), *arguments],
        env={**os.environ, "KERAS_BACKEND": "torch", "PYTHONPATH": str(target)},
        capture_output=True, text=True, check=True, timeout=600,
    )  # fmt: skip
    return json.loads(told.stdout.splitlines()[-1])


def against_keras(package: str, what: str, path: Path, told: dict, **manners: Any) -> list[str]:
    """Log probabilities of Keras against ours."""
    source = Vocab(tuple(told["source"]), pad=0 if "longest" in told else None)
    target = Vocab(tuple(told["target"]), bos=told["start"], eos=told["end"])
    found, system = ours(path, (source, target), max_output_length=33, **manners)
    originals = [
        Original(system.read(entry["source"]).ids, tuple(entry["output"]), whole=True,
                 text=entry["source"])
        for entry in told["entries"]
    ]  # fmt: skip
    proof = prove(system, originals)
    apart = max(
        float(np.abs(log_probabilities(system, one) - np.array(entry["log_p"])).max())
        for entry, one in zip(told["entries"], originals, strict=True)
    )
    return row(package, what, found, replace(proof, deviation=apart))


@torch.inference_mode()
def log_probabilities(system, original: Original) -> np.ndarray:
    """[T, V] of a system, fed the original's words."""
    source = make_source([original.source], system.config, system.sequence, system.source_vocab)
    memory, state = system.model.encode(source)
    fed = torch.tensor([[system.start, *original.output[:-1]]])
    logits = system.model.decoder(fed, state, memory).logits[0]
    return logits.double().log_softmax(-1).numpy()


def toolkit(package: str, folder: Path, run: Callable[[Path], list]) -> list[list[str]]:
    """A toolkit's models beside the same weights read here."""
    lines = []
    for what, state, start, answers in run(folder):
        words = [f"w{i}" for i in range(public_toolkits.WORDS)]
        source = Vocab(tuple(words), pad=public_toolkits.PAD, eos=public_toolkits.EOS)
        target = replace(source, bos=public_toolkits.BOS)
        found = recognise(state)
        system = own_model.build("own/public", own.MODEL, found, (source, target), replace(
            own_model.usual(found, (source, target)), max_output_length=public_toolkits.LONGEST
        ))  # fmt: skip
        assert system.start == start, (package, system.start)
        originals = [Original(tuple(ids), tuple(output), logits.numpy(), whole=True)
                     for ids, output, logits in answers]  # fmt: skip
        lines.append(row(package, what, found, prove(system, originals)))
    return lines


def main() -> None:
    """Download, run, compare, write the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, help="where the wheels lie already")
    given = parser.parse_args()
    one_thread()
    rows: list[list[str]] = []
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        wheels = given.folder or place / "wheels"
        if given.folder is None:
            subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d",
                            str(wheels), *PACKAGES], check=True)  # fmt: skip
            # No wheel is built: of its source only one file is run.
            subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                            "--no-build-isolation", "-d", str(wheels), FAIRSEQ],
                           check=True)  # fmt: skip
        unpacked = {}
        for name in ("g2p_en", "g2p_fa", "netra_transliterate", "joeynmt", "[Oo]pen[Nn][Mm][Tt]*"):
            (wheel,) = wheels.glob(f"{name}-*.whl")
            name = wheel.name.partition("-")[0].lower()
            unpacked[name] = place / name
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(unpacked[name])
        (source,) = wheels.glob("fairseq-*.tar.gz")
        with tarfile.open(source) as packed:
            packed.extractall(place / "fairseq", filter="data")
        rows.append(g2p_en(unpacked["g2p_en"]))
        rows.append(g2p_fa(unpacked["g2p_fa"]))
        target = place / "keras"
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(target),
                        KERAS], check=True)  # fmt: skip
        netra = unpacked["netra_transliterate"]
        told = by_keras(target, "netra", str(netra), *KHMER)
        weights = netra / "khmer_transliterator" / "weights"
        rows.append(against_keras(
            "netra-transliterate 1.0.1", "English letters → Khmer, one beam",
            weights / "bi_gru_attention_khmer_transliterator.keras", told,
            padded_source_length=told["longest"],
        ))  # fmt: skip
        made = place / "made"
        made.mkdir()
        told = by_keras(target, "seq2seq", str(made), *TEXTS)
        for name in ("model.h5", "model.keras", "only.weights.h5"):
            rows.append(against_keras(
                "Keras 3.15.1", f"lstm_seq2seq, saved as {name}", made / name, told
            ))  # fmt: skip
        rows += toolkit("JoeyNMT 2.3.0", unpacked["joeynmt"], public_toolkits.joeynmt)
        rows += toolkit("OpenNMT-py 3.5.1", unpacked["opennmt_py"], public_toolkits.opennmt)
        (inside,) = (place / "fairseq").iterdir()
        rows += toolkit("fairseq 0.12.2", inside, public_toolkits.fairseq)
    with (ROOT / "docs" / "public_weights.tsv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter="\t", lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
