"""The Keras half of `public_weights.py`, in a process of its own: models answer by their own code.

    KERAS_BACKEND=torch PYTHONPATH=… python public_weights_keras.py netra PACKAGE_FOLDER WORD…
    KERAS_BACKEND=torch PYTHONPATH=… python public_weights_keras.py seq2seq OUT_FOLDER TEXT…

Prints one JSON object: words by id, and for each text the output ids and [T, V] log probabilities.
"""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path

import keras
import numpy as np
from keras.src.utils import module_utils


def as_tensorflow() -> None:
    """``tensorflow.keras`` is Keras itself, and what the package asks of it lies elsewhere now."""
    module_utils.tensorflow._available = False  # Keras itself is not to find it
    named = {"tensorflow": types.ModuleType("tensorflow"), "tensorflow.keras": keras}
    for part in ("layers", "models"):
        named[f"tensorflow.keras.{part}"] = getattr(keras, part)
    sequence = types.ModuleType("sequence")
    sequence.pad_sequences = keras.utils.pad_sequences
    named["tensorflow.keras.preprocessing"] = types.ModuleType("preprocessing")
    named["tensorflow.keras.preprocessing.sequence"] = sequence
    spelled = types.ModuleType("khmerspell")  # it tidies Khmer text, which is not read here
    spelled.khnormal = str
    sys.modules |= {**named, "khmerspell": spelled}


def by_id(tokenizer, size: int) -> list[str]:
    """Its words by id; 0 is the padding, and an id without a word has its number."""
    return ["<pad>", *(tokenizer.index_word.get(i, f"<{i}>") for i in range(1, size))]


def netra(folder: str, words: list[str]) -> dict:
    """netra-transliterate: its beam search with one beam, and its decoder's probabilities."""
    as_tensorflow()
    sys.path.insert(0, folder)
    from khmer_transliterator import _inference

    model = _inference.Transliterator()
    model._load()
    start, end = (model._khm_tokenizer.word_index[mark] for mark in ("\t", "\n"))
    entries = []
    for word in words:
        projected = model._encode(word)
        (beam, *_) = model._beam_search(projected, 1, 32)
        ids, state, rows = [int(i) for i in beam["seq"]], np.zeros((1, model._gru_units)), []
        for fed in ids[:-1]:
            out, state = model._decoder.predict([np.array([[fed]]), state, projected], verbose=0)
            rows.append(np.log(out[0, -1].astype(float)).tolist())
        entries.append({"source": word, "output": ids[1:], "log_p": rows})
    size = [layer.input_dim for layer in model._model.layers if hasattr(layer, "input_dim")]
    return {
        "source": by_id(model._eng_tokenizer, size[0]), "start": start, "end": end,
        "target": by_id(model._khm_tokenizer, size[1]), "longest": int(model._max_eng_len),
        "entries": entries,
    }  # fmt: skip


def seq2seq(folder: str, texts: list[str]) -> dict:
    """lstm_seq2seq as its public example builds it, with random weights, saved in three ways."""
    keras.utils.set_random_seed(1)
    letters = sorted(set("".join(texts)))
    source, target, units = letters, ["\t", "\n", *letters], 24
    layers = keras.layers
    heard = keras.Input((None, len(source)))
    _, *states = layers.LSTM(units, return_state=True)(heard)
    spoken = keras.Input((None, len(target)))
    decoder = layers.LSTM(units, return_sequences=True, return_state=True)
    last = layers.Dense(len(target), activation="softmax")
    model = keras.Model([heard, spoken], last(decoder(spoken, initial_state=states)[0]))
    draw = np.random.default_rng(1)
    model.set_weights([draw.normal(size=held.shape) for held in model.get_weights()])
    for name in ("model.h5", "model.keras"):
        model.save(str(Path(folder) / name))
    model.save_weights(str(Path(folder) / "only.weights.h5"))
    entries = []
    for text in texts:
        read = np.eye(len(source))[[source.index(letter) for letter in text]][None]
        ids, rows = [0], []
        while len(ids) < 20 and ids[-1] != 1:
            out = model.predict([read, np.eye(len(target))[ids][None]], verbose=0)
            rows.append(np.log(out[0, -1].astype(float)).tolist())
            ids.append(int(out[0, -1].argmax()))
        entries.append({"source": text, "output": ids[1:], "log_p": rows})
    return {"source": source, "target": target, "start": 0, "end": 1, "entries": entries}


if __name__ == "__main__":
    print(json.dumps({"netra": netra, "seq2seq": seq2seq}[sys.argv[1]](sys.argv[2], sys.argv[3:])))
