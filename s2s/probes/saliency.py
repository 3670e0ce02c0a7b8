"""Saliency of a sentence: gradient times input, integrated gradients, leave-one-out.

All of one score f_t of output token t, the fed tokens held fixed: its log odds by default, because
the gradient of ln p_t is (1 - p_t) times theirs and so all but 0 where the model is confident.
The input vectors are what enters the first recurrent layer: embeddings, or one-hot vectors.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from s2s.decoding.system import System
from s2s.probes.attributions import (
    Progress,
    Score,
    baseline,
    fixed,
    gradient_x_input,
    integrated,
    left_out,
    replaced,
    scores,
)
from s2s.probes.gradients import output_ids
from s2s.probes.options import check_choice
from s2s.probes.replica import Replica, attention_rows, replicate
from s2s.results import Reading, Saliency, Source
from s2s.results.gradients import OF
from s2s.text.language import later


@torch.inference_mode(mode=False)
def saliency(
    system: System,
    text: Source | Reading,
    target: str | Sequence[int] | None = None,
    *,
    of: str = "log_odds",
    progress: Progress = lambda *_: None,
) -> Saliency:
    """Attributions of every output token to every source token, by three methods.

    The model is only read; any number of threads may ask at once. Everything is in float64.

    Args:
        system: the model. It may be in training, if the target is given.
        text: the source, typed or read.
        target: the output to be attributed, typed or as ids (the end token included); None for
            the model's own greedy output.
        of: ``log_odds``, or ``loss`` for ln p_t.
        progress: told what is being computed; what it raises ends the work.

    Raises:
        UserError: for a text or target the model cannot read or write.
    """
    check_choice("of", of, OF)
    reading = text if isinstance(text, Reading) else system.read(text)
    replica = replicate(system, reading, output_ids(system, reading, target))
    mode = "free-running" if target is None else "teacher-forced"
    return of_replica(replica, of, mode, progress)


def of_replica(
    replica: Replica, of: str, mode: str, progress: Progress = lambda *_: None
) -> Saliency:
    """The same for a copy that is there already."""
    progress(0.0, later("leaving out one source token at a time"))
    score = _score(replica, of)
    with torch.no_grad():
        steps = replica.decode(*replica.encode(replica.vectors[None]))
        odds = torch.cat(replica.log_odds(steps))  # [T]
        ends = torch.stack([baseline(replica), replica.vectors])
        below, above = torch.stack(scores(replica, ends, score), dim=1)  # [T] each
        log_p = torch.nn.functional.logsigmoid(odds)
        lost = _score(replica, "loss")
        left, unknown = left_out(replica, log_p, lost), replaced(replica, log_p, lost)
    rows = range(len(replica.output))
    along, points, change = integrated(replica, score, rows, (above - below).numpy(), progress)
    progress(0.8, later("gradient × input"))
    vocab = replica.system.target_vocab
    return Saliency(
        model=replica.system.name,
        reading=replica.reading,
        output=tuple(vocab.decode(replica.output)),
        fed=tuple(vocab.decode(replica.fed)),
        of=of,
        mode=mode,
        left_out="blank" if fixed(replica) else "removed",
        gradient_x_input=gradient_x_input(replica, score, rows),
        integrated_gradients=along,
        leave_one_out=left,
        replaced=unknown,
        attention=attention_rows(steps),
        scores=above.numpy(),
        baseline=below.numpy(),
        points=points,
        change=change,
        log_probabilities=log_p.numpy(),
    )


def _score(replica: Replica, of: str) -> Score:
    """f_t by its name."""
    if of == "log_odds":
        return replica.log_odds
    return lambda steps: list(map(torch.nn.functional.logsigmoid, replica.log_odds(steps)))
