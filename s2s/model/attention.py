"""Attention: scores between decoder states and encoder states, weights, context.

A kind of attention is one class: its score, its formula as it is shown, and, where it has them, its
derivative and its sum of products. Nothing else knows a kind by its name. The softmax and the
weighted sum are shared. The decoder's state *after* reading the fed token is the query, as in Luong
et al. 2015.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor, nn

from s2s.config import NO_ATTENTION, ModelConfig, choose
from s2s.errors import UserError
from s2s.results.score_formula import Products, Program, ScoreFormula


class ScoreAdjoints(NamedTuple):
    """Adjoints of what T rows of scores are made of.

    Attributes:
        query: [T, H] of the queries.
        memory: [T, S, H] of the encoder states, row by row; or ([T, S], [T, H]), whose outer
            products they are.
    """

    query: Tensor
    memory: Tensor | tuple[Tensor, Tensor]


class Attention(nn.Module):
    """A kind of attention. A subclass has a `formula` of its own and a `score`.

    What is shown of a score, and its derivative, belong to the class that says them: a subclass
    that changes the score and does not say them anew is shown without them and differentiated by
    autograd, never with its parent's.
    """

    formula: ClassVar[ScoreFormula]

    def __init__(self, hidden: int):
        super().__init__()

    def __init_subclass__(cls) -> None:
        """Refuse a class without a formula; forget what its parents say of their own scores."""
        super().__init_subclass__()
        if "formula" not in vars(cls):
            raise TypeError(f"{cls.__name__} needs a formula of its own")
        for name in ("named", "compared", "products", "scores_back"):
            if name not in vars(cls):
                setattr(cls, name, vars(Attention)[name])

    def keys(self, memory: Tensor) -> Tensor:
        """[B, S, H] what the score compares with, once per sentence: the encoder states."""
        return memory

    def score(self, query: Tensor, keys: Tensor) -> Tensor:
        """[B, T, S] from queries [B, T, H] and keys [B, S, H], once per step."""
        raise NotImplementedError

    def named(self) -> dict[str, Tensor]:
        """The parameters by their letters in the formula, in the shapes that they have there."""
        return dict(self.named_parameters())

    def compared(self, query: Tensor) -> Tensor | None:
        """[B, T, H] what is compared instead of the queries [B, T, H]; None for themselves."""
        return None

    def products(self, query: Tensor, keys: Tensor) -> Products[Tensor] | None:
        """The scores of a query [H] and keys [S, H] as sums; None where they are none."""
        return None

    def scores_back(self, query: Tensor, memory: Tensor, d_scores: Tensor) -> ScoreAdjoints | None:
        """The derivative by hand of queries [T, H] and encoder states [S, H].

        Args:
            query: [T, H].
            memory: [S, H].
            d_scores: [T, S] adjoints of the scores.

        Returns:
            Adjoints of what the scores are made of; None leaves them to autograd.
        """
        return None

    @property
    def has_derivative(self) -> bool:
        """Whether `scores_back` is this very class's."""
        return type(self).scores_back is not Attention.scores_back


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

    def __init__(self, hidden: int):
        super().__init__(hidden)
        self.weight = nn.Linear(hidden, hidden, bias=False)

    def keys(self, memory: Tensor) -> Tensor:
        """[B, S, H] W h."""
        return self.weight(memory)

    def named(self) -> dict[str, Tensor]:
        """W [H, H]."""
        return {"W": self.weight.weight}

    products = Dot.products

    def scores_back(self, query: Tensor, memory: Tensor, d_scores: Tensor) -> ScoreAdjoints:
        """As of a dot product with W h."""
        matrix = self.weight.weight
        return ScoreAdjoints(d_scores @ (memory @ matrix.T), (d_scores, query @ matrix))


