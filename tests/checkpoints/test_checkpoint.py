"""Checkpoints: bit-equal loads, whole or not there, and every fault named in one sentence."""

import json
import os
import pickle
import re
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from tiny import ROOT, about_of, build_like, build_system

import s2s
from s2s.checkpoints import checkpoint, weights
from s2s.checkpoints.card import headline, render
from s2s.config import SequenceConfig
from s2s.errors import UserError
from s2s.results import History
from s2s.tasks import TASKS
from s2s.text.language import LANGUAGES, speaking

NAME = "fra-eng/tiny"


@pytest.fixture
def system():
    return build_system(attention="general", dtype=torch.float32)


@pytest.fixture
def folder(models, system):
    return models(NAME, system)


def weights_of(system):
    return system.model.state_dict()


# Writing and reading.


def test_two_loads_are_bit_equal(folder):
    first, second = checkpoint.load(NAME), checkpoint.load(str(folder))
    for key, tensor in weights_of(first).items():
        assert tensor.numpy().tobytes() == weights_of(second)[key].numpy().tobytes()
        assert tensor.data_ptr() != weights_of(second)[key].data_ptr()
    one, two = (model.translate("a b c") for model in (first, second))
    assert one.output == two.output
    np.testing.assert_array_equal(one.attention, two.attention)
    np.testing.assert_array_equal(one.log_probabilities, two.log_probabilities)


def test_a_loaded_model_is_the_saved_one(folder, system):
    loaded = checkpoint.load(NAME)
    assert loaded.config == system.config
    assert loaded.sequence == system.sequence
    assert loaded.source_vocab.tokens == system.source_vocab.tokens
    assert loaded.target_vocab.to_json() == system.target_vocab.to_json()
    assert (loaded.name, loaded.task, loaded.reads) == (NAME, "fra-eng", "French")
    assert loaded.translate("a b").output == system.translate("a b").output


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_weights_are_stored_in_the_recorded_dtype_and_used_as_float32(models, dtype):
    sequence = SequenceConfig(weights_dtype=dtype)
    saved = build_system(sequence, dtype=torch.float32)
    folder = models(NAME, saved)
    stored = load_file(folder / checkpoint.WEIGHTS)
    kind = getattr(torch, dtype)
    assert {tensor.dtype for tensor in stored.values()} == {kind}
    loaded = weights_of(checkpoint.load(NAME))
    assert {tensor.dtype for tensor in loaded.values()} == {torch.float32}
    for key, tensor in weights_of(saved).items():
        assert torch.equal(loaded[key], tensor.to(kind).float())


@pytest.mark.parametrize("switches", [
    {"cell": "lstm", "bidirectional": True, "layers": 2, "bridge": "hidden_and_cell"},
    {"cell": "rnn", "source_input": "one_hot", "target_input": "one_hot", "peeky": "cell"},
    {"attention": "additive", "attention_slots": 8, "attentional_layer": False},
])  # fmt: skip
def test_every_kind_of_model_comes_back(models, switches):
    sequence = SequenceConfig(weights_dtype="float32", max_output_length=9)
    saved = build_system(sequence, dtype=torch.float32, **switches)
    models(NAME, saved)
    one, two = saved.translate("a b c"), checkpoint.load(NAME).translate("a b c")
    assert one.output == two.output
    np.testing.assert_array_equal(one.log_probabilities, two.log_probabilities)


def test_manners_of_the_tutorials_come_back(models):
    for tutorial, task, text in ((3, "fra-eng", "a b"), (4, "dates", "1/2/03"),
                                 (5, "fra-eng", "a b c")):  # fmt: skip
        saved = build_like(tutorial)
        models(f"{task}/t{tutorial}", saved)
        loaded = checkpoint.load(f"{task}/t{tutorial}")
        assert loaded.sequence == saved.sequence
        assert loaded.translate(text).source == saved.translate(text).source


def test_a_loaded_model_is_ready_to_be_shared(folder):
    model = checkpoint.load(NAME).model
    assert not any(module.training for module in model.modules())
    assert not any(parameter.requires_grad for parameter in model.parameters())


