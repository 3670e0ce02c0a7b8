"""What takes seconds, asked for by the models' names: the jobs of a process that has no page.

Every job ends with a parameter for its words of progress: a share of 0 to 1, and what comes next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

from s2s import probes
from s2s.checkpoints import checkpoint
from s2s.decoding.translator import Translator
from s2s.errors import UserError
from s2s.evaluation import alignment, compare, state_store
from s2s.evaluation.diagnose import diagnose
from s2s.evaluation.domino import domino
from s2s.evaluation.reading import read_set
from s2s.evaluation.variants import Fit, fits
from s2s.model.threads import one_thread
from s2s.results import Agreement, Source
from s2s.results.alignment import Alignment
from s2s.results.comparison import SetComparison
from s2s.results.diagnosis import Diagnosis
from s2s.results.domino import Domino
from s2s.results.patching import Patching, UnitPatching
from s2s.results.readout import Readout
from s2s.tasks import testsets
from s2s.tasks.gold import GoldFile, generated
from s2s.tasks.labelled import LabelledSet, of_task
from s2s.tasks.pairs_file import PairSet
from s2s.text.language import Later, later

Named = tuple[str, int]
"""What a model is loaded by, and its folder's stamp: a replaced one is loaded again."""
Progress = Callable[[float, Later], None]
MOST_GENERATED = 500
"""Pairs of a generator whose links are scored."""


@lru_cache(maxsize=8)
def _system(named: Named) -> Translator:
    one_thread()
    found = checkpoint.load(named[0])
    return replace(found, name="/".join(Path(found.name).parts[-2:]))  # no folder of this machine


def set_compared(models: Sequence[Named], pairs: PairSet, told: Progress) -> SetComparison:
    """A test set through several models; see `compare.compare_set`."""
    return compare.compare_set([_system(one) for one in models], pairs, told)


def dominoes(models: Sequence[Named], pairs: PairSet, told: Progress) -> tuple[Domino, ...]:
    """What one wrong token does to the next, for each model; see `s2s.evaluation.domino`."""
    systems = [_system(one) for one in models]
    read = read_set(systems, pairs)
    found = []
    for m, system in enumerate(systems):

        def step(share: float, m: int = m, name: str = system.name) -> None:
            told((m + share) / len(systems), later("{name} writes", name=name))

        found.append(domino(system, read, step, m))
    return tuple(found)


def diagnosis(model: Named, pairs: PairSet, told: Progress) -> Diagnosis:
    """What is wrong with a model, and where it shows; see `s2s.evaluation.diagnose`."""
    return diagnose(_system(model), pairs, lambda share: told(share, later("sentences")))


def mistakes(
    model: Named, sources: Sequence[str], outputs: Sequence[Sequence[str]], told: Progress
) -> tuple[Fit, ...]:
    """Which known mistake gives an original's outputs; see `s2s.evaluation.variants`."""
    return fits(_system(model), sources, outputs)


def agreement(
    model: Named, text: Source, target: Sequence[int] | None, of: str, told: Progress
) -> Agreement:
    """How far attention agrees with attributions; see `s2s.probes.agreement`."""
    return probes.agreement(_system(model), text, target, of=of, progress=told)


def states(
    model: Named, sentences: tuple[str, int] | LabelledSet, layer: int, folder: str, told: Progress
) -> str:
    """A corpus of states on the disk; see `s2s.probes.state_corpus`.

    Args:
        model: whose states.
        sentences: what is read: so many of a task's own, or these.
        layer: 0-based.
        folder: where it is written, in a folder of its own.
        told: see above.

    Returns:
        That folder.
    """
    system = _system(model)
    if isinstance(sentences, tuple):
        told(0.0, later("drawing sentences"))
        sentences = of_task(*sentences)
    found = probes.state_corpus(system, sentences, layer, told)
    target = Path(folder) / uuid4().hex
    state_store.write(found, target)
    return str(target)


def readout(folder: str, side: str, attribute: str, told: Progress) -> Readout:
    """What can be read out of a corpus that `states` wrote; see `s2s.probes.readout`."""
    one_thread()
    try:
        corpus = state_store.read(Path(folder))
    except FileNotFoundError:
        raise UserError(later("These states are gone. Ask for them again.")) from None
    return probes.readout(corpus, side, attribute, progress=told)


def patched(model: Named, text: Source, corrupted: Source, told: Progress) -> Patching:
    """Which encoder state brings an answer back; see `s2s.probes.patching`."""
    return probes.patching(_system(model), text, corrupted, told)


def units_patched(
    model: Named, text: Source, corrupted: Source, step: int, place: int, layer: int, told: Progress
) -> UnitPatching:
    """The same unit by unit; see `s2s.probes.unit_patching`."""
    return probes.unit_patching(_system(model), text, corrupted, step, place, layer, told)


def aligned(
    model: Named, task: str, file: GoldFile | None, told: Progress
) -> tuple[Alignment, alignment.AlignedSentence, Later | None]:
    """A model's attention beside gold links, one sentence to look at, and what was left out.

    Args:
        model: has attention.
        task: whose generator gives the links where there is no file.
        file: of links, or None.
        told: see above.

    Raises:
        UserError: no pair of the file is left.
    """
    system, complaint = _system(model), None
    if file is None:
        pairs = generated(task, testsets.of(task).pairs[:MOST_GENERATED])
    else:
        kept = file.without(lambda pair: alignment.refusal(system, pair))
        complaint, pairs = kept.complaint(), list(kept.pairs)
        if not pairs:
            raise UserError(complaint or later("{shown} holds no pairs.", shown=file.name))

    def progress(done: int, total: int) -> None:
        told(done / max(total, 1), later("{n:,} of {of:,} pairs", n=done, of=total))

    result = alignment.align(system, pairs, linked_only=file is None, progress=progress)
    return result, alignment.aligned_sentence(system, pairs[0]), complaint
