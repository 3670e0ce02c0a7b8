"""Which way the gradient of an output token reaches the encoder: through attention or in time."""

from __future__ import annotations

from dataclasses import dataclass

from s2s.results.base import Array, check_shape
from s2s.results.trace import Reading


@dataclass(frozen=True, eq=False)
class TwoPaths:
    """The gradient of each token's loss at each state, split by the edge it comes in by.

    Row t belongs to L_t = -ln p(y_t | y_<t, x), the fed tokens held fixed. Without input feeding
    the context of step t enters L_t alone, so a gradient reaches h_s on two edges: from the context
    of step t (attention), and from the states that read h_s (recurrence, and the bridge at the
    last one). The two add up, vector by vector, to the whole gradient. Sizes are sums of absolute
    values over the units of the top layer, as in tutorial 1, so the sizes of two edges add up to at
    least the size of their sum. Source axes are in reading order.

    Attributes:
        model: the checkpoint's name.
        reading: what the model read.
        output: T tokens whose losses were differentiated.
        whole: [T, S] at encoder state s, along every path; nats per unit of state.
        attention: [T, S] the part that comes from the context of step t; None without attention.
        recurrence: [T, S] the part that comes from later states.
        decoder: [T, T] at decoder state u; exactly 0 where u > t.
        places: place in reading order of the token read at each of the S steps.
        two_way: whether the encoder reads from right to left as well.
    """

    model: str
    reading: Reading
    output: tuple[str, ...]
    whole: Array
    attention: Array | None
    recurrence: Array
    decoder: Array
    places: tuple[int, ...]
    two_way: bool

    def __post_init__(self) -> None:
        """Check every shape against S and T."""
        steps, source = len(self.output), len(self.reading.tokens)
        for name in ("whole", "attention", "recurrence"):
            check_shape(self, name, getattr(self, name), (steps, source))
        check_shape(self, "decoder", self.decoder, (steps, steps))
