"""One reading of typed text: folded, nothing invisible, the vocabulary before everything else."""

import unicodedata

import pytest
from tiny import build_system

from s2s.config import SequenceConfig
from s2s.errors import UserError
from s2s.results import Cut
from s2s.tasks import TASKS
from s2s.text.folding import fold
from s2s.text.vocab import EOS, UNK, Vocab

WORDS = SequenceConfig()
VERBATIM = SequenceConfig(source_normaliser="verbatim", target_normaliser="verbatim")
FRENCH = "je suis fatigue fier tu es l homme a chat ou . ! ?"


def model(tokens, sequence=WORDS, unk=True):
    specials = (UNK, EOS) if unk else (EOS,)
    vocab = Vocab((*specials, *tokens), unk=0 if unk else None, eos=len(specials) - 1)
    return build_system(sequence, vocab)


FRENCH_MODEL = model(FRENCH.split())
DATES = build_system(
    TASKS["dates"].defaults.sequence,
    Vocab(tuple("_ /,-0123456789ACDFJMNOPSTWabcdefghilmnoprstuvwy")),
    Vocab(tuple("_-0123456789")),
)


# Tokens of the vocabulary are never refused.

HINDI = ["नमस्ते", "दुनिया", "हूँ", "।", "हिन्दी"]
THAI = ["สวัสดี", "ครับ", "ข้าว"]
FRENCH_WITH_MARKS = ["aujourd'hui", "d'accord", "peut-être", "10:30", "l'", "?", "."]
OTHERS = [
    "ভাষা",
    "עִבְרִית",
    "می‌خواهم",
    "日本語",
    "don’t",
    "C++",
    "😀",
    "<b>",
    "-x",
    "½",
    "…",
    "ﬁn",
    "क़",
]


