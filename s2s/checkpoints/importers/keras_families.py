"""Keras' models as families; `keras_layers` says under which names their arrays come.

A Keras kernel has inputs as rows; an LSTM's gates are i, f, c, o, which is PyTorch's order, and its
one bias counts for both of PyTorch's; a GRU's gates are z, r, h.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from s2s.checkpoints.importers.rules import HANDED, Family, Rule, one
from s2s.text.language import later

CHARACTERS = {"source_tokeniser": "characters", "target_tokeniser": "characters",
              "source_eos": False}  # fmt: skip


def _lstm(layer: str, part: str) -> tuple[Rule, ...]:
    return (
        one(rf"{layer}\.kernel", f"{part}.rnn.weight_ih_l0", how="transposed"),
        one(rf"{layer}\.recurrent_kernel", f"{part}.rnn.weight_hh_l0", how="transposed"),
        one(rf"{layer}\.bias", f"{part}.rnn.bias_ih_l0"),
    )


def _gru(layer: str, part: str, way: str = "") -> tuple[Rule, ...]:
    z_first = {"gates": "z r n"}
    return (
        one(rf"{layer}\.kernel", f"{part}.rnn.weight_ih_l0{way}", how="transposed", **z_first),
        one(rf"{layer}\.recurrent_kernel", f"{part}.rnn.weight_hh_l0{way}", how="transposed",
            **z_first),
        one(rf"{layer}\.bias_input", f"{part}.rnn.bias_ih_l0{way}", **z_first),
        one(rf"{layer}\.bias_recurrent", f"{part}.rnn.bias_hh_l0{way}", **z_first),
    )  # fmt: skip


def _dense(order: str) -> tuple[Rule, ...]:
    return (
        one(r"dense\.kernel", "decoder.output.weight", order, how="transposed"),
        one(r"dense\.bias", "decoder.output.bias"),
    )


TABLES = (
    one(r"embedding\.embeddings", "encoder.lookup.embedding.weight"),
    one(r"embedding_1\.embeddings", "decoder.lookup.embedding.weight"),
)
ASKED = "query_as_it_is"


def _projected(tensors: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    """The last layer over [s; c], where the model's is over [s; P c + b]; the query's matrix is 1.

    The context is a mean of P h + b with weights that sum to 1, so it is P c + b, c being the mean
    of the states themselves.
    """
    wanted = [f"time_distributed.layer.{name}" for name in ("kernel", "bias")]
    wanted += ["dense.kernel", "dense.bias"]
    if not all(name in tensors for name in wanted):
        return tensors
    project, bias, last, offset = (tensors[name].double() for name in wanted)
    size = project.shape[-1]
    if project.dim() != 2 or last.dim() != 2 or len(last) <= size or bias.shape != (size,):
        return tensors
    state, context = last[:-size], last[-size:]
    return {
        **tensors,
        "dense.kernel": torch.cat([state, project @ context]),
        "dense.bias": offset + bias @ context,
        ASKED: torch.eye(size),
    }


KERAS: tuple[Family, ...] = (
    Family(
        "keras-lstm-seq2seq", later("Keras’ lstm_seq2seq (one-hot characters)"),
        (*_lstm("lstm", "encoder"), *_lstm("lstm_1", "decoder"), *_dense("s")),
        {"source_input": "one_hot", "target_input": "one_hot"} | HANDED, CHARACTERS,
    ),
    Family(
        "keras-lstm-seq2seq", later("Keras’ lstm_seq2seq (with embeddings)"),
        (*TABLES, *_lstm("lstm", "encoder"), *_lstm("lstm_1", "decoder"), *_dense("s")),
        HANDED, CHARACTERS,
    ),
    Family(
        "keras-gru-attention", later("a Keras GRU with AdditiveAttention over projected states"),
        (
            *TABLES,
            *_gru(r"bidirectional\.forward_layer", "encoder"),
            *_gru(r"bidirectional\.backward_layer", "encoder", "_reverse"),
            *_gru("gru", "decoder"),
            one(r"time_distributed\.layer\.kernel", "decoder.attention.key.weight",
                how="transposed"),
            one(r"time_distributed\.layer\.bias", "decoder.attention.key.bias"),
            one(r"additive_attention\.scale", "decoder.attention.energy.weight", how="row"),
            one(ASKED, "decoder.attention.query.weight"),
            *_dense("s c"),
        ),
        {"attention": "additive", "attention_bias": True, "attentional_layer": False,
         "bridge": "nothing"},
        CHARACTERS,
        _projected,
    ),
)  # fmt: skip