def test_the_python_entry(folder):
    trace = s2s.load(NAME).translate("a b c")
    assert trace.model == NAME and trace.source == ("a", "b", "c", "<eos>")


def test_the_folder_can_be_read_by_a_person(models, system):
    folder = models(NAME, replace(system, task="fra-eng"))
    config = json.loads((folder / "config.json").read_text("utf-8"))
    assert config["format"] == checkpoint.FORMAT
    assert config["model"]["attention"] == "general"
    vocab = json.loads((folder / "vocab.json").read_text("utf-8"))
    assert vocab["target"]["eos"] == 3
    assert {path.name for path in folder.iterdir()} == {
        "config.json", "vocab.json", "model.safetensors", "history.csv", "README.md",
    }  # fmt: skip


# Every fault by name.


def edit_json(file, change):
    def damage(folder):
        path = folder / file
        data = json.loads(path.read_text("utf-8"))
        change(data)
        path.write_text(json.dumps(data), "utf-8")

    return damage


def write(file, content):
    def damage(folder):
        (folder / file).write_bytes(content)

    return damage


def remove(file):
    def damage(folder):
        (folder / file).unlink()

    return damage


def cut(file, keep):
    def damage(folder):
        data = (folder / file).read_bytes()
        (folder / file).write_bytes(data[: int(len(data) * keep) if keep < 1 else keep])

    return damage


def edit_weights(change):
    def damage(folder):
        weights = load_file(folder / checkpoint.WEIGHTS)
        change(weights)
        save_file(weights, folder / checkpoint.WEIGHTS)

    return damage


def header(content):
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return struct.pack("<Q", len(data)) + data


def drop(part, *keys):
    def change(data):
        target = data[part] if part else data
        for key in keys:
            del target[key]

    return change


def put(part, **values):
    def change(data):
        (data[part] if part else data).update(values)

    return change


