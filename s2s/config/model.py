"""ModelConfig: the shape of an encoder-decoder, and which shapes there cannot be."""

from __future__ import annotations

from dataclasses import dataclass

from s2s.config.fields import check_choices, check_positive, option
from s2s.errors import UserError
from s2s.text.language import later

INPUTS = ("embedding", "one_hot")
ACTIVATIONS = ("none", "relu")
# What each choice hands on from the encoder's last state, and where the first state enters again.
BRIDGES = {
    "hidden": ("hidden",), "hidden_and_cell": ("hidden", "cell"), "hidden_as_both": ("hidden",),
    "nothing": (),
}  # fmt: skip
BRIDGE_LAYERS = ("two_way", "always", "never", "first_states", "linear")
BRIDGE_FROM = ("each", "top")
PEEKY = {"none": (), "cell": ("cell",), "cell_and_output": ("cell", "output")}
NO_ATTENTION = "none"
QUERIES = ("current", "previous")
CONTEXTS = {"output": ("output",), "cell": ("cell",), "cell_and_output": ("cell", "output")}
DIRECTIONS = ("concat", "sum")


@dataclass(frozen=True)
class ModelConfig:
    """The shape of an encoder-decoder. Sizes count units; vocabularies count tokens."""

    source_vocabulary: int = option(0, "number of source tokens, specials included")
    target_vocabulary: int = option(0, "number of target tokens, specials included")
    cell: str = option("gru", "recurrent cell of encoder and decoder")
    layers: int = option(1, "recurrent layers in encoder and decoder")
    hidden: int = option(256, "units per layer; a bidirectional encoder gives half to each way")
    bidirectional: bool = option(False, "the encoder also reads from right to left")
    source_input: str = option("embedding", "how a source token enters the encoder", INPUTS)
    target_input: str = option("embedding", "how a target token enters the decoder", INPUTS)
    source_embedding: int = option(256, "size of a source embedding")
    target_embedding: int = option(256, "size of a target embedding")
    target_activation: str = option("none", "applied to the target embedding", ACTIVATIONS)
    dropout: float = option(0.0, "dropout on embeddings and between layers, while training")
    bridge: str = option(
        "hidden",
        "what the decoder starts from: the hidden state, both states of an lstm, the hidden state "
        "as both of them, or zeros",
        tuple(BRIDGES),
    )
    attention: str = option(NO_ATTENTION, "score between decoder state and encoder states")
    attention_slots: int | None = option(
        None, "encoder states lie in this many slots, the empty ones score 0 and take weight"
    )
    attentional_layer: bool = option(True, "tanh(W[c;h]) before the output layer (Luong 2015, 5)")
    peeky: str = option("none", "the encoder's last state also enters every step", tuple(PEEKY))
    reverse_source: bool = option(False, "read the source last token first, specials in place")
    encoder_hidden: int | None = option(
        None,
        "units of an encoder state, both ways together; none for as many as hidden",
        later=True,
    )
    directions: str = option(
        "concat", "how the states of both ways become one", DIRECTIONS, later=True
    )
    bridge_layer: str = option(
        "two_way",
        "tanh(W h) before the decoder's first state: of a two_way encoder, always, never; linear "
        "is W h alone; or first_states, PyTorch's first states of all layers and ways as they are",
        BRIDGE_LAYERS, later=True,
    )  # fmt: skip
    bridge_from: str = option(
        "each", "a decoder layer starts from the encoder's layer beside it, or each from the top",
        BRIDGE_FROM, later=True,
    )  # fmt: skip
    query: str = option(
        "current", "the state that attention asks with: after the fed token, or before it",
        QUERIES, later=True,
    )  # fmt: skip
    context_into: str = option("output", "what reads the context", tuple(CONTEXTS), later=True)
    attention_bias: bool = option(False, "a bias within the score, where it has one", later=True)
    embedding_into_query: bool = option(
        False, "attention asks with the fed token's vector too", later=True
    )
    input_layer: bool = option(False, "relu(W[c;x]) before the cell", later=True)
    input_feeding: bool = option(
        False, "the last attentional state joins the input (Luong 2015, 3.3)", later=True
    )
    embedding_into_output: bool = option(
        False, "the output layer reads the fed token's vector too", later=True
    )

    def __post_init__(self) -> None:
        """Check every value and the combinations that cannot be built."""
        check_choices(self)
        check_positive(self, "layers", "hidden", "source_embedding", "target_embedding")
        check_positive(self, "attention_slots", "encoder_hidden")
        if not 0 <= self.dropout < 1:
            raise UserError(
                later("ModelConfig.dropout is {value}; it must be in [0, 1).", value=self.dropout)
            )
        if (self.carries_cell or self.bridge == "hidden_as_both") and self.cell != "lstm":
            raise UserError(
                later("ModelConfig.bridge {bridge} needs cell lstm, not {cell}.",
                      bridge=self.bridge, cell=self.cell)
            )  # fmt: skip
        self._check_encoder()
        self._check_bridge()
        self._check_attention()

    def _check_encoder(self) -> None:
        """Refuse an encoder whose states cannot become the decoder's."""
        halved = self.bidirectional and self.directions == "concat"
        if halved and self.encoder_size % 2:
            name = "hidden" if self.encoder_hidden is None else "encoder_hidden"
            raise UserError(
                later("ModelConfig.{name} is {n}; a bidirectional encoder halves it, so it must "
                      "be even.", name=name, n=self.encoder_size)
            )  # fmt: skip
        if not self.bidirectional and (
            self.directions == "sum" or self.bridge_layer == "first_states"
        ):
            asked = (
                f"directions {self.directions}"
                if self.directions == "sum"
                else f"bridge_layer {self.bridge_layer}"
            )
            raise UserError(later("ModelConfig.{name} needs a bidirectional encoder.", name=asked))

    def _check_bridge(self) -> None:
        """Refuse a first state that nothing gives, or whose parts contradict each other."""
        first = self.bridge_layer == "first_states"
        if self.bridge == "nothing":
            named = {
                f"bridge_layer {self.bridge_layer}": self.bridge_layer in ("always", "linear")
                or first,
                f"bridge_from {self.bridge_from}": self.bridge_from == "top",
            }
            if asked := [name for name, given in named.items() if given]:
                raise UserError(later("ModelConfig.bridge nothing has no {name}.", name=asked[0]))
            if not self.has_attention:
                raise UserError(
                    later("ModelConfig.bridge nothing needs an attention: nothing else reads the "
                          "source.")
                )  # fmt: skip
            return
        if first and self.bridge_from == "top":
            raise UserError(later("ModelConfig.bridge_from top has no bridge_layer first_states."))
        handed = self.way_size if first else self.encoder_size
        if not self.has_bridge_layer and handed != self.hidden:
            raise UserError(
                later("ModelConfig.hidden is {n}, but the encoder hands on {handed} units; "
                      "bridge_layer always puts a layer between them.", n=self.hidden,
                      handed=handed)
            )  # fmt: skip

    def _check_attention(self) -> None:
        """Refuse what needs an attention without one, and a context that comes too late."""
        named = {
            "attention_slots": self.attention_slots is not None,
            f"query {self.query}": self.query != "current",
            f"context_into {self.context_into}": self.context_into != "output",
            "attention_bias": self.attention_bias,
            "embedding_into_query": self.embedding_into_query,
            "input_layer": self.input_layer,
            "input_feeding": self.input_feeding,
        }
        asked = [name for name, given in named.items() if given]
        if asked and not self.has_attention:
            raise UserError(later("ModelConfig.{name} needs an attention.", name=asked[0]))
        if self.query == "current" and "cell" in self.context_readers:
            raise UserError(
                later("ModelConfig.context_into {given} needs query previous: with the current "
                      "state there is no context before the cell.", given=self.context_into)
            )  # fmt: skip
        if self.has_attention and self.attentional_layer and "output" not in self.context_readers:
            raise UserError(
                later("ModelConfig.attentional_layer reads the context; leave it out where "
                      "context_into is cell.")
            )  # fmt: skip
        if self.input_layer and "cell" not in self.context_readers:
            raise UserError(
                later("ModelConfig.input_layer needs context_into cell or cell_and_output.")
            )
        if self.input_feeding and not self.attentional_layer:
            raise UserError(later("ModelConfig.input_feeding needs the attentional_layer."))

    @property
    def has_attention(self) -> bool:
        """Whether the decoder looks at the encoder states at every step."""
        return self.attention != NO_ATTENTION

    @property
    def carries_cell(self) -> bool:
        """Whether the bridge hands the cell state on; else the decoder's starts at 0."""
        return "cell" in BRIDGES[self.bridge]

    @property
    def peeks(self) -> tuple[str, ...]:
        """What reads the decoder's first state at every step: cell, output, both or neither."""
        return PEEKY[self.peeky]

    @property
    def context_readers(self) -> tuple[str, ...]:
        """What reads the context, where there is one: cell, output or both."""
        return CONTEXTS[self.context_into]

    @property
    def encoder_size(self) -> int:
        """M, the units of an encoder state."""
        return self.encoder_hidden or self.hidden

    @property
    def ways(self) -> int:
        """How many directions the encoder reads in."""
        return 2 if self.bidirectional else 1

    @property
    def way_size(self) -> int:
        """The units of one direction of the encoder."""
        return self.encoder_size // (self.ways if self.directions == "concat" else 1)

    @property
    def has_bridge_layer(self) -> bool:
        """Whether a layer stands between the encoder's last state and the decoder's first."""
        return self.bridge != "nothing" and (
            self.bridge_layer in ("always", "linear")
            or (self.bridge_layer == "two_way" and self.bidirectional)
        )

    @property
    def target_size(self) -> int:
        """E, the size of what the decoder is fed of a token."""
        return self.target_vocabulary if self.target_input == "one_hot" else self.target_embedding

    @property
    def query_size(self) -> int:
        """Q, the size of what attention asks with."""
        return self.hidden + (self.target_size if self.embedding_into_query else 0)

    @property
    def stepwise(self) -> bool:
        """Whether a step needs what the step before it computed beyond its recurrent state."""
        return self.query == "previous" or self.input_feeding
