"""What is said of the empty slots beside a map."""

from s2s.checkpoints import checkpoint
from s2s.findings.readout import slots_note
from s2s.text.numbers import percent


def test_the_share_is_that_of_the_map():
    trace = checkpoint.load("fra-eng-small/attention").translate("je suis un artiste .")
    said = slots_note(trace)
    left = 1 - float(trace.attention.sum(axis=1).mean())
    assert f"here {percent(left)} of all" in said
    assert slots_note(checkpoint.load("fra-eng-small/dot").translate("je suis un artiste .")) == ""
