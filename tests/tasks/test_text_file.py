"""What kind of file is this: line ends, encodings, wrappings, columns, a header."""

import gzip
import io
import zipfile

import pytest
from tiny import ROOT, build_like, build_system

from s2s.errors import UserError
from s2s.evaluation.reading import fits, read_set
from s2s.tasks import languages
from s2s.tasks.pairs_file import read
from s2s.text.language import later, speaking

PAIRS = [("Je suis fatigué.", "I'm tired."), ("Où es-tu ?", "Where are you?"),
         ("Il fait froid.", "It's cold.")]  # fmt: skip
TEXT = "".join(f"{a}\t{b}\n" for a, b in PAIRS)
KOREAN = (
    "가자.\tLet's go.\n나는 언어를 좋아한다.\tI like languages.\n그는 가수다.\tHe is a singer.\n"
)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\u0085"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_line_ends_and_marks(end, last, mark, pack):
    text = mark + TEXT.replace("\n", end)
    found = read(pack((text if last else text.removesuffix(end)).encode()), "f")
    assert list(found.pairs) == PAIRS and found.lines == (1, 2, 3) and found.count == 3
    assert not found.header and not found.notes and not found.refused


def test_ends_of_several_kinds_in_one_file():
    text = "a\tred\r\nb\tblue\rc\tsky\nd\tsun\u2028.\n"
    found = read(text.encode(), "f")
    assert [pair[0] for pair in found.pairs] == list("abcd") and found.lines == (1, 2, 3, 4)
    assert found.pairs[3][1] == "sun\u2028.", "beside line ends it is a blank in a text"


def packed(name, deflate):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED if deflate else 0) as archive:
        archive.writestr("_about.txt" if name == "x.xml" else name, TEXT)
        if name == "x.xml":
            archive.writestr("[Content_Types].xml", "")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (packed("fra.txt", True), "is a zip; unpack it and give fra.txt."),
        (packed("fra.txt", False), "is a zip; unpack it and give fra.txt."),
        (packed("x.xml", True), "is an Office document; save it as text with tabs"),
        (gzip.compress(packed("a.tsv", True)), "is a zip; unpack it and give a.tsv."),
        (b"%PDF-1.7 ...", "is a PDF"),
        (b"BZh91AY", "is packed with bzip2"),
        (TEXT.encode("utf-16"), "is UTF-16; save it as UTF-8"),
        (TEXT.encode("utf-16-le"), "looks like UTF-16LE; save it as UTF-8"),
        (TEXT.encode("utf-16-be"), "looks like UTF-16BE; save it as UTF-8"),
        (TEXT.encode("utf-32"), "is UTF-32; save it as UTF-8"),
        (TEXT.encode("latin-1"), r"looks like Latin-1 \(Windows-1252\); save it as UTF-8"),
        ("L’été\tSummer\noui\tyes\n".encode("cp1252"), "looks like Latin-1"),
        ("나는 학생이다\tI am a student\n".encode("cp949"), "looks like EUC-KR"),
        (TEXT.encode("mac_roman"), "looks like Mac Roman"),
        (TEXT.encode("cp850"), "looks like the DOS code page 850"),
        (
            "Les ours\t\u0442\u0440\u0438\n\u0434\u0430\tda\n\u043d\u0435\tnet".encode("koi8-r"),
            "is not UTF-8; save it as UTF-8",
        ),
        (KOREAN.encode("utf-16-le"), "looks like UTF-16LE"),
        (KOREAN.encode("utf-16-be"), "looks like UTF-16BE"),
        (KOREAN.encode("johab"), "is not UTF-8; save it as UTF-8"),
        (TEXT.encode("utf-32-le"), "looks like UTF-32LE"),
        (KOREAN.encode("utf-32-be"), "looks like UTF-32BE"),
        (
            gzip.compress(gzip.compress(TEXT.encode(), mtime=0), mtime=0),
            "is packed with gzip twice",
        ),
        (b"Rar!\x1a\x07\x01\x00...", "is a RAR archive"),
        (b"{\\rtf1\\ansi oui\\tab yes}", "is an RTF document"),
        (b"<!DOCTYPE html>\n<p>oui\tyes", "is a web page"),
        (b'[{"fr": "oui", "en": "yes"}]\n', "looks like JSON"),
        (b'{"fr": "oui", "en": "yes"}\n{"fr": "non", "en": "no"}\n', "looks like JSON"),
        (b'"Je suis","I am"\n"Il est","He is"\n', "has “,” between its columns; save it with tabs"),
        (b"oui;yes\nnon;no\n", "has “;” between its columns"),
    ],
)
def test_other_kinds_are_named_with_what_to_do(data, message):
    with pytest.raises(UserError, match=f"^f.txt .*{message}"):
        read(data, "f.txt")