@pytest.mark.parametrize("tokens", [HINDI, THAI, FRENCH_WITH_MARKS, OTHERS])
@pytest.mark.parametrize("normaliser", ["verbatim", "latin", "korean", "hangul"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_token_of_the_vocabulary_is_read_as_it_stands(tokens, normaliser, form):
    system = model(tokens, SequenceConfig(source_normaliser=normaliser))
    for token in tokens:
        reading = system.read(unicodedata.normalize(form, token))
        assert reading.tokens == (token, EOS)
        assert reading.dropped == reading.unknown == reading.rewritten == ()
    assert system.read(" ".join(tokens)).tokens == (*tokens, EOS)


@pytest.mark.parametrize("character", ["न", "ा", "😀", "“", "\u200d", "é", "’"])
def test_a_character_of_the_vocabulary_is_read_as_it_stands(character):
    sequence = SequenceConfig(source_normaliser="verbatim", source_tokeniser="characters")
    reading = model(["a", character], sequence, unk=False).read(f"a{character}a")
    assert reading.tokens == ("a", character, "a", EOS) and reading.dropped == ()


@pytest.mark.parametrize("typed", ["?", ". .", "l' ?"])
def test_marks_that_the_vocabulary_knows_are_words(typed):
    assert model(FRENCH_WITH_MARKS, VERBATIM).read(typed).tokens == (*typed.split(), EOS)


@pytest.mark.parametrize(
    ("known", "typed"),
    [("l'homme", "l’homme"), ("l’homme", "l'homme"), ("l'homme", "lʼhomme"), ("a-t-il", "a‑t–il"),
     ("fin", "ﬁn"), ("ﬁn", "fin"), ("TV", "ＴＶ"), ("Ａ", "A"), ("سلام", "ﺳﻼﻡ"), ('"', "“"),
     ("می‌خواهم", "میخواهم"), ("10:30", "１０：３０")],
)  # fmt: skip
def test_another_way_of_writing_a_known_token_is_that_token(known, typed):
    reading = model([known, "x"], VERBATIM).read(f"{typed} x")
    assert reading.tokens == (known, "x", EOS) and not reading.unknown
    assert reading.rewritten or reading.dropped, "what was read is not what was typed"


def test_of_two_forms_in_a_vocabulary_each_is_itself():
    system = model(["l'homme", "l’homme"], VERBATIM)
    assert system.read("l’homme l'homme").tokens == ("l’homme", "l'homme", EOS)


@pytest.mark.parametrize("typed", ["॥", "—", "?!", "\u200b", "😀"])
def test_marks_that_nobody_knows_are_refused(typed):
    with pytest.raises(UserError, match="found no letters it knows"):
        model(HINDI, VERBATIM).read(typed)


# Forms of one sentence.


@pytest.mark.parametrize(
    ("typed", "plain", "rewritten", "dropped"),
    [
        ("Tu es fatigué？", "Tu es fatigué?", ("？",), ()),
        ("Ｊｅ ｓｕｉｓ ｆａｔｉｇｕé．", "Je suis fatigué.",
         ("Ｊｅ", "ｓｕｉｓ", "ｆａｔｉｇｕ", "．"), ()),
        ("Ｊe suis fatigué.", "Je suis fatigué.", ("Ｊ",), ()),
        ("Je suis ﬁer.", "Je suis fier.", ("ﬁ",), ()),
        ("𝐉𝐞 𝑠𝑢𝑖𝑠 fatigué.", "Je suis fatigué.", ("𝐉𝐞", "𝑠𝑢𝑖𝑠"), ()),
        ("Ⓙⓔ suis fatigué。", "Je suis fatigué.", ("Ⓙⓔ", "。"), ()),
        ("Je suis fatigué‼", "Je suis fatigué!!", ("‼",), ()),
        ("Je suis fati\u00adgué.", "Je suis fatigué.", (), ("\u00ad",)),
        ("Je sui\u200bs fatigué.", "Je suis fatigué.", (), ("\u200b",)),
        ("\ufeffJe\u2060 suis fatigué\ufe0f.", "Je suis fatigué.", (),
         ("\ufeff", "\u2060", "\ufe0f")),
        ("Je\u200e suis\u202c fa\u034ftigué.", "Je suis fatigué.", (),
         ("\u200e", "\u202c", "\u034f")),
        ("Je\u00a0suis\u3000fatigué\u202f.", "Je suis fatigué.", (), ()),
        ("  Je\tsuis \n fatigué.  ", "Je suis fatigué.", (), ()),
        ("L’homme", "L'homme", (), ("’",)),
    ],
)  # fmt: skip
def test_one_sentence_however_it_is_written(typed, plain, rewritten, dropped):
    reading, same = FRENCH_MODEL.read(typed), FRENCH_MODEL.read(plain)
    assert reading.ids == same.ids and reading.changed == same.changed
    assert tuple(pair[0] for pair in reading.rewritten) == rewritten
    assert tuple(run for run in reading.dropped if run != "'") == dropped


@pytest.mark.parametrize(
    ("typed", "plain", "said"),
    [
        ("３/２５/０３", "3/25/03", (("３", "3"), ("２５", "25"), ("０３", "03"))),
        ("Tuesday,\u00a0March 25, 2003", "Tuesday, March 25, 2003", (("\u00a0", " "),)),
        ("March  25,  2003", "March 25, 2003", (("  ", " "), ("  ", " "))),
        ("March\t25,\u2009\u20032003", "March 25, 2003", (("\t", " "), ("\u2009\u2003", " "))),
        ("3／25／03", "3/25/03", (("／", "/"), ("／", "/"))),
        ("2003–03−25", "2003-03-25", (("–", "-"), ("−", "-"))),
        ("2003‑03﹣25", "2003-03-25", (("‑", "-"), ("﹣", "-"))),
        ("3⁄25∕03", "3/25/03", (("⁄", "/"), ("∕", "/"))),
        ("𝟑/𝟐𝟓/③", "3/25/3", (("𝟑", "3"), ("𝟐𝟓", "25"), ("③", "3"))),
        (
            "March\u202825\u2029,\x0b2003",
            "March 25 , 2003",
            (("\u2028", " "), ("\u2029", " "), ("\x0b", " ")),
        ),
        ("3\u200b/2\ufe0f5/03\u202c", "3/25/03", ()),
        ("  3/25/03\n", "3/25/03", ()),
        ("\ufeff3/25/03", "3/25/03", ()),
        ("3/2\u00ad5/03", "3/25/03", ()),
    ],
)
def test_blanks_and_digits_of_dates(typed, plain, said):
    reading, same = DATES.read(typed), DATES.read(plain)
    assert reading.ids == same.ids and reading.length == len(plain)
    assert reading.rewritten == said
    assert len(reading.dropped) == sum(unicodedata.category(c) in ("Cf", "Mn") for c in typed)


@pytest.mark.parametrize("typed", ["x² + ½", "a … b", "ㄱㄴ ㅋㅋ", "10 °C", "π ≠ 3"])
def test_what_would_mean_something_else_is_not_folded(typed):
    assert fold(typed) == typed


def test_a_long_run_of_marks_is_folded_once():
    typed = "é" * 50 + "ｅ" + "\u0301" * 3
    assert fold(fold(typed)) == fold(typed)


# Tokens that are cut already.


def test_tokens_are_not_normalised_again():
    reading = FRENCH_MODEL.read(Cut(("Je", "suis", "l'homme"), "words"))
    assert [u.token for u in reading.unknown] == [
        "Je",
        "l'homme",
    ] and reading.text == "Je suis l'homme"


def test_a_model_with_other_units_reads_the_text():
    assert FRENCH_MODEL.read(Cut(tuple("je suis"), "characters")).tokens == ("je", "suis", EOS)
