"""What the Translate page should say about an answer, for the tests with and without a browser."""

from __future__ import annotations

import json
import re

from s2s import plots
from s2s.checkpoints import checkpoint
from s2s.results import Trace


def first_word(trace: Trace) -> int:
    """The step a page opens with: the first that writes a word."""
    words = (t for t, token in enumerate(trace.output) if token not in ("<eos>", trace.fed[0]))
    return next(words, 0)


def said(trace: Trace, step: int) -> str:
    """The readout as a page shows it: its tokens are bold and need no «»."""
    about = json.loads((checkpoint.find(trace.model) / checkpoint.CONFIG).read_text("utf-8"))
    text = plots.readout(trace, step, about["model"]["peeky"] != "none").text()
    return " ".join(re.sub("[«»]", "", text).split())