DAMAGE = {
    "no weights": (remove("model.safetensors"), "model.safetensors is missing"),
    "no config": (remove("config.json"), "config.json is missing"),
    "no vocabulary": (remove("vocab.json"), "vocab.json is missing"),
    "weights cut": (cut("model.safetensors", 0.7), r"model.safetensors ends early \(.* of .* MB\)"),
    "weights cut by a byte": (cut("model.safetensors", -1 + 10**9), None),
    "header cut": (cut("model.safetensors", 40), "model.safetensors ends inside its header"),
    "no bytes": (write("model.safetensors", b""), "is not a safetensors file"),
    "few bytes": (write("model.safetensors", b"abc"), "is not a safetensors file"),
    "text": (write("model.safetensors", b"hello " * 100), "is not a safetensors file"),
    "a git-lfs pointer": (write("model.safetensors", b"version https://git-lfs.github.com/spec/v1"),
                          "is not a safetensors file"),
    "header is a list": (write("model.safetensors", header([1])), "is not a safetensors file"),
    "header is no JSON": (write("model.safetensors", header(b"{nonsense")),
                          "is not a safetensors file"),
    "odd offsets": (write("model.safetensors", header({"x": {"data_offsets": []}})),
                    "is not a safetensors file"),
    "odd dtype": (write("model.safetensors", header(
        {"x": {"dtype": "Q9", "shape": [0], "data_offsets": [0, 0]}})), "model.safetensors"),
    "foreign weights": (edit_weights(lambda w: (w.clear(), w.update(x=torch.zeros(2)))),
                        "model.safetensors lacks bridge|lacks decoder"),
    "a weight missing": (edit_weights(lambda w: w.pop("decoder.output.bias")),
                         "model.safetensors lacks decoder.output.bias"),
    "a weight too many": (edit_weights(lambda w: w.update(extra=torch.zeros(1))),
                          "model.safetensors has the unknown extra"),
    "another shape": (edit_weights(lambda w: w.update({"decoder.output.bias": torch.zeros(3)})),
                      r"decoder.output.bias has shape \(3,\), config.json asks for \(10,\)"),
    "another width": (edit_json("config.json", put("model", hidden=7)), "has shape .* asks for"),
    "a width beyond memory": (edit_json("config.json", put("model", hidden=10**6)),
                              "has shape .* asks for"),
    "a width beyond numbers": (edit_json("config.json", put("model", hidden=10**10)),
                               "config.json asks for a model too large"),
    "more layers": (edit_json("config.json", put("model", layers=2)), "model.safetensors lacks"),
    "another attention": (edit_json("config.json", put("model", attention="dot")),
                          "model.safetensors has the unknown decoder.attention"),
    "config is no JSON": (write("config.json", b"{\n\"format\": 1,\n oops"),
                          r"config.json is not JSON \(line 3\)"),
    "config is deep": (write("config.json", b"[" * 100_000), "config.json is not JSON"),
    "config has a huge number": (write("config.json", b"1" * 5000), "config.json"),
    "config is not UTF-8": (write("config.json", b"\xff\xfe{}"), "config.json is not UTF-8"),
    "config is a list": (write("config.json", b"[]"), "config.json is not one of ours"),
    "config is foreign": (write("config.json", b'{"model_type": "bert"}'),
                          r"config.json is not one of ours \(no format\)"),
    "newer format": (edit_json("config.json", put(None, format=2)),
                     "its format is 2, this version reads 1"),
    "no model": (edit_json("config.json", drop(None, "model")), "config.json lacks model"),
    "no sequence": (edit_json("config.json", drop(None, "sequence", "task")),
                    "config.json lacks task, sequence"),
    "a missing field": (edit_json("config.json", drop("model", "cell")), '"model" lacks cell'),
    "a missing manner": (edit_json("config.json", drop("sequence", "stop")),
                         '"sequence" lacks stop'),
    "an unknown field": (edit_json("config.json", put("model", heads=8)),
                         '"model" has heads, which this version does not know'),
    "an unknown manner": (edit_json("config.json", put("sequence", zoom=1)),
                          '"sequence" has zoom, which this version does not know'),
    "a bad value": (edit_json("config.json", put("model", cell="transformer")),
                    "ModelConfig.cell is 'transformer'"),
    "an unknown attention": (
        edit_json("config.json", put("model", attention="cosine")),
        r'"model": ModelConfig.attention is \'cosine\'; it must be one of none, dot, '),
    "a bad normaliser": (edit_json("config.json", put("sequence", source_normaliser="greek")),
                         "SequenceConfig.source_normaliser is 'greek'"),
    "a bad type": (edit_json("config.json", put("model", layers="1")), "ModelConfig.layers is '1'"),
    "model is a list": (edit_json("config.json", put(None, model=[])), '"model" must be an object'),
    "task is a list": (edit_json("config.json", put(None, task=[])), "task"),
    "about is a list": (edit_json("config.json", put(None, about=[])), "about"),
    "data is a string": (edit_json("config.json", put(None, data="x")), "data"),
    "vocabulary is no JSON": (write("vocab.json", b"{"), r"vocab.json is not JSON \(line 1\)"),
    "vocabulary is a list": (write("vocab.json", b"[]"), "vocab.json needs source and target"),
    "half a vocabulary": (edit_json("vocab.json", drop(None, "target")),
                          "vocab.json needs source and target"),
    "a token twice": (edit_json("vocab.json", lambda v: v["source"]["tokens"].__setitem__(-1, "a")),
                      "vocab.json, source,: the vocabulary holds 'a' more than once"),
    "a token too few": (edit_json("vocab.json", lambda v: v["target"]["tokens"].pop()),
                        "the target vocabulary has 9 tokens, config.json says 10"),
    "no end token": (edit_json("vocab.json", put("target", eos=None)),
                     "needs an end token in the target vocabulary"),
}  # fmt: skip
# What can be seen without reading the vocabulary and the weights.
LISTED = [
    name for name in DAMAGE
    if not any(word in name for word in (
        "vocab", "token", "weight", "shape", "width", "layers", "attention", "odd dtype",
    )) or name in ("weights cut", "no weights", "no vocabulary")
]  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_a_fault_is_named_in_one_sentence(folder, name):
    damage, message = DAMAGE[name]
    if name == "weights cut by a byte":
        damage, message = cut("model.safetensors", size_of(folder) - 1), "ends early"
    damage(folder)
    with pytest.raises(UserError, match=message) as caught:
        checkpoint.load(NAME)
    for language in LANGUAGES:
        with speaking(language):
            text = str(caught.value)
        assert text.startswith(NAME) and text.endswith(".") and "\n" not in text


