"""What if: edits that are arguments, and their short form in a link."""

import random

import pytest
from rounding import close
from tiny import build_like, build_system

from s2s.decoding import single, whatif
from s2s.decoding.whatif import KINDS, MOST_EDITS, Edit
from s2s.errors import UserError
from s2s.text.vocab import EOS

FORMS = ("u", "o0", "o12", "m3", "s1", "s-1", "p1", "p99", "w5512_2811_0_1677", "w1")


@pytest.fixture(scope="module")
def model():
    return build_system(attention="dot")


def test_links_round_trip():
    draw = random.Random(1)
    texts = ["tonight", "~", ".", "a b", "é 한 😀", "%7E", "f4.x~d2", "", "<eos>", "\n"]
    for _ in range(200):
        kinds = [draw.choice(list(KINDS.values())) for _ in range(draw.randint(0, 6))]
        edits = tuple(
            Edit(kind, draw.randrange(100), draw.choice(FORMS if kind == "attend" else texts))
            for kind in kinds
        )
        word = whatif.encode(edits)
        assert whatif.decode(word) == edits
        assert word.isascii() and not set(word) & set(" &#?\n")


@pytest.mark.parametrize("form", FORMS)
def test_weights_stand_in_a_link_as_they_are(form):
    assert whatif.encode([Edit("attend", 3, form)]) == f"a3.{form}"


@pytest.mark.parametrize(
    "link",
    ["x1", "f", "f-1", "~", "f1.a~", "f99999", "d1 2", "1f", "f١", "a1", "a1.", "a1.x", "a1.w",
     "a1.w1_", "a1.w1__2", "a1.w-1_2", "a1.w.5_.5", "a1.o", "a1.o-1", "a1.s2", "a1.p-1", "a1.u1",
     "a1.w" + "1_" * 3000 + "1"],
)  # fmt: skip
def test_a_damaged_link_is_said(link):
    with pytest.raises(UserError, match="damaged"):
        whatif.decode(link)


def test_too_many_edits_are_refused():
    assert len(whatif.decode("~".join(["d1"] * MOST_EDITS))) == MOST_EDITS
    with pytest.raises(UserError, match=f"{MOST_EDITS + 1} edits; at most {MOST_EDITS}"):
        whatif.decode("~".join(["d1"] * (MOST_EDITS + 1)))


def test_no_edits_is_the_original(model):
    result = whatif.run(model, "a b", [])
    assert result.original is None and result.text == "a b"
    assert result.trace.output == model.translate("a b").output


def test_a_forced_token_and_what_follows(model):
    original = model.translate("a b c")
    other = next(t for t in original.candidates[1][1:] if t != EOS)
    result = whatif.run(model, "a b c", [Edit("force", 1, "red"), Edit("force", 1, other)])
    assert result.trace.forced == (1,)
    assert result.trace.output[:2] == (original.output[0], other)
    assert result.original.output == original.output
    assert result.text == "a b c"


@pytest.mark.parametrize(
    ("edits", "read"),
    [
        ([Edit("drop", 1)], "a c d"),
        ([Edit("replace", 0, "h")], "h b c d"),
        ([Edit("swap", 2)], "a b d c"),
        ([Edit("drop", 0), Edit("swap", 0), Edit("replace", 2, "e")], "c b e"),
    ],
)
def test_edits_of_the_source_are_applied_in_order(model, edits, read):
    result = whatif.run(model, "A  b, c d", edits)
    assert result.text == read
    assert result.trace.source == (*read.split(), EOS)
    assert result.original.source == ("a", "b", "c", "d", EOS)
    close(result.trace.attention, model.translate(read).attention)


def test_letters_are_edited_as_letters():
    dates = build_like(4)
    assert whatif.run(dates, "1/2/03", [Edit("drop", 0), Edit("swap", 0)]).text == "2//03"


def test_a_reference_is_teacher_forced(model):
    result = whatif.run(model, "a b", [Edit("force", 0, "sun"), Edit("reference", 0, "Red, sea")])
    assert result.trace.output == ("red", "sea", EOS)
    assert result.trace.forced == (0, 1, 2)
    ids = [model.target_vocab.ids[t] for t in ("red", "sea", EOS)]
    by_hand = single.forced(model, model.read("a b"), ids)
    close(result.trace.log_probabilities, by_hand.log_probabilities)


def test_references_of_other_manners():
    assert whatif.reference_ids(build_like(3), "red sea") == [0, 2, 6, 1]
    dates = build_like(4)
    assert dates.target_vocab.decode(whatif.reference_ids(dates, "2003-03-25")) == [*"2003-03-25"]


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (Edit("force", 0, "zut"), "zut is not a word this model can write"),
        (Edit("force", 0, "<pad>"), "<pad> is not a word this model can write"),
        (Edit("force", 0, "red sea"), "red␣sea is not one token"),
        (Edit("force", 0, ""), "is not a word"),
        (Edit("drop", 2), "There is no source token 3 to drop; the text has 2"),
        (Edit("swap", 1), "There is no source token 2 to swap"),
        (Edit("reference", 0, "red zut"), "This model cannot write zut"),
        (Edit("reference", 0, "…"), "Type a reference sentence"),
        (Edit("reference", 0, "red " * 20), "21 forced tokens; this model writes at most 9"),
        (Edit("replace", 0, "😀" * 3), None),
    ],
)
def test_an_edit_that_does_not_fit_is_refused(model, edit, message):
    if message is None:
        assert whatif.run(model, "a b", [edit]).trace.source == ("b", EOS)
        return
    with pytest.raises(UserError, match=message):
        whatif.run(model, "a b", [edit])


def test_dropping_everything_is_refused(model):
    with pytest.raises(UserError, match="Type a sentence"):
        whatif.run(model, "a", [Edit("drop", 0)])


def test_every_edit_says_what_it_did(model):
    original = model.translate("a b")
    said = [
        whatif.describe(Edit(kind, 0, "u" if kind == "attend" else "red"), original)
        for kind in KINDS.values()
    ]
    assert said[0] == f"red instead of {original.output[0]}"
    assert len(set(said)) == len(KINDS) and all(said)


def test_a_forced_token_is_what_the_prefix_gives(model):
    free = model.translate("a b c d e")
    for step in range(free.steps):
        word = next(w for w in model.target_vocab.tokens[4:] if w != free.output[step])
        what = whatif.run(model, "a b c d e", (Edit("force", step, word),))
        by_prefix = model.translate("a b c d e", prefix=" ".join([*free.output[:step], word]))
        assert what.trace.output == by_prefix.output
        close(what.trace.log_probabilities, by_prefix.log_probabilities)
        assert what.trace.forced == (step,)
        assert what.original.output == free.output


def test_edits_leave_the_model_as_it_was(model):
    before = {k: v.clone() for k, v in model.model.state_dict().items()}
    whatif.run(model, "a b c d e", [Edit("force", 0, "sea"), Edit("drop", 1)])
    for key, value in model.model.state_dict().items():
        assert (value == before[key]).all()
    assert not model.model.training
