"""What a browser can ask for about weights: whatever it sends is checked before it is an edit."""

import pytest

from s2s.decoding.whatif import Edit
from s2s.errors import UserError
from ui.frame import edits


@pytest.mark.parametrize(
    ("asked", "form"),
    [
        ({"weights": [0.25, 0.75]}, "w2500_7500"),
        ({"weights": [0, 1.0]}, "o1"),
        ({"form": "u"}, "u"),
        ({"form": "s-1"}, "s-1"),
        ({"form": "p"}, "p1"),
    ],
)
def test_weights_and_presets(asked, form):
    before = (Edit("attend", 2, "p6"), Edit("force", 3, "p8"))
    assert edits._weights({"step": 3, **asked}, before) == Edit("attend", 3, form)


def test_each_permutation_is_another():
    before = (Edit("attend", 3, "p1"), Edit("attend", 2, "p6"))
    assert edits._weights({"step": 3, "form": "p"}, before) == Edit("attend", 3, "p2")


@pytest.mark.parametrize(
    "asked",
    [
        {}, {"form": None}, {"form": "x"}, {"form": "o3.5"}, {"form": ["u"]}, {"form": "w"},
        {"weights": "1,0"}, {"weights": ["1"]}, {"weights": [None]},
        {"weights": [10**400]}, {"weights": [-1, 2]}, {"weights": [float("nan")]},
        {"weights": [0.5] * 1000}, {"form": "u", "step": -1}, {"form": "u", "step": 1.5},
        {"form": "u", "step": True}, {"form": "u", "step": "1"}, {"form": "u", "step": 10**9},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_no_edit(asked):
    assert edits._weights({"step": 3, **asked}, ()) is None


def test_no_weight_at_all_is_said():
    for weights in ([], [0, 0]):
        with pytest.raises(UserError):
            edits._weights({"step": 3, "weights": weights}, ())


@pytest.mark.parametrize("do", ["force", "type", "replace", "reference"])
def test_half_a_character_is_no_edit(do):
    asked = {"do": do, "source": 1, "step": 1}
    assert edits._new_edit(asked | {"text": "\ud800"}, 0) is None
    assert edits._new_edit(asked | {"text": "x"}, 0) is not None
