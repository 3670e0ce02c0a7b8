"""How far one answer can be trusted: what a diagnosis checks on many sentences, on this one."""

from __future__ import annotations

from s2s.decoding.system import System
from s2s.evaluation.chips import circled, overlooked, reads_words
from s2s.results import Trace
from s2s.results.trust import Doubt, Trust
from s2s.tasks import TASKS


def trust(system: System, trace: Trace) -> Trust:
    """What speaks against an answer, without a right one beside it.

    Args:
        system: the model that wrote it.
        trace: the answer. Where somebody forced a token or set weights, what the model would have
            done by itself is not judged.
    """
    reading, sequence, task = trace.reading, system.sequence, TASKS.get(system.task)
    found = []
    shape = task.doubts(reading) if task else ""
    if shape:
        found.append(Doubt("shape", why=shape))
    trained = sequence.trained_source_length
    if trained is not None and reading.length > trained:
        found.append(Doubt("length", size=reading.length, limit=trained))
    words = reads_words(system)
    if not trace.forced and not trace.attended:
        why = task.cannot_be(reading, trace.text) if task else ""
        if why:
            found.append(Doubt("impossible", why=why))
        again = circled(trace.output) if words else ()
        if again:
            found.append(Doubt("repeat", again))
        if trace.stopped == "length" and sequence.stop == "eos":
            found.append(Doubt("no_end", size=trace.steps))
    unknown = tuple(dict.fromkeys(word.token for word in reading.unknown))
    if unknown:
        found.append(Doubt("unknown", unknown))
    dropped = tuple(run for run in reading.dropped if any(map(str.isalnum, run)))
    if dropped:
        found.append(Doubt("dropped", tuple(dict.fromkeys(dropped))))
    if words and trace.attention is not None and not trace.forced and not trace.attended:
        places = overlooked(system, reading.ids, reading.first, reading.length, trace.attention)
        if places:
            found.append(Doubt("overlooked", tuple(reading.tokens[place] for place in places)))
    return Trust(tuple(found))
