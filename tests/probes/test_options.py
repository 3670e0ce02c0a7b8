"""What probes refuse is said to whoever reads it, also where it was raised in another process."""

import pickle
import re

import pytest
from tiny import build_system

from s2s import probes
from s2s.errors import UserError
from s2s.probes.walk import walk
from s2s.results.formulas import stages
from s2s.tasks.labelled import LabelledSet
from s2s.text.language import speaking

TEXT = "a b c d"


@pytest.fixture(scope="module")
def system():
    return build_system(attention="dot")


REFUSED = {
    "a choice": (lambda model: probes.agreement(model, TEXT, of="x"), "log_odds or loss"),
    "a layer": (lambda model: probes.gradient_flow(model, TEXT, layer=5), "Layer 5 does not"),
    "a cell": (lambda model: probes.gradient_flow(model, TEXT, state="cell"), "only an LSTM"),
    "an answer's step": (lambda model: probes.contrast(model, TEXT, 98), "no step 99"),
    "a step": (lambda model: probes.unit_patching(model, TEXT, "b b c d", 40, 0), "Step 40"),
    "a state": (lambda model: probes.unit_patching(model, TEXT, "b b c d", 0, 9), "state 9"),
    "no token": (lambda model: probes.contrast(model, TEXT, 0, " "), "this is none"),
    "lengths": (lambda model: probes.patching(model, TEXT, "a b"), "have 5 and 3 tokens"),
    "a share": (lambda model: probes.started_elsewhere(model, TEXT, "a", 2.0), "between 0 and 1"),
    "sentences": (
        lambda model: probes.state_corpus(model, LabelledSet.of(["ㅎㅎ"], "")), "can read none",
    ),
    "a reading": (
        lambda model: probes.readout(
            probes.state_corpus(model, LabelledSet.of(["a b"], "")), "encoder", "next token"
        ),
        "two kinds of next token",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_refusal_is_said_to_whoever_reads_it(system, what):
    ask, told = REFUSED[what]
    with pytest.raises(UserError, match=told) as caught:
        ask(system)
    error = pickle.loads(pickle.dumps(caught.value))
    assert str(error) == str(caught.value)
    with speaking("ko"):
        said = str(error).replace(system.name, "")
        # Names of options and of what they may be stay as they are.
        words = set(re.findall("[A-Za-z_]{2,}", said)) - {"of", "log_odds", "loss", "GRU", "LSTM"}
        assert re.search("[가-힣]", said) and not words, said


def test_a_formula_says_its_words_in_the_language_of_the_page():
    found = walk(build_system(attention="location", attention_slots=8), TEXT, 0)
    with speaking("ko"):
        told = next(stage for stage in stages(found) if stage.name == "softmax")
        assert "모든 자리" in told.text and r"\text{모든 자리}" in told.latex
    assert "over all slots" in next(s for s in stages(found) if s.name == "softmax").text
