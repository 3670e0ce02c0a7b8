"""What reaches back through time: total derivatives of each output token's loss."""

from __future__ import annotations

from dataclasses import dataclass

from s2s.results.base import Array, Drawn, check_shape
from s2s.results.trace import Reading

OF = ("log_odds", "loss")
STATES = ("hidden", "cell")
NORMS = {"l1": 1, "l2": 2}
MODES = ("free-running", "teacher-forced")


@dataclass(frozen=True, eq=False)
class GradientFlow(Drawn):
    """How strongly each output token depends on each recurrent state.

    Row t belongs to L_t = -ln p(y_t | y_<t, x), the fed tokens held fixed. A cell is the norm of
    dL_t/de at e = 0, where e is added to one state after it is computed and before anything reads
    it: the derivative along every path, memory and recurrence. Source axes are in reading order.

    Attributes:
        model: the checkpoint's name.
        reading: what the model read.
        output: T tokens whose losses were differentiated.
        fed: T tokens fed to the decoder; decoder state u is the one after reading ``fed[u]``.
        of: ``loss`` as it is, or ``log_odds``: row t divided by 1 - p_t, which is the gradient of
            -ln(p_t / (1 - p_t)).
        state: ``hidden`` for h, or ``cell`` for an LSTM's c; the other one is held fixed.
        layer: 0-based layer of the states, in the encoder and in the decoder.
        norm: ``l1`` sums absolute values over the units, ``l2`` is the Euclidean norm.
        mode: ``free-running`` if the output is the model's own, else ``teacher-forced``.
        places: place in reading order of the token that a left-to-right encoder reads at each of
            its S steps.
    """

    model: str
    reading: Reading
    output: tuple[str, ...]
    fed: tuple[str, ...]
    places: tuple[int, ...]
    of: str
    state: str
    layer: int
    norm: str
    mode: str
    encoder: Array
    """[T, S] output token t and the encoder state at source token s; nats per unit of state."""
    decoder: Array
    """[T, T] output token t and decoder state u; exactly 0 where u > t."""
    bottleneck: Array
    """[T] output token t and the decoder's state before its first step, same layer and kind."""
    losses: Array
    """[T] -ln p_t in nats."""
    probabilities: Array
    """[T] p_t."""

    def __post_init__(self) -> None:
        """Check every shape against S and T, and every choice."""
        steps, source = len(self.output), len(self.reading.tokens)
        for name, expected in (
            ("encoder", (steps, source)),
            ("decoder", (steps, steps)),
            ("bottleneck", (steps,)),
            ("losses", (steps,)),
            ("probabilities", (steps,)),
        ):
            check_shape(self, name, getattr(self, name), expected)
        if len(self.fed) != steps:
            raise ValueError(f"GradientFlow has {steps} output tokens and {len(self.fed)} fed")
        if sorted(self.places) != list(range(source)):
            raise ValueError(f"GradientFlow.places is {self.places}")
        for name, choices in (("of", OF), ("state", STATES), ("norm", NORMS), ("mode", MODES)):
            if getattr(self, name) not in choices:
                raise ValueError(f"GradientFlow.{name} is {getattr(self, name)!r}")

    @property
    def source(self) -> tuple[str, ...]:
        """The S source tokens in reading order."""
        return self.reading.tokens

    @property
    def steps(self) -> int:
        """T."""
        return len(self.output)

    def distances(self, step: int) -> tuple[int, ...]:
        """[S] recurrent steps from decoder state `step` back to each encoder state.

        Counted along the order in which the tokens are read; 1 is from the first decoder state
        to the state after the token read last. A bidirectional encoder's backward half has
        another, shorter way.
        """
        read_at = sorted(range(len(self.places)), key=self.places.__getitem__)
        return tuple(len(self.places) - at + step for at in read_at)