def size_of(folder):
    return (folder / "model.safetensors").stat().st_size


@pytest.mark.parametrize("name", LISTED)
def test_a_broken_model_is_listed_with_its_fault_and_the_others_load(models, system, name):
    models("fra-eng/good", system)
    folder = models(NAME, system)
    damage, message = DAMAGE[name]
    damage(folder)
    good, broken = checkpoint.entries()
    assert (good.name, good.problem) == ("fra-eng/good", None)
    assert broken.name == NAME
    with pytest.raises(UserError) as caught:
        checkpoint.load(NAME)
    assert str(broken.problem) == str(caught.value)
    with speaking("ko"):
        assert re.search("[가-힣]{2}", str(broken.problem))
    assert checkpoint.load("fra-eng/good").translate("a b").output


def test_one_entry_is_told_to_each_visitor_in_the_own_language(folder):
    cut("model.safetensors", 0.7)(folder)
    (entry,) = pickle.loads(pickle.dumps(checkpoint.entries()))
    told = {}
    for language in ("ko", "en"):
        with speaking(language):
            told[language] = re.sub(r"[\d.]+ ", "", str(entry.problem))
    assert told == {
        "en": f"{NAME} could not be loaded: model.safetensors ends early (of MB).",
        "ko": f"{NAME}를 불러올 수 없습니다: model.safetensors가 중간에 끊겼습니다(MB 가운데 MB).",
    }


def test_listing_reads_no_weights(folder, monkeypatch):
    monkeypatch.setattr(weights, "load_file", None)
    (entry,) = checkpoint.entries()
    assert entry.problem is None
    assert entry.config.attention == "general"
    assert (entry.name, entry.path) == (NAME, str(folder))


def test_only_folders_of_models_are_listed(models, system):
    folder = models(NAME, system)
    (folder.parent / "notes.txt").write_text("x")
    (folder.parent / ".tmp-x-a-1").mkdir()
    (folder.parent.parent / ".hidden").mkdir()
    assert [entry.name for entry in checkpoint.entries()] == [NAME]


def test_a_stamp_changes_with_any_file(folder):
    (before,) = checkpoint.entries()
    later = (folder / "vocab.json").stat().st_mtime_ns + 10**9
    os.utime(folder / "vocab.json", ns=(later, later))
    (after,) = checkpoint.entries()
    assert after.stamp != before.stamp
    assert after.stamp == checkpoint.stamp(folder)
    # A file that is replaced by an older one counts too.
    os.utime(folder / "vocab.json", ns=(1, 1))
    assert checkpoint.stamp(folder) not in (before.stamp, after.stamp)
    assert checkpoint.stamp(folder / "gone") == 0


@pytest.mark.parametrize(
    "name",
    ["fra-eng/other", "", "x", "/no/such/path", "a" * 5000, "a\nb", "a\0b", "\udcff", "é" * 200],
)
def test_a_model_that_is_not_there(folder, name):
    with pytest.raises(UserError, match=f"^There is no model .* Models here: {NAME}.$") as caught:
        checkpoint.load(name)
    assert "\n" not in str(caught.value)


def test_no_models_at_all(tmp_path, monkeypatch):
    monkeypatch.setenv("S2S_CHECKPOINTS", str(tmp_path / "nowhere"))
    assert checkpoint.entries() == []
    with pytest.raises(UserError, match="There is no model .* No models under .* S2S_CHECKPOINTS"):
        checkpoint.load(NAME)


