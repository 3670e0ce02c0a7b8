"""Surgery on attention weights: every form, alone and among other edits."""

import hashlib
from dataclasses import fields

import numpy as np
import pytest
from tiny import build_like, build_system

from s2s.cli.translate import parse_weights
from s2s.decoding import single, weight_edits, whatif
from s2s.decoding.whatif import Edit
from s2s.errors import UserError
from s2s.results import Trace
from s2s.text.vocab import EOS

FORMS = ("u", "o0", "o12", "m3", "s1", "s-1", "p1", "p99", "w5512_2811_0_1677", "w1")
TEXT = "a b c d e"


@pytest.fixture(scope="module")
def model():
    return build_system(attention="dot")


def digest(model) -> str:
    """Every weight of a model, to the bit."""
    found = hashlib.sha256()
    for name, value in sorted(model.model.state_dict().items()):
        found.update(name.encode() + value.numpy().tobytes())
    return found.hexdigest()


def same(a: Trace, b: Trace) -> bool:
    """Whether two traces are equal to the bit."""
    return all(
        np.array_equal(x, y) if isinstance(x, np.ndarray) else x == y
        for x, y in ((getattr(a, f.name), getattr(b, f.name)) for f in fields(Trace))
    )


def attended(model, form: str, step: int = 1, text: str = TEXT, edits=()):
    return whatif.run(model, text, [*edits, Edit("attend", step, form)])


@pytest.mark.parametrize("tutorial", [0, 3, 4, 5])
def test_one_word_is_what_the_library_and_the_command_line_give(tutorial):
    model = build_like(tutorial) if tutorial else build_system(attention="dot")
    text = {4: "1/2/03", 3: "a b c"}.get(tutorial, TEXT)
    size = len(model.read(text).tokens)
    for j in range(size):
        what = attended(model, f"o{j}", text=text)
        given = "1:" + ",".join("1" if s == j else "0" for s in range(size))
        by_library = model.translate(text, attend={1: np.eye(size)[j]})
        by_command = model.translate(text, attend=dict([parse_weights(given)]))
        assert same(what.trace, by_library) and same(what.trace, by_command)
        assert what.trace.attended == (1,)
        assert what.trace.attention[1].tolist() == np.eye(size)[j].tolist()
        assert same(what.original, model.translate(text))


def test_weights_by_hand_are_what_the_command_line_gives(model):
    form = "w13_700_2811_1_0_6475"
    given = "1:" + form[1:].replace("_", ",")
    by_command = model.translate(TEXT, attend=dict([parse_weights(given)]))
    assert same(attended(model, form).trace, by_command)


def test_every_preset(model):
    own = model.translate(TEXT).attention[1]
    size = len(own)
    most = int(own.argmax())
    masked = np.where(np.arange(size) == most, 0, own)
    expected = {
        "u": np.full(size, 1 / size),
        "o2": np.eye(size)[2],
        f"m{most}": masked / masked.sum(),
        "s1": [own[(s - 1) % size] for s in range(size)],
        "s-1": [own[(s + 1) % size] for s in range(size)],
        "w3_1_0_0_0_0": [0.75, 0.25, 0, 0, 0, 0],
    }
    for form, row in expected.items():
        what = attended(model, form)
        np.testing.assert_allclose(what.trace.attention[1], row, atol=1e-12)
        np.testing.assert_array_equal(what.own[1], own)
        np.testing.assert_array_equal(what.trace.attention[0], what.own[0])
    for seed in range(20):
        row = attended(model, f"p{seed}").trace.attention[1]
        np.testing.assert_allclose(sorted(row), sorted(own), atol=1e-12)
        assert not np.allclose(row, own)
    assert len({tuple(attended(model, f"p{n}").trace.attention[1]) for n in range(9)}) > 5


def test_empty_slots_get_nothing_and_a_preset_begins_without_them():
    model = build_like(3)
    free = model.translate("a b c")
    assert free.empty_attention[1] > 0.01
    what = attended(model, "s1", text="a b c")
    own = free.attention[1]
    np.testing.assert_allclose(what.trace.attention[1], np.roll(own, 1) / own.sum(), atol=1e-12)
    assert what.trace.empty_attention[1] == 0 and what.trace.empty_attention[0] > 0
    np.testing.assert_array_equal(what.own[1], own)


def test_a_preset_changes_the_row_of_the_answer_it_is_in(model):
    """Not the original's: other edits, before and after, stand."""
    original = model.translate(TEXT)
    word = next(t for t in model.target_vocab.tokens[4:] if t != original.output[0])
    others = [Edit("force", 0, word), Edit("swap", 0), Edit("attend", 1, "o0")]
    reading = model.read("b a c d e")
    ids = {0: model.target_vocab.ids[word]}
    first = np.eye(6)[0]
    before = single.greedy(model, reading, force=ids, attend={1: first})
    assert not np.allclose(before.attention[2], original.attention[2])
    moved = np.roll(before.attention[2], 1)
    by_hand = single.greedy(model, reading, force=ids, attend={1: first, 2: moved})
    for edits in ([*others, Edit("attend", 2, "s1")], [Edit("attend", 2, "s1"), *others]):
        what = whatif.run(model, TEXT, edits)
        assert same(what.trace, by_hand)
        np.testing.assert_array_equal(what.own[2], before.attention[2])
    assert what.trace.attended == (1, 2) and what.trace.forced == (0,)
    assert same(what.original, original)


