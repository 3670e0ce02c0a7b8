"""The kinds of attention: scores between the decoder's queries and the encoder states.

A kind is one class: its score, its formula as it is shown, and, where it has them, its derivative
and its sum of products. Nothing else knows a kind by its name. The query is the decoder's state
*after* reading the fed token, as in Luong et al. 2015, or *before* it, as in Bahdanau et al. 2015;
which, the configuration says.
"""

from __future__ import annotations

import math
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from s2s.config import NO_ATTENTION, ModelConfig, choose
from s2s.errors import UserError
from s2s.model.score import Attention, ScoreAdjoints
from s2s.results.score_formula import Products, Program, ScoreFormula
from s2s.text.language import later


class Dot(Attention):
    """score = q . h (Luong et al. 2015, eq. 8, dot)."""

    formula = ScoreFormula(
        "e_tj = s_t · h_j",
        r"e_{tj} = s_t \cdot h_j",
        "Luong et al. 2015, eq. 8, dot",
        program=Program("h @ s"),
    )

    def score(self, query: Tensor, keys: Tensor) -> Tensor:
        """[B, T, S] from queries [B, T, H] and keys [B, S, H]."""
        return query @ keys.transpose(1, 2)

    def products(self, query: Tensor, keys: Tensor) -> Products[Tensor]:
        """Unit by unit."""
        return Products("s", query, keys)

    def scores_back(self, query: Tensor, memory: Tensor, d_scores: Tensor) -> ScoreAdjoints:
        """Either side's adjoint is made of the other side."""
        return ScoreAdjoints(d_scores @ memory, (d_scores, query))


class ScaledDot(Dot):
    """score = q . h / sqrt(H) (Vaswani et al. 2017, eq. 1)."""

    formula = ScoreFormula(
        "e_tj = s_t · h_j / √H",
        r"e_{tj} = s_t \cdot h_j \,/\, \sqrt{H}",
        "Vaswani et al. 2017, eq. 1",
        program=Program("h @ s / np.sqrt(len(s))"),
    )

    def score(self, query: Tensor, keys: Tensor) -> Tensor:
        """[B, T, S] from queries [B, T, H] and keys [B, S, H]."""
        return super().score(query, keys) / math.sqrt(query.shape[-1])

    def products(self, query: Tensor, keys: Tensor) -> Products[Tensor]:
        """Unit by unit, the sum divided."""
        return Products("s", query, keys, math.sqrt(len(query)))

    def scores_back(self, query: Tensor, memory: Tensor, d_scores: Tensor) -> ScoreAdjoints:
        """As of a dot product, divided."""
        return super().scores_back(query, memory, d_scores / math.sqrt(query.shape[-1]))


class General(Dot):
    """score = q . W h (Luong et al. 2015, eq. 8, general)."""

    formula = ScoreFormula(
        "e_tj = s_t · W h_j",
        r"e_{tj} = s_t \cdot W h_j",
        "Luong et al. 2015, eq. 8, general",
        keys="W h",
        program=Program("keys @ s", keys="h @ W.T"),
    )

    takes = frozenset({"sizes"})

    def __init__(self, config: ModelConfig):
        super().__init__(config)
        self.weight = nn.Linear(config.encoder_size, config.hidden, bias=False)

    def keys(self, memory: Tensor) -> Tensor:
        """[B, S, H] W h."""
        return self.weight(memory)

    def named(self) -> dict[str, Tensor]:
        """W [H, M]."""
        return {"W": self.weight.weight}

    products = Dot.products

    def scores_back(self, query: Tensor, memory: Tensor, d_scores: Tensor) -> ScoreAdjoints:
        """As of a dot product with W h."""
        matrix = self.weight.weight
        return ScoreAdjoints(d_scores @ (memory @ matrix.T), (d_scores, query @ matrix))


