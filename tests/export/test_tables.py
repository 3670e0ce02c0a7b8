"""CSV files: nothing that a spreadsheet would run, and numbers that stay numbers."""

import csv
import io
import re

import pandas as pd
import pytest
from tiny import ROOT

from s2s.export.tables import csv_bytes


def cells(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    "text",
    ['=HYPERLINK("http://example.invalid","x") oui', "+33 oui", "@SUM(1) oui", "-2 oui", "-x",
     "\t=1", "\r=1", " =1+1", "＝1+1", "=SUM(A1)", "+", "-",
     "\u200b=1+1", "\ufeff@SUM(1)", "\u00a0=1", "\n=1+1", "\x00=1+1", "\u00ad+33", "−2 oui",
     "=cmd|' /C calc'!A0", "+82 10-1234-5678", "@나", "-ㄴ다"],
)  # fmt: skip
def test_no_cell_is_a_formula(text):
    for table in ([{text: text}], pd.DataFrame({text: [text]})):
        shown = "'" + text.replace("\r", "␍")
        assert cells(csv_bytes(table)) == [[shown], [shown]]


def test_other_texts_and_numbers_stay_as_they_are():
    row = {
        "text": 'Elle dit "oui", puis part.',
        "low": -0.5,
        "count": -3,
        "yes": True,
        "none": None,
    }
    told = cells(csv_bytes([row]))[1]
    assert told == ['Elle dit "oui", puis part.', "-0.5", "-3", "True", ""]
    assert csv_bytes([row]).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("text", ["1+1=2", "a=b", "C++", "l'=", "2-3", "é@x", "…", "50 %", "'=1"])
def test_a_mark_within_a_text_runs_nothing(text):
    assert cells(csv_bytes([{"text": text}]))[1] == [text]


def test_a_table_on_a_page_gives_no_csv_of_its_own():
    """Streamlit's button over a table writes cells as they are."""
    style = (ROOT / "ui" / "static" / "style.css").read_text("utf-8")
    assert '[aria-label^="Download as CSV"]) { display: none; }' in style


def test_there_is_one_writer():
    for path in (*ROOT.glob("s2s/**/*.py"), *ROOT.glob("ui/**/*.py"), *ROOT.glob("pages/*.py")):
        if path.name != "tables.py" or path.parent.name != "export":
            assert not re.search(r"\.to_csv\(", path.read_text("utf-8")), path
