"""The command line on a folder of models of the test's own."""

import pytest
from tutorials import caller, refuser


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    return caller(tmp_path / "checkpoints", monkeypatch, capsys)


@pytest.fixture
def refused(call, tmp_path):
    return refuser(call, tmp_path)