def test_a_pickle_is_never_run(folder, tmp_path):
    """Both a bare pickle and PyTorch's own format would create a file if they were unpickled."""
    trap = tmp_path / "trap"

    class Trap:
        def __reduce__(self):
            return (Path.touch, (trap,))

    pickle.loads(pickle.dumps(Trap()))
    assert trap.exists()
    trap.unlink()
    for content in (pickle.dumps(Trap()), None):
        path = folder / "model.safetensors"
        if content is None:
            torch.save({"x": Trap()}, path)
        else:
            path.write_bytes(content)
        with pytest.raises(UserError, match="is not a safetensors file"):
            checkpoint.load(NAME)
    assert not trap.exists()


# Whole or not there.


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("step", ["save_file", "histories.write"])
def test_an_interrupted_save_leaves_the_old_model(folder, monkeypatch, step):
    before = contents(folder)
    other = build_system(attention="general", seed=9, dtype=torch.float32)

    def half(*arguments):
        path = next(a for a in arguments if isinstance(a, Path))
        (path / "half" if path.is_dir() else path).write_bytes(b"half")
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(f"s2s.checkpoints.checkpoint.{step}", half)
        with pytest.raises(OSError, match="disk full"):
            checkpoint.save(folder, other, about_of(other), History())
    assert contents(folder) == before
    assert [entry.name for entry in checkpoint.entries()] == [NAME]
    # And the next attempt is not disturbed by what was left.
    checkpoint.save(folder, other, about_of(other), History())
    assert contents(folder) != before
    assert [path.name for path in folder.parent.iterdir()] == ["tiny"]


def test_an_interrupted_first_save_shows_no_model(models, system, tmp_path, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(checkpoint, "save_file", stop)
    with pytest.raises(KeyboardInterrupt):
        models(NAME, system)
    assert checkpoint.entries() == []


def test_a_failed_move_brings_the_old_model_back(folder, monkeypatch):
    before = contents(folder)
    other = build_system(attention="general", seed=9, dtype=torch.float32)
    rename = Path.rename

    def fail_once(self, target):
        if self.name.startswith(".tmp") and Path(target).name == "tiny" and "-a-" in self.name:
            raise OSError("no")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_once)
    with pytest.raises(OSError):
        checkpoint.save(folder, other, about_of(other), History())
    assert contents(folder) == before


def test_replacing_a_model_leaves_nothing_behind(folder, system):
    other = build_system(attention="general", seed=9, dtype=torch.float32)
    checkpoint.save(folder, other, about_of(other), History(), "A card.")
    assert [path.name for path in folder.parent.iterdir()] == ["tiny"]
    assert (folder / "README.md").read_text() == "A card."
    with safe_open(folder / "model.safetensors", "pt") as file:
        stored = file.get_tensor("decoder.output.bias").float()
    assert torch.equal(stored, weights_of(other)["decoder.output.bias"].half().float())


# The models that are shipped.

SHIPPED = sorted(path.parent for path in (ROOT / "checkpoints").glob("*/*/config.json"))


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda path: "/".join(path.parts[-2:]))
def test_a_shipped_model_works_and_has_its_card(folder, monkeypatch):
    monkeypatch.delenv("S2S_CHECKPOINTS", raising=False)
    name = "/".join(folder.parts[-2:])
    loaded = checkpoint.load(name)
    task = TASKS[loaded.task]
    for text in task.examples:
        trace = loaded.translate(text)
        assert trace.text
        if trace.attention is not None:
            empty = 0 if trace.empty_attention is None else trace.empty_attention
            np.testing.assert_allclose(trace.attention.sum(1) + empty, 1, atol=1e-5)
    card = (folder / "README.md").read_text("utf-8")
    about = loaded.about
    assert about.command in card
    assert card == render(task, loaded)
    assert "on the same kind of processor" in card.lower() and "bit for bit" in card
    assert ("another seed, here ± " in card) == (len(about.by_seed(task.score)) > 1)
    if about.seeds:
        assert f"--seeds {len(about.seeds)}" in about.command
    if task.split_key:
        assert "SHA-256" in card
        assert headline(task, about.score(task.score)) in card
    else:
        assert "nothing is held out" in card and "test" not in about.metrics
    assert about.parameters == loaded.model.parameter_count()
    rows = (folder / "history.csv").read_text().splitlines()
    assert len(rows) == 1 + about.train.epochs
