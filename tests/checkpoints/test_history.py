"""The tables of a training run: what is written is what is read."""

from dataclasses import fields, replace

import pytest

from s2s.checkpoints import history
from s2s.errors import UserError
from s2s.results import EpochReport, History, Watched

REPORTS = (
    EpochReport(1, 2.5, None, None, None, 0.001, 1.0, 7, 0.5),
    EpochReport(2, 1 / 3, 0.25, 0.5, 12.5, 0.001, 1.0, 14, 0.5),
)
WATCH = (("a b", "x"), ("c, d", 'y "z"'))
FOLLOWED = tuple(
    replace(r, written=(f"w{r.epoch}", "a,\nb"), forced=("<eos>", f"f{r.epoch}"),
            state_gradients={"h1": r.epoch / 7, "s1": 0.0})
    for r in REPORTS
)  # fmt: skip


def equal(a: History, b: History) -> bool:
    return all(getattr(a, item.name) == getattr(b, item.name) for item in fields(History))


def test_history_has_a_row_per_epoch(tmp_path):
    history.write(tmp_path, history.collect(REPORTS))
    assert [path.name for path in tmp_path.iterdir()] == ["history.csv"]
    assert (tmp_path / "history.csv").read_text() == (
        "epoch,train_loss,validation_loss,exact_match,bleu,learning_rate,teacher_forcing_ratio,"
        "updates,seconds\n"
        "1,2.5,,,,0.001,1.0,7,0.5\n"
        f"2,{1 / 3!r},0.25,0.5,12.5,0.001,1.0,14,0.5\n"
    )
    assert equal(history.read(tmp_path), History(REPORTS))


def test_everything_comes_back(tmp_path):
    whole = history.collect(FOLLOWED, WATCH, {1: REPORTS, 5: REPORTS[:1]})
    assert whole.watched[1] == Watched(1, "c, d", 'y "z"', "a,\nb", "f1")
    assert whole.state_gradients == {"h1": (1 / 7, 2 / 7), "s1": (0.0, 0.0)}
    history.write(tmp_path, whole)
    back = history.read(tmp_path)
    assert back.reports == REPORTS
    assert equal(replace(back, reports=FOLLOWED), whole)


def test_one_seed_needs_no_table_of_seeds(tmp_path):
    history.write(tmp_path, history.collect(REPORTS, (), {1: REPORTS}))
    assert not (tmp_path / "seeds.csv").exists()


def test_a_folder_without_tables_has_no_history(tmp_path):
    assert equal(history.read(tmp_path), History())


@pytest.mark.parametrize("file", ["history.csv", "seeds.csv", "watched.csv", "gradients.csv"])
@pytest.mark.parametrize("text", ["epoch,other\n1,x\n", "epoch\nx\n", b"\xff\xfe\x00"])
def test_a_damaged_table_is_named(tmp_path, file, text):
    history.write(tmp_path, history.collect(FOLLOWED, WATCH, {1: REPORTS, 2: REPORTS}))
    (tmp_path / file).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UserError, match=f"{file} is damaged"):
        history.read(tmp_path)
