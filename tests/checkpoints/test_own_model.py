"""The command ``import`` without a preset: files, words, and the proof against the original."""

import json
import pickle
from collections import OrderedDict

import numpy as np
import pytest
import torch
from foreign_models import BOS, EOS, MODELS, SOURCE, TARGET, made
from safetensors.torch import save_file

import s2s
from s2s.checkpoints import checkpoint
from s2s.checkpoints.importers import containers
from s2s.config.limits import Limits

SOURCES = [[3, 5, EOS], [4, 4, 7, EOS], [11, 3, 8, 6, EOS], [10, 6, EOS], [9, 7, 5, EOS]]
SPECIAL = {"bos": BOS, "eos": EOS, "pad": None, "unk": None}
WORDS = {"source": [f"s{chr(97 + i)}" for i in range(SOURCE)],
         "target": [f"t{chr(97 + i)}" for i in range(TARGET)],
         "source_special": SPECIAL, "target_special": SPECIAL}  # fmt: skip


def original(name, seed=1):
    kind, switches, _ = MODELS[name]
    return made(kind(**switches), seed)


def arguments(folder, state, words=WORDS, file="model.pt"):
    """The files written; what the command is called with."""
    torch.save(state, folder / file)
    (folder / "V.json").write_text(json.dumps(words), "utf-8")
    return [folder / file, "--vocab", folder / "V.json", "--as", "fra-eng/mine"]


def check_file(folder, model, logits=True, sources=SOURCES, read=lambda ids: ids):
    """A check.json as the original's owner would write it."""
    entries = []
    for ids in sources:
        output, rows = model.answer(read(ids))
        entries.append({"source": ids, "output": output})
        if logits:
            entries[-1]["logits"] = rows.tolist()
    (folder / "check.json").write_text(json.dumps(entries), "utf-8")
    return ["--check", folder / "check.json"]


WRAPPED = {
    "as it is": lambda m: m.state_dict(),
    "of data parallel": lambda m: {f"module.{k}": v for k, v in m.state_dict().items()},
    "compiled": lambda m: {f"_orig_mod.{k}": v for k, v in m.state_dict().items()},
    "a training loop's": lambda m: {
        "epoch": 3, "loss": 0.5, "optimizer": {"state": {}, "param_groups": []},
        "model_state_dict": m.state_dict(), "steps": torch.tensor(7),
    },
    "two parts": lambda m: {"en": m.encoder.state_dict(), "de": m.decoder.state_dict(),
                            "en_opt": {}, "iteration": 9},
    "two state dicts": lambda m: {"encoder_state_dict": m.encoder.state_dict(),
                                  "decoder_state_dict": m.decoder.state_dict()},
}  # fmt: skip


@pytest.mark.parametrize("form", WRAPPED)
def test_what_training_loops_save_is_unwrapped(call, tmp_path, form):
    model = original("PyTorch tutorial of 2023")
    found = call("import", *arguments(tmp_path, WRAPPED[form](model)), *check_file(tmp_path, model))
    assert (found.code, found.err) == (0, ""), found.err
    assert "Recognised: the PyTorch tutorial of 2023" in found.out
    assert "decoder.attention.Wa.weight (6 × 6) → decoder.attention.query.weight" in found.out
    assert "decoder.attention.Va.bias (1) → left out" in found.out
    if form == "a training loop's":
        assert all(f"left out: {key}: " in found.out for key in ("epoch", "optimizer", "steps"))
    card = (checkpoint.find("fra-eng/mine") / "README.md").read_text("utf-8")
    assert "Equal to the original to " in card and " on 5 sentences." in card
    s2s.load("fra-eng/mine").translate("sd sf")


def test_two_files_and_safetensors(call, tmp_path):
    model = original("bentrevett 2")
    (tmp_path / "V.json").write_text(json.dumps(WORDS), "utf-8")
    files = [tmp_path / "my_encoder.safetensors", tmp_path / "my_decoder.safetensors"]
    for part, path in zip((model.encoder, model.decoder), files, strict=True):
        save_file(part.state_dict(), path)
    found = call("import", *files, "--vocab", tmp_path / "V.json", "--as", "fra-eng/mine",
                 "--no-source-bos", *check_file(tmp_path, model))  # fmt: skip
    assert found.code == 0 and "bentrevett’s tutorial 2" in found.out, found.err


def test_a_model_that_nobody_compared_says_so(call, tmp_path):
    found = call("import", *arguments(tmp_path, original("d2l, attention").state_dict()))
    assert found.code == 0 and "Not checked against the original" in found.out
    card = (checkpoint.find("fra-eng/mine") / "README.md").read_text("utf-8")
    assert "**Not checked against the original.**" in card


