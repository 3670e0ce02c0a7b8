"""Translate texts, one a line; with --json everything computed on the way."""

from __future__ import annotations

import argparse
import codecs
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from s2s.checkpoints import checkpoint
from s2s.cli.output import one_line
from s2s.decoding.beam_search import MOST
from s2s.decoding.system import System
from s2s.decoding.translator import Translator
from s2s.errors import UserError
from s2s.evaluation.trust import trust
from s2s.export.as_json import trace_json
from s2s.findings.trust import say
from s2s.model.threads import one_thread
from s2s.results import Trace
from s2s.tasks import text_file
from s2s.text import label
from s2s.text.folding import fold


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``translate``."""
    parser.add_argument("model", metavar="MODEL", help="task/variant, or a folder")
    parser.add_argument(
        "text", metavar="TEXT", nargs="*", help="a text; without any, one a line from stdin"
    )
    parser.add_argument(
        "--beam", type=int, metavar="K", help=f"beam search with K hypotheses, 1 to {MOST}"
    )
    parser.add_argument(
        "--length-penalty", type=float, metavar="A",
        help="rank hypotheses by log probability / ((5 + length) / 6) ^ A (Wu et al. 2016, eq. 14)",
    )  # fmt: skip
    parser.add_argument(
        "--sample", action="store_true",
        help="draw each token by chance; the probabilities shown stay the model's own",
    )  # fmt: skip
    parser.add_argument(
        "--temperature", type=float, metavar="F",
        help="draw from softmax(logits / F); above 0, near 0 greedy, above 1 more even (default 1)",
    )  # fmt: skip
    parser.add_argument(
        "--top-k", type=int, metavar="K", help="draw among the K most probable tokens; 1 is greedy"
    )
    parser.add_argument(
        "--seed", type=int, metavar="N",
        help="draw the same again, each text from the start of the same numbers (default 0)",
    )  # fmt: skip
    parser.add_argument("--prefix", default="", metavar="TOKENS", help="force these tokens first")
    parser.add_argument(
        "--attend", action="append", default=[], metavar="STEP:W,W,…",
        help="use these attention weights at a step (from 0); one weight per source token",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(given: argparse.Namespace) -> int:
    """Translate every text; a text that cannot be read does not stop the others."""
    one_thread()
    system = checkpoint.load(given.model)
    attend = dict(parse_weights(value) for value in given.attend)
    check_options(given, attend)
    failed = False
    for number, data in enumerate(_texts(given.text), 1):
        line = {} if given.text else {"line": number}
        empty = bool(line) and not fold(data.decode("utf-8", "replace")).strip()
        try:
            text = text_file.decoded(data)
            trace, extra = _write(system, text, given, attend)
        except UserError as error:
            if len(given.text) == 1:
                raise
            why = one_line("The line is empty." if empty else str(error))
            failed = failed or not empty
            # One line out for one line in, so that line 3 answers line 3.
            print(json.dumps(line | {"error": why}, ensure_ascii=False) if given.json else "",
                  flush=True)  # fmt: skip
            print(f"{'Line' if line else 'Text'} {number}: {why}", file=sys.stderr)
            continue
        if given.json:
            print(json.dumps(line | trace_json(trace) | extra, ensure_ascii=False), flush=True)
        else:
            print(one_line(trace.text), flush=True)
            for said in notes(system, trace):
                print(f"  {said}", file=sys.stderr)
    return 2 if failed else 0


def check_options(given: argparse.Namespace, attend: Mapping[int, Sequence[float]]) -> None:
    """Refuse options that do not go together."""
    if given.beam is not None and given.sample:
        raise UserError("Beam search and sampling are two ways of writing; leave one out.")
    if given.beam is not None and attend:
        raise UserError("Beam search with given attention weights is not possible; leave one out.")
    if given.beam is None and given.length_penalty is not None:
        raise UserError("The length penalty belongs to beam search; add --beam K.")
    for name in ("temperature", "top_k", "seed"):
        if not given.sample and getattr(given, name) is not None:
            raise UserError(f"--{name.replace('_', '-')} belongs to sampling; add --sample.")


def _write(
    system: Translator,
    text: str,
    given: argparse.Namespace,
    attend: Mapping[int, Sequence[float]],
) -> tuple[Trace, dict[str, Any]]:
    """The output, and what --json says beyond a Trace."""
    if given.sample:
        drawn = {"temperature": 1.0 if given.temperature is None else given.temperature,
                 "top_k": given.top_k, "seed": given.seed or 0}  # fmt: skip
        return system.sample(text, prefix=given.prefix, attend=attend, **drawn), {"sample": drawn}
    if given.beam is None:
        return system.translate(text, given.prefix, attend), {}
    traces, tree = system.beam(text, given.beam, given.length_penalty or 0.0, given.prefix)
    return traces[0], {
        "beam": [
            {"output": list(t.output), "text": t.text, "log_probability": t.log_probability,
             "score": float(s)}
            for t, s in zip(traces, tree.penalised, strict=False)
        ]
    }  # fmt: skip


def parse_weights(value: str) -> tuple[int, list[float]]:
    """``2:0,1,0`` as (2, [0, 1, 0])."""
    step, colon, row = value.partition(":")
    try:
        if not colon:
            raise ValueError
        return int(step), [float(weight) for weight in row.split(",")]
    except ValueError:
        raise UserError(
            f"--attend {value} is not STEP:W,W,… with a step from 0 and one number per source "
            "token."
        ) from None


def notes(system: System, trace: Trace) -> list[str]:
    """What a reader of the plain output should know."""
    reading, lines = trace.reading, []
    if not trace.text.strip():
        lines.append("The answer is empty: it wrote no word.")
    for what, pairs in (("Letters", reading.changed), ("Characters", reading.rewritten)):
        if pairs:
            told = ", ".join(f"{label(a)} as {label(b)}" for a, b in dict.fromkeys(pairs))
            lines.append(f"{what} read as others: {told}")
    if reading.dropped:
        lines.append(f"Left out: {' '.join(map(label, dict.fromkeys(reading.dropped)))}")
    for unknown in reading.unknown:
        near = f" (near it: {', '.join(unknown.nearest)})" if unknown.nearest else ""
        lines.append(f"It has never seen {label(unknown.token)} and reads it as <unk>{near}.")
    said = {"unknown", "dropped"}  # above, with more
    lines += [say(doubt) for doubt in trust(system, trace).doubts if doubt.kind not in said]
    return lines


def _texts(given: list[str]) -> Iterator[bytes]:
    if given:
        for text in given:  # bytes of an argument that are not UTF-8 come as lone surrogates
            yield text.encode("utf-8", "surrogateescape")
        return
    for number, line in enumerate(sys.stdin.buffer):
        if not number:
            text_file.check_start(line, "Standard input")
            line = line.removeprefix(codecs.BOM_UTF8)
        yield from line.removesuffix(b"\n").removesuffix(b"\r").split(b"\r")
