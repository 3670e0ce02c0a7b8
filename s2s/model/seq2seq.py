"""Seq2Seq: encoder, bridge and decoder put together.

Dimensions, used everywhere:

    B batch   S source length   T target length   E embedding   H hidden   V vocabulary   L layers
    M units of an encoder state, H unless the configuration says otherwise   Q of a query

Batch first. Source axes are in reading order outside the encoder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from s2s.config import ModelConfig, choose
from s2s.model.attention import attention_class
from s2s.model.batch import Batch, Source
from s2s.model.cells import RNNS
from s2s.model.decoder import Decoded, Decoder, Memory, State
from s2s.model.encoder import Encoded, Encoder


class Bridge(nn.Module):
    """Final encoder state to initial decoder state.

    One-way encoders pass their state on as it is. A bidirectional one goes through a projection
    per kind of state, tanh(W [forward; backward]) (after Bahdanau et al. 2015, A.2.2), unless the
    configuration says otherwise: every layer may start from the top one's state, an LSTM's cell
    from its hidden state, and both from zeros.
    """

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        self.with_cell = config.carries_cell
        sizes = config.encoder_size, config.hidden
        layer = config.has_bridge_layer
        self.feeds = config.input_feeding
        self.hidden = nn.Linear(*sizes) if layer else None
        self.cell = nn.Linear(*sizes) if layer and self.with_cell else None

    def forward(self, encoded: Encoded) -> State:
        """The decoder's state before its first step."""
        hidden, cell = encoded.hidden, encoded.cell
        if self.config.bridge_from == "top":
            hidden = hidden[-1:].repeat(len(hidden), 1, 1)
            cell = None if cell is None else cell[-1:].repeat(len(cell), 1, 1)
        if self.config.bridge == "nothing":
            hidden = hidden.new_zeros(*hidden.shape[:2], self.config.hidden)
        hidden = self._through(self.hidden, hidden)
        # Luong et al. 2015, 3.3 leave the first one open; zeros, as the common implementations.
        attentional = hidden.new_zeros(hidden.shape[1:]) if self.feeds else None
        if cell is None:
            return State(hidden, None, attentional)
        if self.config.bridge == "hidden_as_both":
            return State(hidden, hidden, attentional)
        if not self.with_cell:
            return State(hidden, torch.zeros_like(hidden), attentional)
        return State(hidden, self._through(self.cell, cell), attentional)

    def _through(self, layer: nn.Linear | None, state: Tensor) -> Tensor:
        """[L, B, H] of [L, B, M], by the layer where there is one."""
        if layer is None:
            return state
        made = layer(state)
        return made if self.config.bridge_layer == "linear" else torch.tanh(made)