def ten_arrays(hidden=6, width=4, peeky=False, attention=True):
    """The second book's parameters in its order: gates f, g, i, o; rows are inputs."""
    draw = np.random.default_rng(1)
    extra = hidden if peeky else 0
    wide = hidden * (2 if peeky or attention else 1)
    shapes = [(SOURCE, width), (width, 4 * hidden), (hidden, 4 * hidden), (4 * hidden,),
              (TARGET, width), (width + extra, 4 * hidden), (hidden, 4 * hidden), (4 * hidden,),
              (wide, TARGET), (TARGET,)]  # fmt: skip
    return [0.8 * draw.normal(size=shape).astype("f") for shape in shapes]


def book_answer(params, ids, limit, peeky=False, attention=True):
    """The book's own equations, one token at a time."""

    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    def step(x, h, c, wx, wh, b):
        f, g, i, o = np.split(x @ wx + h @ wh + b, 4)
        c = sigmoid(f) * c + np.tanh(g) * sigmoid(i)
        return sigmoid(o) * np.tanh(c), c

    embed, *cell = params[:4]
    h = c = np.zeros(cell[1].shape[0])
    states = []
    for token in ids:
        h, c = step(embed[token], h, c, *cell)
        states.append(h)
    last, states = h, np.array(states)
    embed, *cell = params[4:8]
    c, fed, output, rows = np.zeros_like(h), BOS, [], []
    for _ in range(limit):
        x = np.concatenate([last, embed[fed]]) if peeky else embed[fed]
        h, c = step(x, h, c, *cell)
        read = h
        if attention:
            powers = np.exp(states @ h)
            read = np.concatenate([powers / powers.sum() @ states, h])
        if peeky:
            read = np.concatenate([last, h])
        rows.append(read @ params[8] + params[9])
        fed = int(rows[-1].argmax())
        output.append(fed)
    return output, np.array(rows)


@pytest.mark.parametrize("kind", [{}, {"attention": False}, {"attention": False, "peeky": True}])
def test_ten_arrays_in_a_pickle(call, tmp_path, kind):
    params = ten_arrays(**kind)
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(params))
    (tmp_path / "V.json").write_text(json.dumps(WORDS), "utf-8")
    entries = []
    for ids in SOURCES:
        output, logits = book_answer(params, ids[:-1], 5, **kind)
        entries.append({"source": ids[:-1], "output": output, "logits": logits.tolist()})
    (tmp_path / "check.json").write_text(json.dumps(entries), "utf-8")
    found = call("import", tmp_path / "model.pkl", "--vocab", tmp_path / "V.json",
                 "--as", "fra-eng/mine", "--max-output-length", "5",
                 "--check", tmp_path / "check.json")  # fmt: skip
    assert found.code == 0, found.err
    assert "Deep Learning from Scratch 2" in found.out and "Equal to the original" in found.out


def test_letters_to_phonemes_in_an_archive(call, tmp_path):
    model = original("PyTorch tutorial, plain")  # the same cells under other names
    state = {k: v.numpy() for k, v in model.state_dict().items()}
    named = {"enc_emb": state["encoder.embedding.weight"],
             "dec_emb": state["decoder.embedding.weight"],
             "fc_w": state["decoder.out.weight"], "fc_b": state["decoder.out.bias"]}  # fmt: skip
    for part in ("encoder", "decoder"):
        for short, name in (("w", "weight"), ("b", "bias")):
            for way in ("ih", "hh"):
                named[f"{part[:3]}_{short}_{way}"] = state[f"{part}.gru.{name}_{way}_l0"]
    np.savez(tmp_path / "checkpoint20.npz", **named)
    (tmp_path / "V.json").write_text(json.dumps(WORDS), "utf-8")
    model.relu = False
    given = [tmp_path / "checkpoint20.npz", "--vocab", tmp_path / "V.json", "--as", "fra-eng/mine"]
    found = call("import", *given, *check_file(tmp_path, model))
    assert found.code == 0 and "g2p-en" in found.out, found.err


def test_more_than_a_file_holds_is_refused_before_it_is_made(refused, tmp_path, monkeypatch):
    state = original("d2l, plain").state_dict()
    state["decoder.dense.bias"] = torch.zeros(1).expand(1 << 40)
    assert "fewer numbers than its shape says" in refused(*arguments(tmp_path, state))
    given = arguments(tmp_path, original("d2l, plain").state_dict())
    np.savez_compressed(tmp_path / "model.npz", a=np.zeros(1 << 20, "f"))
    monkeypatch.setattr(containers, "limits", lambda: Limits(weights_bytes=1_000_000))
    assert "unpacks to" in refused(tmp_path / "model.npz", *given[1:])
    monkeypatch.setattr(containers, "limits", lambda: Limits(weights_bytes=100))
    assert "at most 100 are read" in refused(*given)


class Evil:
    def __reduce__(self):
        return print, ("run",)