class Additive(Attention):
    """score = v . tanh(W q + U h) (Bahdanau et al. 2015, appendix A.1.2), or with a bias inside."""

    formula = ScoreFormula(
        "e_tj = v · tanh(W s_t + U h_j)",
        r"e_{tj} = v \cdot \tanh(W s_t + U h_j)",
        "Bahdanau et al. 2015, A.1.2",
        query="W s",
        keys="U h",
        program=Program("np.tanh(query + keys) @ v", keys="h @ U.T", query="W @ s"),
    )
    biased: ClassVar[ScoreFormula] = ScoreFormula(
        "e_tj = v · tanh(W s_t + U h_j + b)",
        r"e_{tj} = v \cdot \tanh(W s_t + U h_j + b)",
        "Bahdanau et al. 2015, A.1.2",
        query="W s",
        keys="U h + b",
        program=Program("np.tanh(query + keys) @ v", keys="h @ U.T + b", query="W @ s"),
    )
    takes = frozenset({"sizes", "bias"})

    def __init__(self, config: ModelConfig):
        super().__init__(config)
        hidden = config.hidden
        self.query = nn.Linear(config.query_size, hidden, bias=False)
        self.key = nn.Linear(config.encoder_size, hidden, bias=config.attention_bias)
        self.energy = nn.Linear(hidden, 1, bias=False)

    def keys(self, memory: Tensor) -> Tensor:
        """[B, S, H] U h + b."""
        return self.key(memory)

    def score(self, query: Tensor, keys: Tensor) -> Tensor:
        """[B, T, S] from queries [B, T, H] and keys [B, S, H]."""
        mixed = torch.tanh(self.query(query)[:, :, None] + keys[:, None])  # [B, T, S, H]
        return self.energy(mixed).squeeze(-1)

    def written(self) -> ScoreFormula:
        """With the bias where there is one."""
        return self.formula if self.key.bias is None else self.biased

    def named(self) -> dict[str, Tensor]:
        """W [H, H], U [H, M], v [H] and, where there is one, b [H]."""
        bias = {} if self.key.bias is None else {"b": self.key.bias}
        own = {"W": self.query.weight, "U": self.key.weight, "v": self.energy.weight[0]}
        return own | bias

    def compared(self, query: Tensor) -> Tensor:
        """[B, T, H] W q."""
        return self.query(query)

    def products(self, query: Tensor, keys: Tensor) -> Products[Tensor]:
        """Unit by unit of tanh(W q + U h)."""
        return Products("tanh", self.energy.weight[0], torch.tanh(self.query(query) + keys))

    def scores_back(self, query: Tensor, memory: Tensor, d_scores: Tensor) -> ScoreAdjoints:
        """Through the tanh of each pair of states."""
        mixed = torch.tanh(self.query(query)[:, None] + self.key(memory))  # [T, S, H]
        d_sums = (1 - mixed * mixed) * self.energy.weight[0] * d_scores[:, :, None]
        return ScoreAdjoints(d_sums.sum(1) @ self.query.weight, d_sums @ self.key.weight)


class Location(Attention):
    """score of place j = (W q)_j (Luong et al. 2015, eq. 8, location): it reads no encoder state.

    There is a row of W for each of `attention_slots` places; those that a sentence leaves empty
    hold zero vectors, have scores of their own and take weight.
    """

    formula = ScoreFormula(
        "e_tj = (W s_t)_j",
        r"e_{tj} = (W s_t)_j",
        "Luong et al. 2015, eq. 8, location",
        program=Program("(W @ s)[: len(h)]"),
        reads=False,
    )
    biased: ClassVar[ScoreFormula] = ScoreFormula(
        "e_tj = (W s_t + b)_j",
        r"e_{tj} = (W s_t + b)_j",
        "Luong et al. 2015, eq. 8, location",
        program=Program("(W @ s + b)[: len(h)]"),
        reads=False,
    )
    takes = frozenset({"sizes", "bias", "embedding"})

    def __init__(self, config: ModelConfig):
        super().__init__(config)
        self.place = nn.Linear(
            config.query_size, config.attention_slots or 1, bias=config.attention_bias
        )

    @classmethod
    def check(cls, config: ModelConfig) -> None:
        """It needs to know how many places there are."""
        super().check(config)
        if config.attention_slots is None:
            raise UserError(
                later("The attention {name!r} needs attention_slots: how many places it can tell "
                      "apart.", name=config.attention)
            )  # fmt: skip

    def score(self, query: Tensor, keys: Tensor) -> Tensor:
        """[B, T, S] from queries [B, T, Q]; of the keys [B, S, M] only their number counts."""
        places = self.place(query)  # [B, T, N]
        if keys.shape[1] > places.shape[-1]:
            raise UserError(
                later("This model's attention knows {places} places; {n} source tokens are too "
                      "many.", places=places.shape[-1], n=keys.shape[1])
            )  # fmt: skip
        return places[..., : keys.shape[1]]

    def vacant(self, query: Tensor, mask: Tensor, slots: int) -> Tensor:
        """[B, T, N] their own scores, minus infinity on the places that are taken."""
        places = self.place(query)
        taken = F.pad(mask, (0, places.shape[-1] - mask.shape[1]))
        return places.masked_fill(taken[:, None], -math.inf)

    def written(self) -> ScoreFormula:
        """With the bias where there is one."""
        return self.formula if self.place.bias is None else self.biased

    def named(self) -> dict[str, Tensor]:
        """W [N, Q] and, where there is one, b [N]."""
        bias = {} if self.place.bias is None else {"b": self.place.bias}
        return {"W": self.place.weight, **bias}


ATTENTIONS: dict[str, type[Attention]] = {
    "dot": Dot,
    "scaled_dot": ScaledDot,
    "general": General,
    "additive": Additive,
    "location": Location,
}


def attention_class(name: str) -> type[Attention] | None:
    """The kind of attention of that name, None for ``none``; UserError for an unknown one."""
    found = choose({NO_ATTENTION: None, **ATTENTIONS}, name, "ModelConfig.attention")
    if found is not None and not issubclass(found, Attention):
        raise UserError(later("The attention {name!r} is no subclass of Attention.", name=name))
    return found


def attention_of(config: ModelConfig) -> Attention | None:
    """A decoder's attention with fresh weights; UserError for one that cannot be made so."""
    kind = attention_class(config.attention)
    if kind is None:
        return None
    kind.check(config)
    return kind(config)