class Seq2Seq(nn.Module):
    """An encoder-decoder. Holds weights and nothing else: no state survives a call."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.bridge = Bridge(config)
        self.decoder = Decoder(config)

    def encode(self, source: Source) -> tuple[Memory, State]:
        """Read B sentences; returns what the decoder may look at and where it starts."""
        encoded = self.encoder(source)
        state = self.bridge(encoded)
        attention = self.decoder.attention
        keys = None if attention is None else attention.keys(encoded.states)
        return Memory(encoded.states, keys, source.mask, state.hidden[-1]), state

    def forward(self, batch: Batch) -> Decoded:
        """Teacher forcing: all T steps of every pair, the right token fed at each."""
        memory, state = self.encode(batch.source)
        return self.decoder(batch.fed, state, memory)

    def free_forward(self, batch: Batch, force: Tensor) -> Tensor:
        """Step by step, feeding the model's own best token where it is not forced.

        Args:
            batch: the pairs.
            force: [B, T] True where the right token is fed; column 0 is always the start token.

        Returns:
            [B, T, V] logits.
        """
        memory, state = self.encode(batch.source)
        if self.training and self.config.dropout:
            return self._steps(batch, force, memory, state)[0]
        # Nothing differentiates through a choice: once it is known what is fed, one pass will do.
        with torch.no_grad():
            fed = batch.fed if force.all() else self._steps(batch, force, memory, state)[1]
        return self.decoder(fed, state, memory).logits

    def _steps(
        self, batch: Batch, force: Tensor, memory: Memory, state: State
    ) -> tuple[Tensor, Tensor]:
        """Logits [B, T, V] step by step, and the ids [B, T] that were fed."""
        fed, logits = [batch.fed[:, :1]], list[Tensor]()
        for t in range(batch.fed.shape[1]):
            if t:
                own = logits[-1].detach().argmax(-1)  # [B, 1]
                fed.append(torch.where(force[:, t : t + 1], batch.fed[:, t : t + 1], own))
            step = self.decoder(fed[-1], state, memory)
            state = step.state
            logits.append(step.logits)
        return torch.cat(logits, dim=1), torch.cat(fed, dim=1)

    def parameter_count(self) -> int:
        """How many numbers the model holds."""
        return sum(p.numel() for p in self.parameters())


def _uniform(name: str, parameter: Tensor, generator: torch.Generator) -> None:
    parameter.uniform_(-0.08, 0.08, generator=generator)


def _book(name: str, parameter: Tensor, generator: torch.Generator) -> None:
    if parameter.dim() < 2:
        parameter.zero_()
    elif "embedding" in name:
        parameter.normal_(0, 0.01, generator=generator)
    else:
        parameter.normal_(0, parameter.shape[1] ** -0.5, generator=generator)


INITS = {"default": lambda *_: None, "uniform": _uniform, "book": _book}


def check_parts(config: ModelConfig) -> None:
    """Refuse a cell or an attention that does not exist or cannot be so, before a build."""
    choose(RNNS, config.cell, "ModelConfig.cell")
    kind = attention_class(config.attention)
    if kind is not None:
        kind.check(config)


def initialise(model: Seq2Seq, kind: str, generator: torch.Generator) -> None:
    """Set the starting weights.

    Args:
        model: changed in place.
        kind: ``default`` (PyTorch's), ``uniform`` (-0.08 to 0.08, Sutskever et al. 2014), or
            ``book`` (tutorial 4: embeddings N(0, 0.01^2), weights N(0, 1 / fan in), biases 0).
        generator: where the draws come from. ``default`` draws nothing here.
    """
    draw = choose(INITS, kind, "TrainConfig.init")
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            draw(name, parameter, generator)


def has_blanks(model: Seq2Seq) -> bool:
    """Whether tensors beyond its weights hold no numbers yet: those that a class makes for itself.

    Args:
        model: one that was made on the meta device and given its weights.
    """
    made = [
        value
        for module in model.modules()
        for value in (*module.buffers(recurse=False), *vars(module).values())
    ]
    return any(isinstance(value, Tensor) and value.is_meta for value in made)


class _NoDraws(TorchFunctionMode):
    """Leaves the functions of ``torch.nn.init`` out: what they would fill holds no numbers."""

    def __torch_function__(
        self,
        func: Any,
        types: Any,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        given = kwargs or {}
        if getattr(func, "__module__", "") == "torch.nn.init":
            return args[0] if args else given["tensor"]
        return func(*args, **given)


def blank(config: ModelConfig) -> Seq2Seq:
    """A model of names and shapes, whose weights are still to be assigned.

    It takes no memory, whatever sizes are asked for, and draws no random number.

    Raises:
        RuntimeError: a tensor of it would have more numbers than can be counted.
    """
    with torch.device("meta"), _NoDraws():
        return Seq2Seq(config)


def build(config: ModelConfig, init: str = "default", seed: int = 1) -> Seq2Seq:
    """A new model with seeded weights; the caller's random state is left alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Seq2Seq(config)
    initialise(model, init, torch.Generator().manual_seed(seed))
    return model
