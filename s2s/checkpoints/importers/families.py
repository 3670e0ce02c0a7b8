"""FAMILIES: other people's models as data: what their tensors are called, and what each one is.

From the public definitions of the tutorials and libraries that are named. A family is recognised
when every tensor has a rule, every size fits and nothing that our model needs is missing.
"""

from __future__ import annotations

from s2s.checkpoints.importers.keras_families import KERAS
from s2s.checkpoints.importers.rules import HANDED, Family, Rule, cells, halves, linear, one
from s2s.checkpoints.importers.toolkits import TOOLKITS
from s2s.text.language import N_, later

SAME = N_("it adds the same to every score, which a softmax does not see")
TYPED = {"source_normaliser": "latin", "target_normaliser": "latin"}
LOWER = {"source_normaliser": "lower", "target_normaliser": "lower"}
BETWEEN = {"source_bos": True, "source_eos": True}
ADDITIVE = {"attention": "additive", "query": "previous", "attentional_layer": False}
CELL = ADDITIVE | {"context_into": "cell"}
NUMBERED = {"embed": (0, 4), "ih": (1, 5), "hh": (2, 6), "bias": (3, 7)}


def numbered(reads: str, writes: str) -> tuple[Rule, ...]:
    """Ten arrays in a list: embedding, LSTM and, in the decoder, the affine layer."""
    rules = []
    for place, part in enumerate(("encoder", "decoder")):
        rules += [
            one(str(NUMBERED["embed"][place]), f"{part}.lookup.embedding.weight"),
            one(str(NUMBERED["ih"][place]), f"{part}.rnn.weight_ih_l0", reads if place else "x",
                how="transposed", gates="f g i o"),
            one(str(NUMBERED["hh"][place]), f"{part}.rnn.weight_hh_l0", how="transposed",
                gates="f g i o"),
            one(str(NUMBERED["bias"][place]), f"{part}.rnn.bias_ih_l0", gates="f g i o"),
        ]  # fmt: skip
    rules += [one("8", "decoder.output.weight", writes, how="transposed"),
              one("9", "decoder.output.bias")]  # fmt: skip
    return tuple(rules)


def _concat_score(attn: str, v: str) -> tuple[Rule, ...]:
    """V . tanh(W [s; h] + b), as one layer over both."""
    both = ("decoder.attention.query.weight", "decoder.attention.key.weight")
    return (
        Rule(rf"decoder\.{attn}\.weight", both, "s h"),
        one(rf"decoder\.{attn}\.bias", "decoder.attention.key.bias"),
        one(rf"decoder\.{v}(?:\.weight)?", "decoder.attention.energy.weight", how="row"),
    )


CHATBOT = halves("gru", "out") + linear(r"decoder\.concat", "decoder.attentional", "s c")
SUMMED = {"directions": "sum", "bridge_layer": "first_states"}
IBM = halves("rnn", "out")
BOOK = {"stop": "fixed_length", "source_eos": False, "source_tokeniser": "characters",
        "target_tokeniser": "characters"}  # fmt: skip

