"""What a kind of attention is: one class with its score, its formula and what it says of both."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from torch import Tensor, nn

from s2s.config import ModelConfig
from s2s.errors import UserError
from s2s.model.attend import empty_slots
from s2s.results.score_formula import Products, ScoreFormula
from s2s.text.language import N_, later


class ScoreAdjoints(NamedTuple):
    """Adjoints of what T rows of scores are made of.

    Attributes:
        query: [T, Q] of the queries.
        memory: [T, S, M] of the encoder states, row by row; or ([T, S], [T, M]), whose outer
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
    takes: ClassVar[frozenset[str]] = frozenset()
    """What it can be made with: ``sizes`` (two of them), ``bias``, ``embedding`` (in the query)."""

    def __init__(self, config: ModelConfig):
        super().__init__()

    @classmethod
    def check(cls, config: ModelConfig) -> None:
        """Refuse a configuration that this score cannot be made of.

        Raises:
            UserError: naming the field.
        """
        asked = {
            "sizes": (config.encoder_size != config.hidden,
                      N_("The attention {name!r} takes no encoder_hidden other than hidden.")),
            "bias": (config.attention_bias,
                     N_("The attention {name!r} takes no attention_bias: it is the same for every "
                        "token.")),
            "embedding": (config.embedding_into_query,
                          N_("The attention {name!r} takes no embedding_into_query.")),
        }  # fmt: skip
        for part, (given, text) in asked.items():
            if given and part not in cls.takes:
                raise UserError(later(text, name=config.attention))

    def __init_subclass__(cls) -> None:
        """Refuse a class without a formula; forget what its parents say of their own scores."""
        super().__init_subclass__()
        if "formula" not in vars(cls):
            raise TypeError(f"{cls.__name__} needs a formula of its own")
        for name in ("named", "compared", "products", "scores_back", "written"):
            if name not in vars(cls):
                setattr(cls, name, vars(Attention)[name])

    def keys(self, memory: Tensor) -> Tensor:
        """[B, S, …] what the score compares with, once per sentence: the encoder states."""
        return memory

    def score(self, query: Tensor, keys: Tensor) -> Tensor:
        """[B, T, S] from queries [B, T, Q] and keys [B, S, …], once per step."""
        raise NotImplementedError

    def vacant(self, query: Tensor, mask: Tensor, slots: int) -> Tensor:
        """[B, T, N] scores of the empty ones among `slots` places, for the softmax.

        Empty slots are zero vectors that score 0 (tutorial 3). Their sum is one column of score
        log(slots - length), so nothing of size `slots` is ever built.

        Args:
            query: [B, T, Q].
            mask: [B, S] True on real tokens.
            slots: how many places there are.
        """
        return empty_slots(mask, slots, query)[:, None, None].expand(-1, query.shape[1], 1)

    def written(self) -> ScoreFormula:
        """Its formula as it is shown."""
        return self.formula

    def named(self) -> dict[str, Tensor]:
        """The parameters by their letters in the formula, in the shapes that they have there."""
        return dict(self.named_parameters())

    def compared(self, query: Tensor) -> Tensor | None:
        """[B, T, H] what is compared instead of the queries [B, T, H]; None for themselves."""
        return None

    def products(self, query: Tensor, keys: Tensor) -> Products[Tensor] | None:
        """The scores of a query [Q] and keys [S, …] as sums; None where they are none."""
        return None

    def scores_back(self, query: Tensor, memory: Tensor, d_scores: Tensor) -> ScoreAdjoints | None:
        """The derivative by hand of queries [T, Q] and encoder states [S, M].

        Args:
            query: [T, Q].
            memory: [S, M].
            d_scores: [T, S] adjoints of the scores.

        Returns:
            Adjoints of what the scores are made of; None leaves them to autograd.
        """
        return None

    @property
    def has_derivative(self) -> bool:
        """Whether `scores_back` is this very class's."""
        return type(self).scores_back is not Attention.scores_back
