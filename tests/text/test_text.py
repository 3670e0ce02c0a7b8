"""Normalisers: the tutorials' rules, and nothing that vanishes without a word."""

import random
import re
import unicodedata

import pytest
from tiny import build_like

from s2s.config import SequenceConfig
from s2s.decoding.typed_text import parse_tokens, read_source, written_text
from s2s.errors import UserError
from s2s.text.label import label
from s2s.text.units import NORMALISERS, TOKENISERS, changed_words, korean, latin, letters, verbatim
from s2s.text.vocab import BOS, EOS, PAD, UNK, Vocab

HANGUL = "나는 커피를 좋아한다"


def tutorial_rule(text):
    """Tutorial 3's normalizeString, written down again from its description."""
    plain = "".join(
        c for c in unicodedata.normalize("NFD", text.lower().strip())
        if unicodedata.category(c) != "Mn"
    )  # fmt: skip
    plain = re.sub(r"([.!?])", r" \1", plain)
    return re.sub(r"[^a-zA-Z.!?]+", " ", plain).strip()


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Je suis fatigué.", "je suis fatigue ."),
        ("Il n'est pas là !", "il n est pas la !"),
        ("Où as-tu mis mes clés ?", "ou as tu mis mes cles ?"),
        ("I'm   cold.\t", "i m cold ."),
        ("ÉTÉ", "ete"),
        ("Çà et là…", "ca et la"),
        ("What?!", "what ? !"),
        ("e\u0301te\u0301", "ete"),
        ("", ""),
        ("  \u00a0 \n", ""),
    ],
)
def test_latin(typed, read):
    assert latin(typed).text == read == tutorial_rule(typed)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_korean_keeps_syllables_in_either_form(form):
    typed = unicodedata.normalize(form, f"{HANGUL}. Tom은?")
    assert korean(typed).text == f"{HANGUL} . tom은 ?"
    assert korean(typed).dropped == ()
    assert unicodedata.is_normalized("NFC", korean(typed).text)


def test_letters_and_verbatim():
    assert letters("Ab c-D").text == "abcd"
    assert letters("Ab c-D").dropped == ("-",)
    assert verbatim("  Tuesday, March 25, 2003 ").text == "Tuesday, March 25, 2003"
    assert verbatim("e\u0301").text == "é"


@pytest.mark.parametrize(
    ("typed", "read", "dropped"),
    [
        ("salut 😀!", "salut !", ("😀",)),
        ("salut 👩\u200d👧 toi", "salut toi", ("👩\u200d👧",)),
        (HANGUL, "", ("나는", "커피를", "좋아한다")),
        ("a\0b", "a b", ("\0",)),
        ("<b>x</b>", "b x b", ("<", ">", "</", ">")),
        ("<s> </s>", "s s", ("<", ">", "</", ">")),
        ("**bold** $x$", "bold x", ("**", "**", "$", "$")),
        ("cœur", "c ur", ("œ",)),
        ("4 chats", "chats", ("4",)),
        ("j'ai", "j ai", ("'",)),
        ("a\u200bb", "ab", ("\u200b",)),
        ("« oui »", "oui", ("«", "»")),
    ],
)
def test_what_latin_drops_is_reported_in_runs(typed, read, dropped):
    assert latin(typed).text == read
    assert latin(typed).dropped == dropped


def random_texts(count):
    """Seeded strings of everything: letters, marks, symbols, controls, other scripts, planes."""
    draw = random.Random(11)
    pools = [
        (0x20, 0x7F), (0x00, 0x20), (0xA0, 0x250), (0x300, 0x370), (0x370, 0x530), (0x590, 0x700),
        (0x900, 0x980), (0x1100, 0x1200), (0x1E00, 0x2100), (0x2100, 0x2400), (0x3040, 0x3100),
        (0xAC00, 0xD7A4), (0xFB00, 0xFB50), (0xFE00, 0xFE10), (0x1F600, 0x1F650),
    ]  # fmt: skip
    for _ in range(count):
        length = draw.randint(0, 30)
        yield "".join(chr(draw.randrange(*draw.choice(pools))) for _ in range(length))


