"""Keras files: equal to the equations, of every version; hostile ones are refused by name."""

import json
import zipfile
from contextlib import suppress

import h5py
import keras_models
import numpy as np
import pytest
import torch
from keras_models import END, SOURCE, START, TABS, TARGET, UNITS, Characters, program

import s2s
from s2s.checkpoints import checkpoint
from s2s.checkpoints.importers import containers, keras_files
from s2s.checkpoints.importers.keras_families import ASKED
from s2s.checkpoints.importers.recognise import recognise
from s2s.errors import UserError
from s2s.model.batch import Source
from s2s.model.seq2seq import blank

SENTENCES = ["ab", "c", "hgfe", "aaaa", "bdfhi", "ig", "cab", "dede", "f", "ihgfedcba", "gg", "eca"]


FORMS = {
    "model.h5": lambda path, model: keras_models.write_h5(path, model),
    "gzip.h5": lambda path, model: keras_models.write_h5(path, model, compression="gzip"),
    "weights.h5": lambda path, model: keras_models.write_h5(path, model, whole=False),
    "model.keras": keras_models.write_keras,
    "early.keras": lambda path, model: keras_models.write_keras(
        path, model, root="_layer_checkpoint_dependencies"),
}  # fmt: skip


def arguments(folder, name, model=None):
    """The files written; what the command is called with."""
    FORMS.get(name, lambda *_: None)(folder / name, model or Characters())
    (folder / "V.json").write_text(json.dumps(TABS), "utf-8")
    return [folder / name, "--vocab", folder / "V.json", "--as", "fra-eng/mine"]


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMS)
def test_every_form_answers_as_the_equations(call, tmp_path, name):
    model = Characters()
    given = arguments(tmp_path, name, model)
    entries = []
    for text in SENTENCES:
        output, rows = model.answer([ord(letter) - 97 for letter in text])
        own = rows[np.arange(len(output)), output]
        entries.append({"source": text, "output": output, "log_probabilities": own.tolist()})
    assert len({tuple(entry["output"]) for entry in entries}) > 4
    (tmp_path / "check.json").write_text(json.dumps(entries), "utf-8")
    found = call("import", *given, "--max-output-length", "12", "--check", tmp_path / "check.json")
    assert found.code == 0, found.err
    assert "Recognised: Keras’ lstm_seq2seq" in found.out
    assert "Equal to the original to " in found.out and " on 12 sentences." in found.out
    assert ("does not say how its layers are wired" in found.out) == (name == "weights.h5")
    system = s2s.load("fra-eng/mine")
    assert system.sequence.start_token == "\t" and system.target_vocab.eos == END
    assert len(system.translate("ihg").steps * "x") > 0 and START == 0


@pytest.mark.slow
def test_empty_places_that_were_read_are_found_and_can_be_said(call, tmp_path):
    """The public example encodes a matrix of zeros up to its longest sentence."""
    model, entries = Characters(), []
    for text in SENTENCES:
        output, rows = model.answer([ord(letter) - 97 for letter in text], filled=16)
        own = rows[np.arange(len(output)), output]
        entries.append({"source": text, "output": output, "log_probabilities": own.tolist()})
    given = arguments(tmp_path, "model.keras", model)
    (tmp_path / "check.json").write_text(json.dumps(entries), "utf-8")
    given += ["--max-output-length", "12", "--check", tmp_path / "check.json"]
    found = call("import", *given)
    assert found.code == 2 and "reads padding too, up to 16 tokens" in found.err, found.err
    found = call("import", *given, "--padded-source-length", "16")
    assert found.code == 0 and " on 12 sentences." in found.out, found.err
    system = s2s.load("fra-eng/mine")
    assert system.config.source_vocabulary == SOURCE + 1
    assert system.translate("ab").source == ("a", "b", *["<pad>"] * 14)


def projected(seed=1):
    """A GRU with AdditiveAttention over projected states; its arrays by the reader's names."""
    draw = np.random.default_rng(seed)
    width, way, hidden = 4, 3, 5
    shapes = {"embedding.embeddings": (SOURCE, width), "embedding_1.embeddings": (TARGET, width),
              "time_distributed.layer.kernel": (2 * way, hidden),
              "time_distributed.layer.bias": (hidden,), "additive_attention.scale": (hidden,),
              "dense.kernel": (2 * hidden, TARGET), "dense.bias": (TARGET,)}  # fmt: skip
    for layer, units in (("bidirectional.forward_layer", way),
                         ("bidirectional.backward_layer", way), ("gru", hidden)):  # fmt: skip
        shapes |= {f"{layer}.kernel": (width, 3 * units),
                   f"{layer}.recurrent_kernel": (units, 3 * units),
                   f"{layer}.bias_input": (3 * units,),
                   f"{layer}.bias_recurrent": (3 * units,)}  # fmt: skip
    return {name: draw.normal(size=shape) for name, shape in shapes.items()}