def test_code_in_a_pickle_is_named_and_never_run(refused, tmp_path, capsys):
    (tmp_path / "V.json").write_text(json.dumps(WORDS), "utf-8")
    for name, held in (("model.pkl", [Evil()]), ("model.pkl", OrderedDict(a=Evil()))):
        (tmp_path / name).write_bytes(pickle.dumps(held))
        told = refused(tmp_path / name, "--vocab", tmp_path / "V.json", "--as", "fra-eng/mine")
        assert "builtins.print" in told and "never run" in told


def test_a_damaged_file_and_a_foreign_tensor(refused, tmp_path):
    state = original("d2l, plain").state_dict()
    given = arguments(tmp_path, {**state, "decoder.copy_gate.weight": torch.zeros(1, 6)})
    told = refused(*given)
    assert "of no known model. Nearest is Dive into Deep Learning" in told
    assert "decoder.copy_gate.weight is not part of it" in told
    state["decoder.rnn.rnn.weight_ih_l0"] = torch.zeros(18, 9)
    told = refused(*arguments(tmp_path, state))
    assert "decoder.rnn.rnn.weight_ih_l0 has 9 columns, not " in told and "(x)" in told
    for name in ("model.safetensors", "model.npz", "model.pkl"):
        (tmp_path / name).write_bytes(b"nothing of the kind")
        told = refused(tmp_path / name, *given[1:])
        assert "damaged" in told
    assert "cannot be read" in refused(tmp_path / "none.pt", *given[1:])


FORMS = {
    "a dictionary of ids": lambda words: {word: i for i, word in enumerate(words)},
    "a dictionary of words": lambda words: {str(i): word for i, word in enumerate(words)},
    "a tutorial's Lang": lambda words: {"word2index": {}, "index2word": dict(enumerate(words))},
}


@pytest.mark.parametrize("form", FORMS)
def test_words_in_the_forms_they_are_saved_in(call, tmp_path, form):
    model = original("PyTorch tutorial of 2023")
    words = WORDS | {side: FORMS[form](WORDS[side]) for side in ("source", "target")}
    found = call("import", *arguments(tmp_path, model.state_dict(), words))
    assert found.code == 0, found.err
    assert s2s.load("fra-eng/mine").source_vocab.tokens == tuple(WORDS["source"])


def test_word_lists_a_line_each_with_specials_by_their_names(call, tmp_path):
    model = original("PyTorch tutorial of 2023")
    torch.save(model.state_dict(), tmp_path / "model.pt")
    source = ["PAD", "SOS", "EOS", *WORDS["source"][3:]]
    target = ["[PAD]", "[CLS]", "[SEP]", *WORDS["target"][3:]]
    (tmp_path / "s.txt").write_text("".join(f"{word}\t9\n" for word in source), "utf-8")
    (tmp_path / "t.json").write_text(json.dumps(target), "utf-8")
    found = call("import", tmp_path / "model.pt", "--source-vocab", tmp_path / "s.txt",
                 "--target-vocab", tmp_path / "t.json", "--as", "fra-eng/mine")  # fmt: skip
    assert found.code == 0, found.err
    system = s2s.load("fra-eng/mine")
    assert (system.source_vocab.pad, system.source_vocab.eos) == (0, 2)
    assert system.sequence.start_token == "[CLS]" and system.target_vocab.eos == 2


def test_roles_may_share_an_id_and_sides_have_their_own(call, tmp_path):
    model = original("PyTorch tutorial of 2023")
    own = {"source_special": {"eos": 2, "pad": 2}, "target_special": {"bos": 1, "pad": 1, "eos": 2}}
    found = call("import", *arguments(tmp_path, model.state_dict(), WORDS | own))
    assert found.code == 0, found.err
    vocab = s2s.load("fra-eng/mine").source_vocab
    assert (vocab.bos, vocab.pad, vocab.eos) == (None, 2, 2)
    # Ids for both sides hold for the source where the same word has the same id there.
    shared = {k: WORDS[k] for k in ("source", "target")} | {"bos": 1, "eos": 2}
    shared["source"] = [*shared["source"][:2], "tc", *shared["source"][3:]]
    given = arguments(tmp_path, model.state_dict(), shared)
    assert call("import", *given, "--force").code == 0
    vocab = s2s.load("fra-eng/mine").source_vocab
    assert (vocab.bos, vocab.eos) == (None, 2)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"source": {"a": 0, "b": 2}}, "no word has the id 1"),
        ({"source": 3}, "must be words by id"),
        ({"source": ["a", "a"]}, "more than once"),
        ({"source": ["a", "b", "c"]}, "lists 3 tokens, but the tensors are made for 12"),
        ({"source_special": {"eos": 99}}, "eos is 99"),
        ({"source_special": {"end": 2}}, "specials are an object of"),
        ({"target_special": {"bos": None}}, "fed first"),
        ({"colour": 1}, "unknown colour"),
    ],
)  # fmt: skip
def test_words_that_do_not_fit_are_refused_by_name(refused, tmp_path, words, told):
    model = original("PyTorch tutorial of 2023")
    assert told in refused(*arguments(tmp_path, model.state_dict(), WORDS | words))
