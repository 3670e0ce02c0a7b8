"""Why this word and not that one: attributions of ln p(chosen) - ln p(other) at one step."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from s2s.decoding import single, typed_text
from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.model.decoder import Decoded
from s2s.probes.attributions import (
    Progress,
    baseline,
    fixed,
    gradient_x_input,
    integrated,
    left_out,
    scores,
)
from s2s.probes.gradients import output_ids
from s2s.probes.options import output_to
from s2s.probes.replica import attention_rows, replicate
from s2s.results import Reading, Source
from s2s.results.contrast import Contrast
from s2s.text import label
from s2s.text.language import later


@torch.inference_mode(mode=False)
def contrast(
    system: System,
    text: Source | Reading,
    step: int,
    other: str | None = None,
    target: str | Sequence[int] | None = None,
    progress: Progress = lambda *_: None,
) -> Contrast:
    """What in the source speaks for the token of a step, and what for another one.

    The model is only read; any number of threads may ask at once. Everything is in float64.

    Args:
        system: the model.
        text: the source, typed or read.
        step: 0-based.
        other: one token that the model can write; None for the likeliest but the chosen one.
        target: the output whose token of this step was chosen, typed or as ids; None for the
            model's own greedy output.
        progress: told what is being computed; what it raises ends the work.

    Raises:
        UserError: for a text, a target, a step or a token that there is not.
    """
    reading = text if isinstance(text, Reading) else system.read(text)
    output = output_to(output_ids(system, reading, target), step)
    chosen, vocab = output[-1], system.target_vocab
    against = _likeliest_but(system, reading, output) if other is None else _token(system, other)
    if against == chosen:
        raise UserError(
            later("“{token}” is what stands at step {step}; name another.",
                  token=label(vocab.tokens[chosen], 40), step=step + 1)
        )  # fmt: skip

    def apart(steps: Sequence[Decoded]) -> list[Tensor]:
        return [one.logits[:, 0, chosen] - one.logits[:, 0, against] for one in steps]

    replica, here = replicate(system, reading, output), [step]
    progress(0.0, later("leaving out one source token at a time"))
    with torch.no_grad():
        steps = replica.decode(*replica.encode(replica.vectors[None]))
        likely = steps[-1].logits[0, 0].softmax(-1)
        ends = torch.stack([baseline(replica), replica.vectors])
        every = torch.stack(scores(replica, ends, apart))  # [T, 2]
        without = left_out(replica, every[:, 1], apart)[step]
    below, above = every[step].tolist()
    rows = attention_rows(steps)
    along, points, change = integrated(
        replica, apart, here, (every[here, 1] - every[here, 0]).numpy(), progress
    )
    return Contrast(
        model=system.name,
        reading=reading,
        output=tuple(vocab.decode(output)),
        chosen=vocab.tokens[chosen],
        other=vocab.tokens[against],
        probability=float(likely[chosen]),
        other_probability=float(likely[against]),
        left_out="blank" if fixed(replica) else "removed",
        gradient_x_input=gradient_x_input(replica, apart, here)[0],
        integrated_gradients=along[0],
        leave_one_out=without,
        attention=None if rows is None else rows[step],
        score=above,
        baseline=below,
        points=int(points[0]),
        change=float(change[0]),
    )


def _likeliest_but(system: System, reading: Reading, output: Sequence[int]) -> int:
    ranked = single.forced(system, reading, output).candidates[-1]
    chosen = system.target_vocab.tokens[output[-1]]
    return system.target_vocab.ids[next(token for token in ranked if token != chosen)]


def _token(system: System, typed: str) -> int:
    """The one token that was typed or picked; the end token by its name.

    Raises:
        UserError: it is none, or more than one.
    """
    vocab = system.target_vocab
    index = vocab.ids.get(typed)
    if index is not None and index != vocab.pad:
        return index
    found = typed_text.parse_tokens(typed, vocab)
    if len(found) != 1:
        raise UserError(
            later("Name one token; this is {n}.", n=len(found))
            if found
            else later("Name one token; this is none.")
        )
    return found[0]
