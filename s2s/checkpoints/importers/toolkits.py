"""The toolkits for translation as families: OpenNMT-py, JoeyNMT and fairseq.

From their public sources: the names of their tensors, what a step computes and where it starts.
"""

from __future__ import annotations

import itertools

from s2s.checkpoints.importers.rules import HANDED, Family, Rule, cells, halves, linear, one
from s2s.text.language import Later, later

OPENNMT_LUT = r"embeddings\.make_embedding\.emb_luts\.0"


def _stacked(theirs: str) -> tuple[Rule, ...]:
    """A decoder's cells, one of its own for each layer; the last step's vector stands behind x."""
    return (
        one(rf"{theirs}\.0\.weight_ih", "decoder.rnn.weight_ih_l0", "x s̃"),
        *(
            one(rf"{theirs}\.(\d+)\.{name}", rf"decoder.rnn.{name}_l\1")
            for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        ),
    )


OPENNMT_ASKED = (
    one(r"decoder\.attn\.linear_in\.weight", "decoder.attention.weight.weight", how="transposed"),
)
"""The matrix that OpenNMT-py's query goes through, under the name of ours for the keys."""
OPENNMT_FED = (
    one(rf"encoder\.{OPENNMT_LUT}\.weight", "encoder.lookup.embedding.weight"),
    one(rf"decoder\.{OPENNMT_LUT}\.weight", "decoder.lookup.embedding.weight"),
    *cells(r"encoder\.rnn", "encoder"),
    *_stacked(r"decoder\.rnn\.layers"),
    *linear(r"(?:decoder\.)?generator(?:\.0)?", "decoder.output", "s"),
    one(r"decoder\.attn\.linear_out\.weight", "decoder.attentional.weight", "c s"),
)
"""OpenNMT-py's decoder with input feeding: one cell a layer, the last step's vector behind x."""

JOEYNMT_SCORES = {
    "general": (one(r"decoder\.attention\.key_layer\.weight", "decoder.attention.weight.weight"),),
    "additive": (
        one(r"decoder\.attention\.query_layer\.weight", "decoder.attention.query.weight"),
        one(r"decoder\.attention\.key_layer\.weight", "decoder.attention.key.weight"),
        one(r"decoder\.attention\.energy_layer\.weight", "decoder.attention.energy.weight",
            how="row"),
    ),
}  # fmt: skip
"""JoeyNMT's luong and bahdanau; either asks with the state after the fed token."""


def _titled(toolkit: str, score: str, *more: Later) -> Later:
    """A toolkit's model: its attention, and what else tells it from the others."""
    return later("{toolkit} ({what})", toolkit=toolkit,
                 what=(later("{kind} attention", kind=score), *more))  # fmt: skip


def _joeynmt(score: str, fed: bool, bridge: bool) -> Family:
    """One of JoeyNMT's recurrent models.

    Args:
        score: the attention's.
        fed: with input feeding.
        bridge: every layer of the decoder starts from tanh(W h) of the encoder's top layer, an
            LSTM's cell too; without it from zeros.
    """
    starts = {"bridge": "hidden_as_both", "bridge_layer": "always", "bridge_from": "top"}
    return Family(
        "joeynmt",
        _titled("JoeyNMT", score, *[later("input feeding")] * fed,
                *[later("a decoder that starts from zeros")] * (not bridge)),
        (
            one(r"src_embed\.lut\.weight", "encoder.lookup.embedding.weight"),
            one(r"trg_embed\.lut\.weight", "decoder.lookup.embedding.weight"),
            *cells(r"encoder\.rnn", "encoder"),
            *cells(r"decoder\.rnn", "decoder", "x s̃" if fed else "x"),
            *linear(r"decoder\.att_vector_layer", "decoder.attentional", "s c"),
            one(r"decoder\.output_layer\.weight", "decoder.output.weight"),
            *(linear(r"decoder\.bridge_layer", "bridge.hidden") if bridge else ()),
            *JOEYNMT_SCORES[score],
        ),
        {"attention": score, "input_feeding": fed, **(starts if bridge else {"bridge": "nothing"})},
    )  # fmt: skip


def _fairseq(layer: bool, tied: bool) -> Family:
    """One of fairseq's LSTMs, which always feed the last attentional vector.

    Args:
        layer: the decoder has other sizes than the encoder, and a layer without a tanh between.
        tied: the output layer is the table of what is fed, without a bias.
    """
    table = "decoder.lookup.embedding.weight"
    return Family(
        "fairseq-lstm",
        _titled("fairseq", "general", *[later("with a layer between the sizes")] * layer,
                *[later("one table for input and output")] * tied),
        (
            one(r"encoder\.embed_tokens\.weight", "encoder.lookup.embedding.weight"),
            *cells(r"encoder\.lstm", "encoder"),
            *_stacked(r"decoder\.layers"),
            *((*linear(r"decoder\.encoder_hidden_proj", "bridge.hidden"),
               *linear(r"decoder\.encoder_cell_proj", "bridge.cell")) if layer else ()),
            one(r"decoder\.attention\.input_proj\.weight", "decoder.attention.weight.weight",
                how="transposed"),
            one(r"decoder\.attention\.output_proj\.weight", "decoder.attentional.weight", "c s"),
            *((Rule(r"decoder\.embed_tokens\.weight", (table, "decoder.output.weight")),)
              if tied else
              (one(r"decoder\.embed_tokens\.weight", table),
               *linear(r"decoder\.fc_out", "decoder.output", "s"))),
        ),
        {"attention": "general", "input_feeding": True,
         "bridge_layer": "linear" if layer else "never"} | HANDED,
        {"start": "eos"},
    )  # fmt: skip


YES = (True, False)
TOOLKITS: tuple[Family, ...] = (
    Family(
        "opennmt-py", _titled("OpenNMT-py", "general", later("without input feeding")),
        (
            *halves("rnn", r"generator(?:\.0)?", embedding=OPENNMT_LUT),
            one(r"decoder\.attn\.linear_in\.weight", "decoder.attention.weight.weight",
                how="transposed"),
            one(r"decoder\.attn\.linear_out\.weight", "decoder.attentional.weight", "c s"),
        ),
        {"attention": "general", "bridge_layer": "never"} | HANDED, {"source_eos": False},
    ),
    Family(
        "opennmt-py", _titled("OpenNMT-py", "dot", later("without input feeding")),
        (
            *halves("rnn", r"generator(?:\.0)?", embedding=OPENNMT_LUT),
            one(r"decoder\.attn\.linear_out\.weight", "decoder.attentional.weight", "c s"),
        ),
        {"attention": "dot", "bridge_layer": "never"} | HANDED, {"source_eos": False},
    ),
    *(
        Family(
            "opennmt-py-fed", _titled("OpenNMT-py", score, later("input feeding")),
            (*OPENNMT_FED, *rules),
            {"attention": score, "bridge_layer": "never", "input_feeding": True} | HANDED,
            {"source_eos": False},
        )
        for score, rules in (("general", OPENNMT_ASKED), ("dot", ()))
    ),
    *(_joeynmt(*chosen) for chosen in itertools.product(JOEYNMT_SCORES, YES, YES)),
    *(_fairseq(*chosen) for chosen in itertools.product(YES[::-1], YES[::-1])),
)  # fmt: skip
