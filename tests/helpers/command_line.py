"""How the tests run a command and read its complaints."""

import io
import sys
from types import SimpleNamespace

import pytest

from s2s.cli import main


@pytest.fixture
def run(monkeypatch, capsys):
    """``run(*arguments, stdin=b"")`` gives code, out and err of one call in this process."""

    def call(*arguments, stdin=b""):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(stdin)))
        try:
            code = main([str(a) for a in arguments])
        except SystemExit as stop:
            code = stop.code
        out, err = capsys.readouterr()
        return SimpleNamespace(code=code, out=out, err=err)

    return call


def assert_one_sentence(result, message=""):
    assert result.code == 2, result
    assert result.out == ""
    assert result.err.count("\n") == 1 and result.err.endswith("\n"), result.err
    sentence = result.err.strip()
    assert message in sentence
    assert sentence.endswith((".", "…")) and "Traceback" not in sentence