def gru(x, h, arrays, layer):
    """One step of a GRU with reset_after: gates z, r, h."""

    def sums(value, name, bias):
        return np.split(value @ arrays[f"{layer}.{name}"] + arrays[f"{layer}.{bias}"], 3)

    (zx, rx, nx), (zh, rh, nh) = (
        sums(x, "kernel", "bias_input"),
        sums(h, "recurrent_kernel", "bias_recurrent"),
    )
    z, r = keras_models.sigmoid(zx + zh), keras_models.sigmoid(rx + rh)
    return z * h + (1 - z) * np.tanh(nx + r * nh)


def logits_of(arrays, ids, fed):
    """[T, V] from the definition: the decoder starts from zeros and asks with its new state."""
    ways = []
    for layer, order in (("forward", ids), ("backward", ids[::-1])):
        h, states = np.zeros(3), []
        for token in order:
            h = gru(
                arrays["embedding.embeddings"][token], h, arrays, f"bidirectional.{layer}_layer"
            )
            states.append(h)
        ways.append(states if layer == "forward" else states[::-1])
    states = np.concatenate(ways, axis=1)
    values = (
        states @ arrays["time_distributed.layer.kernel"] + arrays["time_distributed.layer.bias"]
    )
    h, rows = np.zeros(5), []
    for token in fed:
        h = gru(arrays["embedding_1.embeddings"][token], h, arrays, "gru")
        scores = np.tanh(h + values) @ arrays["additive_attention.scale"]
        weights = np.exp(scores - scores.max())
        both = np.concatenate([h, weights / weights.sum() @ values])
        rows.append(both @ arrays["dense.kernel"] + arrays["dense.bias"])
    return np.array(rows)


def test_attention_over_projected_states_is_the_same_function():
    arrays = projected()
    tensors = {name: torch.from_numpy(array) for name, array in arrays.items()}
    found = recognise(tensors)
    assert found.family.name == "keras-gru-attention"
    assert ASKED in {one.name for one in found.taken}
    model = blank(found.config)
    model.load_state_dict({n: v.double() for n, v in found.weights.items()}, assign=True)
    for ids in ([1, 2], [3], [4, 4, 8, 7, 0], [6, 5, 1]):
        memory, state = model.eval().encode(
            Source(torch.tensor([ids]), torch.tensor([len(ids)]), None)
        )
        fed = [0, 3, 5, 1]
        logits = model.decoder(torch.tensor([fed]), state, memory).logits[0].detach()
        np.testing.assert_allclose(logits, logits_of(arrays, ids, fed), atol=1e-4)


def without(name):
    def spoil(file):
        del file[name]

    return spoil


def linked(kind):
    def spoil(file):
        del file["layers/dense/vars/1"]
        file["layers/dense/vars/1"] = kind

    return spoil


def sized(shape, dtype="f", **stored):
    def spoil(file):
        del file["layers/dense/vars/1"]
        file.create_dataset("layers/dense/vars/1", shape=shape, dtype=dtype, **stored)

    return spoil


def virtual(file):
    del file["layers/dense/vars/1"]
    layout = h5py.VirtualLayout(shape=(TARGET,), dtype="f")
    layout[:] = h5py.VirtualSource("/etc/hostname", "x", shape=(TARGET,))
    file.create_virtual_dataset("layers/dense/vars/1", layout)


def circle(file):
    file["layers/dense/vars/again"] = file["layers"]