FAMILIES: tuple[Family, ...] = (
    Family(
        "tutorial3", later("tutorial 3 (GRU, dot attention over MAX_LENGTH slots)"),
        halves("gru", "fc") + linear(r"decoder\.attn", "decoder.attentional", "c s"),
        {"attention": "dot", "target_activation": "relu"},
        TYPED | {"target_repeats_bos": True, "max_source_length": 7, "max_output_length": 8},
    ),
    Family(
        "tutorial3", later("tutorial 3 (GRU, without attention)"), halves("gru", "fc"),
        {"target_activation": "relu"},
        TYPED | {"target_repeats_bos": True, "max_source_length": 7, "max_output_length": 8},
    ),
    Family(
        "tutorial1", later("tutorial 1 (one-hot LSTM)"),
        (*cells(r"encoder\.cells\.lstm", "encoder"), *cells(r"decoder\.cells\.lstm", "decoder"),
         *linear(r"decoder\.fc", "decoder.output", "s")),
        {"source_input": "one_hot", "target_input": "one_hot"},
        {"source_eos": False, "max_source_length": 10, "max_output_length": 10},
    ),
    Family(
        "pytorch-tutorial", later("the PyTorch tutorial's plain decoder"), halves("gru", "out"),
        {"target_activation": "relu"}, TYPED | {"max_source_length": 9, "max_output_length": 10},
    ),
    Family(
        "pytorch-tutorial-2023", later("the PyTorch tutorial of 2023 (Bahdanau attention)"),
        (
            *halves("gru", "out", "x c"),
            one(r"decoder\.attention\.Wa\.weight", "decoder.attention.query.weight"),
            one(r"decoder\.attention\.Ua\.weight", "decoder.attention.key.weight"),
            one(r"decoder\.attention\.[WU]a\.bias", "decoder.attention.key.bias"),
            one(r"decoder\.attention\.Va\.weight", "decoder.attention.energy.weight", how="row"),
            Rule(r"decoder\.attention\.Va\.bias", why=SAME),
        ),
        CELL | {"attention_bias": True},
        TYPED | {"max_source_length": 9, "max_output_length": 10},
    ),
    Family(
        "pytorch-tutorial-2017", later("the PyTorch tutorial before 2023 (attention by place)"),
        (
            *halves("gru", "out", "i"),
            *linear(r"decoder\.attn", "decoder.attention.place", "x s"),
            *linear(r"decoder\.attn_combine", "decoder.input", "x c"),
        ),
        {"attention": "location", "query": "previous", "attentional_layer": False,
         "context_into": "cell", "input_layer": True, "embedding_into_query": True,
         "attention_bias": True},
        TYPED,
    ),
    Family(
        "chatbot", later("the PyTorch chatbot tutorial (dot)"), CHATBOT,
        {"attention": "dot"} | SUMMED, TYPED | {"max_source_length": 9, "max_output_length": 10},
    ),
    Family(
        "chatbot", later("the PyTorch chatbot tutorial (general)"),
        (*CHATBOT, one(r"decoder\.attn\.attn\.weight", "decoder.attention.weight.weight"),
         Rule(r"decoder\.attn\.attn\.bias", why=SAME)),
        {"attention": "general"} | SUMMED,
        TYPED | {"max_source_length": 9, "max_output_length": 10},
    ),
    Family(
        "chatbot", later("the PyTorch chatbot tutorial (concat)"),
        CHATBOT + _concat_score(r"attn\.attn", r"attn\.v"),
        {"attention": "additive", "attention_bias": True} | SUMMED,
        TYPED | {"max_source_length": 9, "max_output_length": 10},
    ),
    Family(
        "bentrevett-4", later("bentrevett’s tutorials 3 and 4 (Bahdanau attention)"),
        (
            *halves("rnn", "fc_out", "x c", "s c x"),
            *linear(r"encoder\.fc", "bridge.hidden"),
            *_concat_score(r"attention\.(?:attn|attn_fc)", r"attention\.(?:v|v_fc)"),
        ),
        ADDITIVE | {"context_into": "cell_and_output", "embedding_into_output": True,
                    "attention_bias": True},
        BETWEEN,
    ),
    Family(
        "bentrevett-2", later("bentrevett’s tutorial 2 (the context at every step)"),
        halves("rnn", "fc_out", "x s_0", "x s s_0"),
        {"peeky": "cell_and_output", "embedding_into_output": True}, BETWEEN,
    ),
    Family(
        "tutorial5", later("tutorial 5, or bentrevett’s tutorial 1 (deep LSTM)"),
        halves("rnn", "fc_out"),
        HANDED, BETWEEN,
    ),
    Family(
        "ibm-pytorch-seq2seq", later("IBM pytorch-seq2seq (dot attention)"),
        IBM + linear(r"decoder\.attention\.linear_out", "decoder.attentional", "c s"),
        {"attention": "dot", "bridge_layer": "never"} | HANDED, {"source_eos": False},
    ),
    Family(
        "ibm-pytorch-seq2seq", later("IBM pytorch-seq2seq (without attention)"), IBM,
        {"bridge_layer": "never"} | HANDED, {"source_eos": False},
    ),
    Family(
        "d2l-attention", later("Dive into Deep Learning (Bahdanau attention)"),
        (
            *halves(r"rnn(?:\.rnn)?", "dense", "c x"),
            one(r"decoder\.attention\.W_q\.weight", "decoder.attention.query.weight"),
            one(r"decoder\.attention\.W_k\.weight", "decoder.attention.key.weight"),
            one(r"decoder\.attention\.w_v\.weight", "decoder.attention.energy.weight", how="row"),
        ),
        CELL, LOWER,
    ),
    Family(
        "d2l", later("Dive into Deep Learning (the context at every step)"),
        halves(r"rnn(?:\.rnn)?", "dense", "x s_0"), {"peeky": "cell"},
        LOWER,
    ),
    *TOOLKITS,
    Family(
        "dlfs2-attention", later("Deep Learning from Scratch 2 (attention)"), numbered("x", "c s"),
        {"attention": "dot", "attentional_layer": False}, BOOK,
    ),
    Family(
        "dlfs2-peeky", later("Deep Learning from Scratch 2 (peeky)"), numbered("s_0 x", "s_0 s"),
        {"peeky": "cell_and_output"}, BOOK,
    ),
    Family("dlfs2", later("Deep Learning from Scratch 2 (plain)"), numbered("x", "s"), {}, BOOK),
    Family(
        "g2p-en", later("g2p-en (letters to phonemes)"),
        (
            one("enc_emb", "encoder.lookup.embedding.weight"),
            one("dec_emb", "decoder.lookup.embedding.weight"),
            one("enc_w_(ih|hh)", r"encoder.rnn.weight_\1_l0"),
            one("enc_b_(ih|hh)", r"encoder.rnn.bias_\1_l0"),
            one("dec_w_(ih|hh)", r"decoder.rnn.weight_\1_l0"),
            one("dec_b_(ih|hh)", r"decoder.rnn.bias_\1_l0"),
            one("fc_w", "decoder.output.weight"), one("fc_b", "decoder.output.bias"),
        ),
        {},
        {"source_tokeniser": "characters", "max_output_length": 20},
    ),
    *KERAS,
)  # fmt: skip


def title(name: str) -> str:
    """Whose modules the families of that name are, for a card; the name itself if it is foreign."""
    found = [str(family.title) for family in FAMILIES if family.name == name]
    return found[0] if len(found) == 1 else name if not found else found[0].split("(")[0].rstrip()