def plain_letter(character):
    """A letter without its accents, in lower case."""
    decomposed = unicodedata.normalize("NFD", character.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@pytest.mark.parametrize("name", sorted(NORMALISERS))
def test_nothing_vanishes_unreported(name):
    """Every letter, digit and symbol is kept, kept without its accent, or reported."""
    for typed in random_texts(400):
        result = NORMALISERS[name](typed)
        composed = unicodedata.normalize("NFC", typed)
        said = [result.text, *result.dropped, *(pair[0] for pair in result.rewritten)]
        remains = list(unicodedata.normalize("NFC", " ".join(said)))
        for character in composed:
            if character.isspace() or unicodedata.combining(character):
                continue
            found = next(
                (form for form in (character, character.lower(), plain_letter(character))
                 if form and all(c in remains for c in form)), None,
            )  # fmt: skip
            assert found is not None, f"{character!r} of {typed!r} is nowhere in {result}"
            for c in found:
                remains.remove(c)


@pytest.mark.parametrize("name", sorted(NORMALISERS))
def test_normal_text_stays_as_it_is(name):
    """What a normaliser has written it reads as it is."""
    for typed in random_texts(200):
        once = NORMALISERS[name](typed).text
        # `latin` writes a space before a mark; a second one is not added.
        assert NORMALISERS[name](once).text == once
        assert NORMALISERS[name](once).dropped == ()


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("latin", "[a-z.!? ]*"), ("korean", "[가-힣a-z.!? ]*"), ("letters", "[a-z]*")],
)
def test_only_known_characters_come_out(name, allowed):
    # İ in lower case is two characters, K (Kelvin) is an ordinary k.
    for typed in ["İstanbul \u212a ŉ ß", *random_texts(400)]:
        assert re.fullmatch(allowed, NORMALISERS[name](typed).text), typed


@pytest.mark.parametrize("name", sorted(TOKENISERS))
def test_tokenisers_invert(name):
    text = "je suis fatigue ."
    assert TOKENISERS[name].join(TOKENISERS[name].split(text)) == text


def test_changed_words():
    typed = "Je suis Fatigué, très FATIGUÉ. cœur j'ai « oui » bon"
    assert changed_words(typed, latin) == [("fatigué", "fatigue"), ("très", "tres")]
    assert changed_words("l'été", latin) == [("été", "ete")]
    assert changed_words("fatigué", korean) == []


