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
     "\t=1", "\r=1", " =1+1", "＝1+1", "=SUM(A1)", "+", "-"],
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


def test_there_is_one_writer():
    for path in (*ROOT.glob("s2s/**/*.py"), *ROOT.glob("ui/**/*.py"), *ROOT.glob("pages/*.py")):
        if path.name != "tables.py" or path.parent.name != "export":
            assert not re.search(r"\.to_csv\(", path.read_text("utf-8")), path
