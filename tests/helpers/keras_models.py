"""Keras' lstm_seq2seq in NumPy, from the equations, and the files that Keras would write of it."""

import io
import json
import zipfile

import h5py
import numpy as np

SOURCE, TARGET, UNITS, START, END = 9, 10, 5, 0, 1
TABS = {"source": list("abcdefghi"), "target": ["\t", "\n", *"klmnopqr"]}
LAYERS = ("lstm", "lstm_1", "dense")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm(x, h, c, kernel, recurrent, bias):
    """One step: gates i, f, c, o."""
    i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


class Characters:
    """One-hot characters in; the encoder's two states start the decoder; the end is a new line."""

    def __init__(self, seed=1):
        draw = np.random.default_rng(seed)
        shapes = {"lstm": [(SOURCE, 4 * UNITS), (UNITS, 4 * UNITS), (4 * UNITS,)],
                  "lstm_1": [(TARGET, 4 * UNITS), (UNITS, 4 * UNITS), (4 * UNITS,)],
                  "dense": [(UNITS, TARGET), (TARGET,)]}  # fmt: skip
        self.arrays = {layer: [draw.normal(size=shape).astype("f") for shape in held]
                       for layer, held in shapes.items()}  # fmt: skip

    def answer(self, ids, limit=12, filled=0):
        """Output ids and log probabilities [T, V] of greedy decoding; zeros fill the source up."""
        h = c = np.zeros(UNITS)
        inputs = [*np.eye(SOURCE)[ids], *np.zeros((filled, SOURCE))][: max(filled, len(ids))]
        for x in inputs:
            h, c = lstm(x, h, c, *self.arrays["lstm"])
        kernel, bias = self.arrays["dense"]
        fed, output, rows = START, [], []
        while len(output) < limit and END not in output:
            h, c = lstm(np.eye(TARGET)[fed], h, c, *self.arrays["lstm_1"])
            power = np.exp(h @ kernel + bias)
            rows.append(np.log(power / power.sum()))
            fed = int(rows[-1].argmax())
            output.append(fed)
        return output, np.array(rows)


def program(version=3, names=LAYERS, **options):
    """The model's layers as JSON; `options` go to the decoder's LSTM."""
    said = {"activation": "tanh", "recurrent_activation": "sigmoid", "use_bias": True}

    def read(*tensors):
        if version == 2:
            return [[[name, 0, output, {}] for name, output in tensors]]
        made = [{"class_name": "__keras_tensor__",
                 "config": {"shape": [None, None, 5], "keras_history": [name, 0, output]}}
                for name, output in tensors]  # fmt: skip
        return [{"args": made[:1], "kwargs": {"initial_state": made[1:], "mask": None}}]

    first, second, last = names
    layers = [
        ("InputLayer", "input_1", {}, []),
        ("InputLayer", "input_2", {}, []),
        ("LSTM", first, said, read(("input_1", 0))),
        ("LSTM", second, said | options, read(("input_2", 0), (first, 1), (first, 2))),
        ("Dense", last, {"activation": "softmax", "use_bias": True}, read((second, 0))),
    ]
    return {"class_name": "Functional", "config": {"name": "model", "layers": [
        {"class_name": kind, "name": name, "config": {"name": name, **config},
         "inbound_nodes": nodes} for kind, name, config, nodes in layers]}}  # fmt: skip


def write_h5(path, model, names=("lstm_4", "lstm_5", "dense_2"), config=None, whole=True, **stored):
    """As Keras 2 saves a whole model, or its weights alone."""
    slots = {"lstm": ("kernel:0", "recurrent_kernel:0", "bias:0"), "dense": ("kernel:0", "bias:0")}
    with h5py.File(path, "w") as file:
        group = file
        if whole:
            file.attrs["model_config"] = json.dumps(config or program(2, names)).encode()
            group = file.create_group("model_weights")
        group.attrs["layer_names"] = [b"input_1", b"input_2", *(name.encode() for name in names)]
        for name in ("input_1", "input_2"):
            group.create_group(name).attrs["weight_names"] = np.zeros(0, "S1")
        for layer, name in zip(LAYERS, names, strict=True):
            inside = group.create_group(name)
            cell = "/lstm_cell" if layer != "dense" else ""
            paths = [f"{name}{cell}/{slot}" for slot in slots[layer.removesuffix("_1")]]
            inside.attrs["weight_names"] = [one.encode() for one in paths]
            for one, array in zip(paths, model.arrays[layer], strict=True):
                inside.create_dataset(one, data=array, **stored)


def write_keras(path, model, config=None, root="layers", spoil=None):
    """As Keras 3 saves a whole model."""
    held = io.BytesIO()
    with h5py.File(held, "w") as file:
        for layer, arrays in model.arrays.items():
            place = f"{root}/{layer}{'' if layer == 'dense' else '/cell'}/vars"
            for number, array in enumerate(arrays):
                file.create_dataset(f"{place}/{number}", data=array)
        file.create_dataset(f"{root}/lstm/cell/seed_generator/vars/0", data=np.zeros(2, "u4"))
        file.create_dataset("optimizer/vars/0", data=np.zeros(3, "f"))
        if spoil:
            spoil(file)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", json.dumps(config or program()))
        archive.writestr("model.weights.h5", held.getvalue())