@pytest.mark.parametrize(
    ("token", "shown"),
    [
        ("fatigue", "fatigue"),
        (" ", "␣"),
        ("\0", "␀"),
        ("\n", "␊"),
        ("\x7f", "U+007F"),
        ("\u200b", "U+200B"),
        ("\u202e", "U+202E"),
        ("\u00a0", "U+00A0"),
        ("\ud800", "U+D800"),
        ("<sos>", "<sos>"),
        ("<b>x</b>", "<b>x</b>"),
        ("안녕", "안녕"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("\u200d", "U+200D"),
    ],
)
def test_label_hides_nothing(token, shown):
    assert label(token) == shown


def test_label_cuts_with_an_ellipsis():
    assert label("abcdef", 4) == "abc…"
    assert label("abcd", 4) == "abcd"


def test_every_label_can_be_seen():
    for typed in random_texts(300):
        for character in typed:
            shown = label(character)
            assert shown.strip() and shown.isprintable(), f"{character!r} is shown as {shown!r}"


# What a model reads of a typed text.

VOCAB = Vocab((PAD, UNK, BOS, EOS, "je", "suis", "fatigue", "."), pad=0, unk=1, bos=2, eos=3)


def test_reading_reports_everything():
    sequence = SequenceConfig(source_bos=True)
    reading = read_source("Je suis 😀 fatigué, zibeline.", sequence, VOCAB)
    assert reading.tokens == (BOS, "je", "suis", "fatigue", UNK, ".", EOS)
    assert reading.ids == (2, 4, 5, 6, 1, 7, 3)
    assert reading.length == 5
    assert reading.dropped == ("😀", ",")
    assert reading.changed == (("fatigué", "fatigue"),)
    (unknown,) = reading.unknown
    assert (unknown.token, unknown.position) == ("zibeline", 4)
    assert reading.tokens[unknown.position] == UNK


def test_near_words_of_an_unknown_one():
    assert read_source("fatiguee", SequenceConfig(), VOCAB).unknown[0].nearest == ("fatigue",)


@pytest.mark.parametrize("typed", ["<eos>", "<s> </s>", "<pad> <unk>"])
def test_typed_specials_are_text(typed):
    """They lose their brackets, and what is left is an unknown word, never a special."""
    reading = read_source(typed, SequenceConfig(), VOCAB)
    assert reading.tokens == (*[UNK] * (len(reading.tokens) - 1), EOS)
    assert "<" in "".join(reading.dropped)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Type a sentence."),
        (" \n\t", "Type a sentence."),
        (HANGUL, f'This model reads French; it found no letters it knows in "{HANGUL}".'),
        ("?! ...", 'This model reads French; it found no letters it knows in "?! ...".'),
        ("😀", 'This model reads French; it found no letters it knows in "😀".'),
        ("\0", 'This model reads French; it found no letters it knows in "␀".'),
        ("je " * 500,
         "500 tokens; this model reads at most 60. Shorten the text or pick another model."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_one_sentence(typed, message):
    with pytest.raises(UserError) as caught:
        read_source(typed, SequenceConfig(), VOCAB, "French")
    assert str(caught.value) == message


def test_long_text_is_cut_in_a_message():
    with pytest.raises(UserError, match="…"):
        read_source("안녕" * 300, SequenceConfig(), VOCAB, "French")


def test_the_longest_text_is_still_read():
    sequence = SequenceConfig(max_source_length=3)
    assert read_source("je suis .", sequence, VOCAB).length == 3
    with pytest.raises(UserError, match="4 tokens; this model reads at most 3"):
        read_source("je suis je suis", sequence, VOCAB)


def test_unknown_is_refused_without_a_token_for_it():
    without = Vocab((EOS, "je", "suis"), eos=0)
    with pytest.raises(UserError, match="it has never seen zibeline, mon and has no token"):
        read_source("je zibeline mon zibeline", SequenceConfig(), without)


def test_dates_are_padded_with_real_blanks():
    dates = build_like(4)
    reading = dates.read("25-03-2003")
    assert reading.tokens == (*"25-03-2003", " ", " ")
    assert reading.length == 10
    with pytest.raises(UserError, match="13 characters; this model reads at most 12"):
        dates.read("25-03-2003 ad")
    with pytest.raises(UserError, match="never seen z"):
        dates.read("z")


def test_written_text_leaves_specials_out_but_not_the_unknown():
    tokens = [BOS, "je", UNK, ".", EOS]
    assert written_text(tokens, SequenceConfig(), VOCAB) == f"je {UNK} ."
    other = Vocab(("[UNK]", EOS, "je"), unk=0, eos=1)
    assert written_text(["je", "[UNK]", EOS], SequenceConfig(), other) == "je [UNK]"


def test_forced_tokens():
    assert parse_tokens("je suis <eos>", VOCAB) == (4, 5, 3)
    assert parse_tokens("", VOCAB) == ()
    assert parse_tokens("", Vocab((EOS,), eos=0)) == ()
    dates = build_like(4).target_vocab
    assert parse_tokens("2003- 1", dates) == tuple(dates.ids[c] for c in "2003-1")
    for text, named in (("je zut", "zut"), (PAD, "<pad>"), ("a\0", "a␀")):
        with pytest.raises(UserError, match=f"^{re.escape(named)} is not a word"):
            parse_tokens(text, VOCAB)
    with pytest.raises(UserError, match="Near it: fatigue"):
        parse_tokens("fatigues", VOCAB)