def test_weights_within_a_reference(model):
    what = attended(model, "o1", edits=[Edit("reference", 0, "red sea sun")])
    assert what.trace.output == ("red", "sea", "sun", EOS)
    ids = [model.target_vocab.ids[t] for t in what.trace.output]
    assert same(what.trace, single.greedy(model, model.read(TEXT), ids,
                                          {1: np.eye(6)[1]}, whole=True))  # fmt: skip


def test_the_last_weights_of_a_step_win(model):
    what = attended(model, "o1", edits=[Edit("attend", 1, "u"), Edit("attend", 1, "m0")])
    assert same(what.trace, attended(model, "o1").trace)


def test_a_step_that_is_never_reached_stays_as_it_is(model):
    short = [Edit("force", 1, EOS)]
    for form in ("u", "s1", "o2"):
        what = attended(model, form, step=5, edits=short)
        assert same(what.trace, whatif.run(model, TEXT, short).trace) and what.own is None


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("w1_2_3", "weights of step 2 are for 3 source tokens; the model reads 6 now"),
        ("o6", "There is no source token 7 for the weights of step 2; the model reads 6"),
        ("m6", "There is no source token 7"),
        ("w0_0_0_0_0_0", "The weights of step 2 are all 0"),
    ],
)
def test_weights_that_do_not_fit_are_refused(model, form, message):
    with pytest.raises(UserError, match=message):
        attended(model, form)


def test_weights_that_the_source_outgrew_are_named(model):
    row, uniform = Edit("attend", 1, "w1_1_1_1_1_2"), Edit("attend", 2, "u")
    last, drop = Edit("attend", 3, "o5"), Edit("drop", 0)
    assert whatif.unfit(model, TEXT, [row, uniform, last]) == []
    assert whatif.unfit(model, TEXT, [row, uniform, last, drop]) == [row, last]


def test_masking_what_holds_everything_is_refused():
    with pytest.raises(UserError, match="all weight is on source token 2; masking it leaves none"):
        weight_edits.row("m1", 3, np.array([0.0, 1.0, 0.0]), 4)


def test_without_attention_there_are_no_weights():
    with pytest.raises(UserError, match="no attention, so there are no weights to edit"):
        attended(build_system(attention="none"), "u")


def test_taking_an_edit_back_gives_the_original_to_the_bit(model):
    before, weights = model.translate(TEXT), digest(model)
    for form in ("u", "o2", "m1", "s1", "s-1", "p3", "w9_1_0_0_0_0"):
        what = attended(model, form)
        assert not same(what.trace, before)
        assert same(what.original, before)
        assert same(whatif.run(model, TEXT, []).trace, before)
        assert same(attended(model, form).trace, what.trace)  # and redone, the same again
    assert digest(model) == weights and not model.model.training


@pytest.mark.parametrize(
    ("weights", "form"),
    [
        ([0.5, 0.25, 0.25], "w5000_2500_2500"),
        ([0, 1, 0], "o1"),
        ([0.00001, 0.99999, 0], "o1"),
        ([0.2, 0.2, 0.2], "u"),
        ([1], "o0"),
        ([3, 1], "w7500_2500"),
        ([1e308, 1e308, 0], "w5000_5000_0"),
        ([0.55125, 0.44875], "w5512_4488"),
    ],
)
def test_the_shortest_form_of_weights(weights, form):
    assert weight_edits.form_of(weights) == form
    row = weight_edits.row(form, len(weights), None, 0)
    share = np.array(weights) / max(weights)
    np.testing.assert_allclose(row / row.sum(), share / share.sum(), atol=5.1e-5)
    assert weight_edits.is_form(form)


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [1, float("nan")], [float("inf"), 1]])
def test_what_is_no_row_of_weights(weights):
    with pytest.raises(UserError):
        weight_edits.form_of(weights)


def test_chips_name_the_word():
    source = ("ce", "soir", "ce", "<sos>", "x y")
    said = {form: weight_edits.describe(form, source) for form in FORMS}
    assert weight_edits.describe("o1", source) == "all weight on soir"
    assert weight_edits.describe("m2", source) == "ce (3) masked"
    assert weight_edits.describe("o3", source) == "all weight on <sos>"
    assert weight_edits.describe("m4", source) == "x␣y masked"
    assert weight_edits.describe("o12", source) == "all weight on source token 13"
    assert len(set(said.values())) == len(FORMS) - 1  # both rows of weights are "edited"