def test_one_damaged_line_in_a_utf8_file_is_one_line():
    found = read(TEXT.encode() + b"fatigu\xe9\ttired\n", "f")
    assert [line.line for line in found.refused] == [4] and len(found.pairs) == 3
    found = read(b"oui\tyes\nnon\tno\n\x98\xa9\xa9\ttired\n\xa9\xa9a\tb\n", "f")
    assert [line.line for line in found.refused] == [3, 4], "too few to tell an encoding by"


@pytest.mark.parametrize(
    "head",
    ["French\tEnglish", "source\ttarget", "Source text\tTarget text\tid", "fr\ten", "src_1\ttgt_1",
     "한국어\t영어", "English sentence\tFrench translation", "FRENCH\tENGLISH", "Français\tAnglais",
     "\ufeffsource\ttarget", "French (source)\tEnglish (target)", "#src\tref", "원문\t번역문"],
)  # fmt: skip
def test_a_header_is_left_out_and_said(head):
    found = read(f"{head}\n{TEXT}".encode(), "f")
    assert list(found.pairs) == PAIRS and found.lines == (2, 3, 4) and found.header
    assert tuple(map(str, found.notes)) == ("Line 1 of f names the columns and was left out.",)
    assert found.read(3, ())["header"] is True and found.read(3, ())["left_out"] == []


@pytest.mark.parametrize(
    "head", ["0\t1", "Spalte1\tSpalte2", "texte 1\ttexte 2", "A\tB", "c_7\tc_8"]
)
def test_columns_that_are_counted_have_no_names(head):
    found = read(f"{head}\n{TEXT}".encode(), "f")
    assert list(found.pairs) == PAIRS and found.lines == (2, 3, 4) and found.header
    assert tuple(map(str, found.notes)) == ("Line 1 of f numbers the columns and was left out.",)


@pytest.mark.parametrize("text", ["1\t2\n3\t4\n", "a1\ta2\na2\ta3\n", "oui 1\toui 3\nnon\tno\n"])
def test_texts_that_count_are_texts(text):
    assert not read(text.encode(), "f").header


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("1276\tJe suis fatigué.\t4\tI'm tired.\n7\tOù es-tu ?\t9\tWhere are you?\n"
         "8\tIl fait froid.\t1\tIt's cold.\n", "2 and 4"),
        ("".join(f"{n}\t{a}\t{b}\tCC\n" for n, (a, b) in enumerate(PAIRS)), "2 and 3"),
        ("id\tsource\ttarget\n"
         + "".join(f"{n}\t{a}\t{b}\n" for n, (a, b) in enumerate(PAIRS)), "2 and 3"),
        ("\t0\t1\n" + "".join(f"{n}\t{a}\t{b}\n" for n, (a, b) in enumerate(PAIRS)), "2 and 3"),
        ("".join(f"{a}\t{n}\t{b}\n" for n, (a, b) in enumerate(PAIRS)), "1 and 3"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("knows", [True, False])
def test_a_column_that_only_counts_is_passed_over(text, places, knows):
    found = read(text.encode(), "f", None, by_language if knows else None)
    assert list(found.pairs) == PAIRS
    assert f"The texts of f are its columns {places}; another holds numbers alone." in map(
        str, found.notes
    )


@pytest.mark.parametrize("text", ["1\ta\n2\tb\n", "20030325\t2003-03-25\n20010101\t2001-01-01\n"])
def test_numbers_may_be_the_text(text):
    assert read(text.encode(), "f").pairs[0] == tuple(text.split("\n")[0].split("\t"))
    numbers = build_like(4)
    more = "".join(f"{line}\tnote\n" for line in text.splitlines() if "-" in line)
    if more:
        assert read(more.encode(), "f", None, fits(numbers)).pairs[0][1] == "2003-03-25"


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ('"Tuesday, March 25, 2003"\t2003-03-25\n3/25/03\t2003-03-25\n',
         [("Tuesday, March 25, 2003", "2003-03-25"), ("3/25/03", "2003-03-25")]),
        ('"Oui, viens."\t"Yes, come."\n"Non."\tNo.\n',
         [("Oui, viens.", "Yes, come."), ("Non.", "No.")]),
        ('"Il dit ""oui""."\tHe says yes.\nNon.\tNo.\n',
         [('Il dit "oui".', "He says yes."), ("Non.", "No.")]),
    ],
)  # fmt: skip
def test_quotation_marks_of_a_spreadsheet_are_no_text(text, pairs):
    found = read(text.encode(), "f")
    assert list(found.pairs) == pairs
    assert tuple(map(str, found.notes)) == (
        "Quotation marks around texts of f, as of a spreadsheet, were left out.",
    )


