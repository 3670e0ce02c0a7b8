"""Do words explain themselves, and are models told apart by what differs?"""

import pytest

from s2s.checkpoints import card, checkpoint
from s2s.tasks import TASKS
from s2s.text.language import speaking
from ui import words
from ui.frame.model import models


def test_the_glossary_says_something_about_every_word():
    assert {"attention", "context", "logits", "BLEU", "chrF", "teacher forcing", "free-running",
            "exposure bias", "Peeky", "bridge", "log odds", "saliency", "beam",
            "perplexity"} <= words.glossary().keys()  # fmt: skip
    assert all(len(text) > 30 and text.endswith(".") for text in words.glossary().values())


def test_a_tooltip_shows_text_as_text():
    assert "\\<unk\\>" in words.help("vocabulary")
    with pytest.raises(KeyError):
        words.help("no such word")


@pytest.mark.parametrize("task", TASKS)
def test_no_two_models_of_a_task_are_named_alike(task):
    entries = [e for e in checkpoint.entries() if e.name.startswith(f"{task}/") and not e.problem]
    names = [card.named(TASKS[task], entry.config, entry.about) for entry in entries]
    assert len(set(names)) == len(names), names


def test_a_model_is_named_by_what_differs():
    known = {entry.name: entry for entry in checkpoint.entries()}

    def named(model: str) -> str:
        task = TASKS[model.split("/")[0]]
        return card.named(task, known[model].config, known[model].about)

    assert named("fra-eng-small/plain") == "no attention · GRU 256"
    assert named("fra-eng-small/mixed") == "no attention, teacher forcing 0.5 · GRU 256"
    assert named("fra-eng-small/scheduled") == "dot attention, teacher forcing 1 to 0 · GRU 128"
    assert named("dates-book/peeky") == "no attention, Peeky · LSTM 256"


def test_the_list_of_models_says_what_tells_them_apart():
    there = {model.name: model for model in models()}
    names = {name: model.named(there.values()).partition(" ")[2] for name, model in there.items()}
    small = {name.split("/")[1]: text for name, text in names.items() if "-small/" in name}
    assert small["plain"] == "plain · no attention"
    assert small["mixed"] == "mixed · no attention, teacher forcing 0.5"
    assert small["attention"] == "attention · dot attention" and small["dot"] == "dot · GRU 128"
    assert small["scheduled"] == "scheduled · dot attention, teacher forcing 1 to 0, GRU 128"
    assert small["deep-4"] == "deep-4 · no attention, 4 × LSTM 128"
    assert len(set(small.values())) == len(small)
    assert names["dates-book/peeky"] == "peeky"
    assert names["fra-eng/attention"] == "attention"
    assert names["kor-eng/mixed-attention"] == "mixed-attention · plus a grammar"
    assert card.apart("mine", {"attention": "no attention", "vector": ""}, []) == []


def test_a_model_is_named_in_the_language_that_is_spoken():
    there = {model.name: model for model in models()}
    with speaking("ko"):
        mixed = there["fra-eng-small/mixed"].named(there.values())
        assert mixed.endswith("mixed · 어텐션 없음, 교사 강요 0.5")
        assert there["dates-book/peeky"].named(there.values()).endswith(" peeky")
        assert TASKS["dates-book"].full_title == "책의 날짜 → ISO 날짜 · 튜토리얼 4, Peeky 포함"


def test_tutorials_are_named():
    assert TASKS["toy"].full_title.endswith("tutorial 1")
    assert TASKS["dates-book"].full_title.endswith("tutorial 4, with Peeky")
    assert TASKS["fra-eng"].full_title == TASKS["fra-eng"].title