class Additive(Attention):
    """score = v . tanh(W q + U h) (Bahdanau et al. 2015, appendix A.1.2)."""

    formula = ScoreFormula(
        "e_tj = v · tanh(W s_t + U h_j)",
        r"e_{tj} = v \cdot \tanh(W s_t + U h_j)",
        "Bahdanau et al. 2015, A.1.2",
        query="W s",
        keys="U h",
        program=Program("np.tanh(query + keys) @ v", keys="h @ U.T", query="W @ s"),
    )

    def __init__(self, hidden: int):
        super().__init__(hidden)
        self.query = nn.Linear(hidden, hidden, bias=False)
        self.key = nn.Linear(hidden, hidden, bias=False)
        self.energy = nn.Linear(hidden, 1, bias=False)

    def keys(self, memory: Tensor) -> Tensor:
        """[B, S, H] U h."""
        return self.key(memory)

    def score(self, query: Tensor, keys: Tensor) -> Tensor:
        """[B, T, S] from queries [B, T, H] and keys [B, S, H]."""
        mixed = torch.tanh(self.query(query)[:, :, None] + keys[:, None])  # [B, T, S, H]
        return self.energy(mixed).squeeze(-1)

    def named(self) -> dict[str, Tensor]:
        """W and U [H, H], v [H]."""
        return {"W": self.query.weight, "U": self.key.weight, "v": self.energy.weight[0]}

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


ATTENTIONS: dict[str, type[Attention]] = {
    "dot": Dot,
    "scaled_dot": ScaledDot,
    "general": General,
    "additive": Additive,
}


def attention_class(name: str) -> type[Attention] | None:
    """The kind of attention of that name, None for ``none``; UserError for an unknown one."""
    found = choose({NO_ATTENTION: None, **ATTENTIONS}, name, "ModelConfig.attention")
    if found is not None and not issubclass(found, Attention):
        raise UserError(f"The attention {name!r} is no subclass of {Attention.__qualname__}.")
    return found


def attention_of(config: ModelConfig) -> Attention | None:
    """A decoder's attention with fresh weights."""
    kind = attention_class(config.attention)
    return None if kind is None else kind(config.hidden)


@dataclass(frozen=True, eq=False)
class Attended:
    """What attention computed.

    Attributes:
        context: [B, T, H] weighted sum of encoder states.
        scores: [B, T, S] before the softmax; minus infinity on padding.
        weights: [B, T, S] exactly 0 on padding.
        empty: [B, T] weight on empty slots, or None without slots.
    """

    context: Tensor
    scores: Tensor
    weights: Tensor
    empty: Tensor | None


def attend(
    scores: Tensor,
    memory: Tensor,
    mask: Tensor,
    slots: int | None = None,
    given: Tensor | None = None,
) -> Attended:
    """Softmax over real tokens, then the weighted sum (Luong et al. 2015, eq. 7).

    Args:
        scores: [B, T, S].
        memory: [B, S, H] encoder states.
        mask: [B, S] True on real tokens.
        slots: with N slots, the N - length empty ones are zero vectors that score 0 and take
            weight (tutorial 3). Their sum is one more column of the softmax, of score
            log(N - length), so nothing of size N is ever built.
        given: [B, T, S] weights to use instead; a row of NaN means "not given".
    """
    scores = scores.masked_fill(~mask[:, None], -math.inf)
    empty = None
    if slots is None:
        weights = torch.softmax(scores, dim=-1)
    else:
        vacant = (slots - mask.sum(1)).clamp(min=0).to(scores).log()  # [B], -inf when full
        column = vacant[:, None, None].expand(-1, scores.shape[1], 1)
        full = torch.softmax(torch.cat([scores, column], dim=-1), dim=-1)
        weights, empty = full[..., :-1], full[..., -1]
    if given is not None:
        chosen = ~given.isnan().any(-1)  # [B, T]
        weights = torch.where(chosen[..., None], given.nan_to_num(0.0), weights)
        if empty is not None:
            empty = torch.where(chosen, torch.zeros_like(empty), empty)
    return Attended(weights @ memory, scores, weights, empty)