@pytest.mark.parametrize(
    "text",
    ['"Viens !"\t"Come!"\n', '"Oui", dit-il.\t"Yes," he said.\n',
     '"Oui, viens."\t"Yes, come."\nNon, reste.\tNo, stay.\n'],
)  # fmt: skip
def test_quotation_marks_of_a_text_stay(text):
    found = read(text.encode(), "f")
    assert found.pairs[0] == tuple(text.split("\n")[0].split("\t")) and not found.notes


@pytest.mark.parametrize("line", ["Oui.\tYes.", "anglais.\tEnglish.", "Salut\tHi"])
def test_a_first_pair_is_no_header(line):
    assert not read(f"{line}\n{TEXT}".encode(), "f").header


TURNED = "".join(f"{b}\t{a}\tCC-BY\n" for a, b in PAIRS).encode()


def by_language(source, target):
    return languages.fits(source, target, ("French", "English"))


@pytest.mark.parametrize("data", [TEXT.encode(), TURNED])
def test_columns_are_told_by_their_languages(data):
    found = read(data, "f", None, by_language)
    assert list(found.pairs) == PAIRS
    assert found.columns == ("target,source" if data is TURNED else "source,target")
    assert len(found.notes) == (data is TURNED)


def test_what_is_asked_for_is_done_and_doubted():
    found = read(TURNED, "f", "source,target", by_language)
    assert found.columns == "source,target"
    assert "as asked; with --columns target" in str(found.notes[0])


def test_a_note_calls_the_choice_of_columns_as_who_reads_it_does():
    (note,) = read(TURNED, "f", None, by_language, option=later("the columns")).notes
    assert str(note) == "f was read with the columns target,source: so its words are known."
    with speaking("ko"):
        assert str(note) == "f를 열 target,source로 읽었습니다. 그래야 아는 단어가 나옵니다."


def test_columns_are_told_by_the_words_a_model_knows():
    system = build_system()
    data = b"red sky\ta b\nblue\tc d e\n"
    found = read(data, "f", None, fits(system))
    assert found.columns == "target,source" and found.pairs[0] == ("a b", "red sky")
    assert read(b"a b\tred sky\n", "f", None, fits(system)).columns == "source,target"
    dates = build_like(4)
    assert read(b"2003-03-25\t3/25/03\n", "f", None, fits(dates)).columns == "target,source"
    assert read(b"zut\tflute\n", "f", None, fits(system)).notes == ()


def test_korean_is_told_by_its_script():
    judge = lambda a, b: languages.fits(a, b, ("Korean", "English"))  # noqa: E731
    assert read("Go.\t가.\nHi.\t안녕.\n".encode(), "f", None, judge).columns == "target,source"


def test_what_was_left_out_and_why():
    pairs = read("a\tred\n\n😀\tblue\nb\t…\nalone\n".encode(), "f")
    found = read_set([build_system()], pairs)
    told = pairs.read(len(found.kept), found.refused)
    assert (told["lines"], told["pairs"]) == (5, 1)
    assert [line["line"] for line in told["left_out"]] == [3, 4, 5]
    assert all(line["why"].endswith(".") for line in told["left_out"])


def test_there_is_one_reader():
    text = {p: p.read_text("utf-8") for p in ROOT.glob("s2s/**/*.py")}
    assert [p.name for p, t in text.items() if 'split("\\t")' in t] == ["pairs_file.py"]


MODEL = build_system()


@pytest.mark.parametrize("head", ["Satz\tÜbersetzung", "uno\tdos\ttres", "原文\t訳文"])
def test_a_first_line_unlike_all_others_is_a_header(head):
    """No list of words knows it, but the model knows the words of all other lines."""
    data = f"{head}\na b\tred sky\nc d\tblue\na\tred\n".encode()
    found = read(data, "f", None, fits(MODEL))
    assert found.header and found.lines == (2, 3, 4)
    assert tuple(map(str, found.notes)) == (
        "Line 1 of f is unlike the others, as a header is, and was left out.",
    )
    turned = f"{head}\nred sky\ta b\nblue\tc d\nred\ta\n".encode()
    assert read(turned, "f", None, fits(MODEL)).pairs == found.pairs


@pytest.mark.parametrize(
    "lines",
    [
        ("a\tred", "b\tblue", "c\tsky", "d\tred"),
        ("zut !\tflute !", "a b .\tred .", "c .\tblue .", "d .\tsky ."),
        ("zut\tflute", "a b\tred", "c\tblue", "oh\tah"),  # not the only one of its kind
        ("zut 3\tflute 3", "a b\tred", "c\tblue", "d\tsky"),
        ("zut\tflute", "a b\tred", "c\tblue"),  # too few to be unlike
    ],
)
def test_a_first_pair_of_unknown_words_is_no_header(lines):
    assert not read("\n".join(lines).encode(), "f", None, fits(MODEL)).header