HOSTILE = {
    "another file's numbers": (linked(h5py.ExternalLink("/etc/hostname", "/")), "has a link at"),
    "a link within": (linked(h5py.SoftLink("/layers/lstm/cell/vars/2")), "has a link at"),
    "numbers made of other files": (virtual, "keeps layers/dense/vars/1 elsewhere"),
    "numbers outside": (sized((TARGET,), external=[("/etc/hostname", 0, 40)]), "elsewhere"),
    "a giant": (sized((1 << 40,), chunks=(1 << 20,)), "has more than"),
    "a giant that is packed": (sized((1 << 36,), chunks=(1 << 20,), compression="gzip"),
                               "has more than"),
    "nothing behind a shape": (sized((TARGET, 9999)), "fewer numbers at layers/dense/vars/1"),
    "texts": (sized((TARGET,), h5py.string_dtype()), "no real numbers at"),
    "an unknown way of packing": (sized((TARGET,), chunks=(5,), scaleoffset=2),
                                  "packed in an unknown way"),
    "a circle": (circle, "more groups than a model has"),
    "an array too many": (lambda file: file.create_dataset("layers/dense/vars/2", data=[1.0]),
                          "has an array of dense that is not known"),
    "no layers": (without("layers"), "holds no layers"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_files_are_refused_before_they_are_read(refused, tmp_path, what):
    spoil, told = HOSTILE[what]
    given = arguments(tmp_path, "bad.keras")
    keras_models.write_keras(tmp_path / "bad.keras", Characters(), spoil=spoil)
    assert told in refused(*given)


PROGRAMS = {
    "a hard sigmoid": (program(recurrent_activation="hard_sigmoid"),
                       "lstm_1 with recurrent_activation hard_sigmoid; known is sigmoid"),
    "read backwards": (program(go_backwards=True), "go_backwards True; known is False"),
    "no functional model": ({"class_name": "Sequential"}, "a functional model is needed"),
    "not an object": ([], "a functional model is needed"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("what", PROGRAMS)
def test_programs_that_compute_something_else_are_refused_by_name(refused, tmp_path, what):
    config, told = PROGRAMS[what]
    given = arguments(tmp_path, "bad.keras")
    keras_models.write_keras(tmp_path / "bad.keras", Characters(), config=config or [0])
    assert told in refused(*given)
    if isinstance(config, dict) and "config" in config:
        keras_models.write_h5(tmp_path / "bad.h5", Characters(), keras_models.LAYERS, config)
        assert told in refused(tmp_path / "bad.h5", *given[1:])


def test_code_and_other_layers_in_a_program_are_named_and_never_run(refused, tmp_path):
    given = arguments(tmp_path, "bad.keras")
    config = program()
    config["config"]["layers"].append({
        "class_name": "Lambda", "name": "evil", "inbound_nodes": [],
        "config": {"name": "evil", "function": ["4wEAAAAAAAAA", None, None]},
    })  # fmt: skip
    keras_models.write_keras(tmp_path / "bad.keras", Characters(), config=config)
    assert "a layer evil of the class Lambda, which is not known" in refused(*given)
    config = program()
    config["config"]["layers"][3]["inbound_nodes"] = program()["config"]["layers"][2][
        "inbound_nodes"]  # fmt: skip
    keras_models.write_keras(tmp_path / "bad.keras", Characters(), config=config)
    assert "wires its layers in a way that is not known here" in refused(*given)


def test_what_is_no_keras_file_says_so(refused, tmp_path):
    given = arguments(tmp_path, "none.keras")
    (tmp_path / "none.keras").write_bytes(b"nothing of the kind")
    assert "is no Keras file, or it is damaged" in refused(*given)
    (tmp_path / "none.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    assert "is no Keras file, or it is damaged" in refused(tmp_path / "none.h5", *given[1:])
    with zipfile.ZipFile(tmp_path / "none.keras", "w") as archive:
        archive.writestr("../config.json", "{}")
    assert "lacks config.json" in refused(*given)
    keras_models.write_h5(tmp_path / "cut.h5", Characters())
    whole = (tmp_path / "cut.h5").read_bytes()
    (tmp_path / "cut.h5").write_bytes(whole[: len(whole) // 2])
    assert "is no Keras file, or it is damaged" in refused(tmp_path / "cut.h5", *given[1:])


CIRCLE = ((5650, 92), (1441, 164), (3312, 97), (15761, 96), (13376, 69), (5681, 163))
"""Places and bytes with which HDF5's library turned in circles."""


@pytest.mark.slow
def test_damage_ends_in_one_sentence_and_circles_end(tmp_path, monkeypatch):
    """An answer or a sentence, never another kind of error, and never a wait without end."""
    monkeypatch.setattr(keras_files, "LONGEST_WAIT", 30)
    keras_models.write_h5(tmp_path / "whole.h5", Characters())
    whole, draw = (tmp_path / "whole.h5").read_bytes(), np.random.default_rng(7)
    drawn = [tuple(zip(draw.integers(0, len(whole), 6).tolist(),
                       draw.integers(0, 256, 6).tolist(), strict=True))
             for _ in range(5)]  # fmt: skip
    for places in (*drawn, CIRCLE):
        bent = bytearray(whole)
        for place, value in places:
            bent[place] = value
        path = tmp_path / "bent.h5"
        path.write_bytes(bytes(bent))
        with pytest.raises(UserError) if places == CIRCLE else suppress(UserError):
            containers.read([str(path)])


def test_the_card_names_the_family(call, tmp_path):
    assert call("import", *arguments(tmp_path, "model.keras")).code == 0
    card = (checkpoint.find("fra-eng/mine") / "README.md").read_text("utf-8")
    assert "Keras’ lstm_seq2seq" in card and "`keras-lstm-seq2seq`" in card
    assert f"| `lstm.recurrent_kernel` | {UNITS} × {4 * UNITS} |" in card
