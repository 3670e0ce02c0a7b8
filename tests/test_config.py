"""Configurations: refused by field and value, read back from JSON, shown as help."""

import json
from dataclasses import FrozenInstanceError, fields

import pytest

from s2s.config import (
    ModelConfig,
    SequenceConfig,
    TrainConfig,
    changes,
    from_dict,
    to_dict,
)
from s2s.errors import UserError
from s2s.model.attention import ATTENTIONS
from s2s.model.cells import RNNS
from s2s.model.seq2seq import build, check_parts
from s2s.tasks import TASKS
from s2s.tasks.base import DataConfig

KINDS = (ModelConfig, SequenceConfig, TrainConfig, DataConfig)
NAN, INF = float("nan"), float("inf")

REFUSED = [
    (ModelConfig, "cell", None),
    (ModelConfig, "layers", 0),
    (ModelConfig, "layers", True),
    (ModelConfig, "layers", 1.5),
    (ModelConfig, "layers", "2"),
    (ModelConfig, "hidden", -4),
    (ModelConfig, "source_embedding", 0),
    (ModelConfig, "target_embedding", 0),
    (ModelConfig, "bidirectional", 1),
    (ModelConfig, "bidirectional", "yes"),
    (ModelConfig, "source_input", "onehot"),
    (ModelConfig, "target_activation", "tanh"),
    (ModelConfig, "dropout", 1.0),
    (ModelConfig, "dropout", -0.1),
    (ModelConfig, "dropout", NAN),
    (ModelConfig, "bridge", "cell"),
    (ModelConfig, "attention", None),
    (ModelConfig, "attention_slots", 0),
    (ModelConfig, "peeky", True),
    (SequenceConfig, "stop", "never"),
    (SequenceConfig, "max_source_length", 0),
    (SequenceConfig, "max_output_length", None),
    (SequenceConfig, "trained_source_length", 0),
    (SequenceConfig, "fixed_source_length", -1),
    (SequenceConfig, "padded_source_length", 0),
    (SequenceConfig, "weights_dtype", "int8"),
    (SequenceConfig, "start_token", 3),
    (SequenceConfig, "source_normaliser", "greek"),
    (SequenceConfig, "target_tokeniser", "subwords"),
    (TrainConfig, "epochs", 0),
    (TrainConfig, "batch_size", 0),
    (TrainConfig, "optimiser", "lion"),
    (TrainConfig, "learning_rate", 0.0),
    (TrainConfig, "learning_rate", NAN),
    (TrainConfig, "learning_rate", INF),
    (TrainConfig, "clip", 0.0),
    (TrainConfig, "clip", NAN),
    (TrainConfig, "init", "xavier"),
    (TrainConfig, "loss_reduction", "sum"),
    (TrainConfig, "teacher_forcing_ratio", 1.1),
    (TrainConfig, "teacher_forcing_end", -0.1),
    (TrainConfig, "teacher_forcing_unit", "batch"),
    (TrainConfig, "teacher_forcing_schedule", "cosine"),
    (TrainConfig, "rate_schedule", "step"),
    (TrainConfig, "seed", "one"),
    (DataConfig, "origin", "web"),
    (DataConfig, "columns", "target"),
    (DataConfig, "max_length", 0),
    (DataConfig, "samples", 0),
    (DataConfig, "source_min_frequency", 0),
]


@pytest.mark.parametrize(
    ("kind", "field", "value"), REFUSED, ids=lambda v: v.__name__ if isinstance(v, type) else str(v)
)
def test_a_refusal_names_field_and_value(kind, field, value):
    with pytest.raises(UserError) as caught:
        kind(**{field: value})
    message = str(caught.value)
    assert f"{kind.__name__}.{field} is {value!r}" in message
    assert message.endswith(".") and "\n" not in message


@pytest.mark.parametrize(
    ("kind", "values", "named"),
    [
        (ModelConfig, {"bidirectional": True, "hidden": 5}, ("hidden", "5", "even")),
        (ModelConfig, {"bridge": "hidden_and_cell", "cell": "gru"}, ("bridge", "lstm", "gru")),
        (ModelConfig, {"attention_slots": 8}, ("attention_slots", "attention")),
        (ModelConfig, {"query": "previous"}, ("query", "attention")),
        (ModelConfig, {"input_feeding": True}, ("input_feeding", "attention")),
        (ModelConfig, {"attention": "dot", "context_into": "cell"}, ("context_into", "previous")),
        (
            ModelConfig,
            {"attention": "dot", "context_into": "cell", "query": "previous"},
            ("attentional_layer", "context_into"),
        ),
        (
            ModelConfig,
            {"attention": "dot", "input_feeding": True, "attentional_layer": False},
            ("input_feeding", "attentional_layer"),
        ),
        (ModelConfig, {"attention": "dot", "input_layer": True}, ("input_layer", "cell")),
        (ModelConfig, {"directions": "sum"}, ("directions sum", "bidirectional")),
        (ModelConfig, {"bridge_layer": "first_states"}, ("first_states", "bidirectional")),
        (ModelConfig, {"bridge": "hidden_as_both"}, ("hidden_as_both", "lstm", "gru")),
        (ModelConfig, {"bridge": "nothing"}, ("nothing", "attention", "source")),
        (
            ModelConfig,
            {"bridge": "nothing", "attention": "dot", "bridge_layer": "always"},
            ("nothing", "bridge_layer always"),
        ),
        (
            ModelConfig,
            {"bridge": "nothing", "attention": "dot", "bridge_from": "top"},
            ("nothing", "bridge_from top"),
        ),
        (
            ModelConfig,
            {
                "bidirectional": True,
                "directions": "sum",
                "bridge_layer": "first_states",
                "bridge_from": "top",
            },
            ("bridge_from top", "first_states"),
        ),
        (ModelConfig, {"encoder_hidden": 8, "hidden": 6}, ("6", "8", "bridge_layer always")),
        (ModelConfig, {"encoder_hidden": 7, "bidirectional": True}, ("encoder_hidden", "even")),
        (SequenceConfig, {"start_token": ""}, ("start_token", "empty")),
        (DataConfig, {"test_percent": 60, "validation_percent": 40}, ("test", "validation")),
        (DataConfig, {"test_percent": -1}, ("test", "validation")),
        (DataConfig, {"shortest": 5, "longest": 4}, ("shortest", "5", "longest", "4")),
    ],
)
def test_combinations_that_cannot_be_built(kind, values, named):
    with pytest.raises(UserError) as caught:
        kind(**values)
    assert all(word in str(caught.value) for word in named)


@pytest.mark.parametrize("kind", KINDS)
def test_json_round_trip(kind):
    config = kind()
    data = json.loads(json.dumps(to_dict(config)))
    assert from_dict(kind, data, "here") == config


def test_a_file_from_before_a_switch_has_what_there_was_then():
    whole = to_dict(ModelConfig(attention="dot"))
    later = {item.name for item in fields(ModelConfig) if item.metadata["later"]}
    old = {name: value for name, value in whole.items() if name not in later}
    assert later and from_dict(ModelConfig, old, "here") == ModelConfig(attention="dot")
    with pytest.raises(UserError, match="here lacks hidden"):
        from_dict(ModelConfig, {k: v for k, v in old.items() if k != "hidden"}, "here")


@pytest.mark.parametrize(
    ("switches", "named"),
    [
        ({"attention": "dot", "encoder_hidden": 8, "bridge_layer": "always"}, "encoder_hidden"),
        ({"attention": "general", "attention_bias": True}, "attention_bias"),
        ({"attention": "additive", "embedding_into_query": True}, "embedding_into_query"),
        ({"attention": "location"}, "attention_slots"),
    ],
)
def test_what_a_kind_of_attention_cannot_be_is_refused_by_name(switches, named):
    with pytest.raises(UserError, match=f"attention '{switches['attention']}' .*{named}"):
        check_parts(ModelConfig(9, 9, hidden=6, **switches))


def test_unknown_fields_are_refused_by_name():
    data = {**to_dict(ModelConfig()), "zoom": 1, "heads": 8}
    with pytest.raises(UserError, match="here has heads, zoom, which this version does not know"):
        from_dict(ModelConfig, data, "here")


def test_missing_fields_are_named():
    data = to_dict(ModelConfig())
    del data["cell"], data["hidden"]
    with pytest.raises(UserError, match='^config.json, "model" lacks cell, hidden.$'):
        from_dict(ModelConfig, data, 'config.json, "model"')


@pytest.mark.parametrize("data", [None, [], "x", 3])
def test_only_an_object_is_a_configuration(data):
    with pytest.raises(UserError, match="^here must be an object.$"):
        from_dict(ModelConfig, data, "here")


def test_a_bad_value_is_named_with_its_place():
    with pytest.raises(UserError, match="^here: ModelConfig.peeky is 'x'; it must be one of none"):
        from_dict(ModelConfig, {**to_dict(ModelConfig()), "peeky": "x"}, "here")


@pytest.mark.parametrize(
    ("field", "value", "known"),
    [("cell", "GRU", tuple(RNNS)), ("attention", "luong", ("none", *ATTENTIONS))],
)
def test_a_cell_or_attention_that_does_not_exist_is_refused_where_it_is_built(field, value, known):
    config = ModelConfig(source_vocabulary=4, target_vocabulary=4, hidden=4, **{field: value})
    message = f"ModelConfig.{field} is {value!r}; it must be one of {', '.join(known)}."
    for ask in (check_parts, build):
        with pytest.raises(UserError) as caught:
            ask(config)
        assert str(caught.value) == message


def test_changes_are_what_differs():
    assert changes(ModelConfig()) == {}
    assert changes(ModelConfig(cell="lstm", dropout=0.1)) == {"cell": "lstm", "dropout": 0.1}


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_frozen_and_explains_itself(kind):
    config = kind()
    for item in fields(kind):
        assert item.metadata["help"], item.name
        with pytest.raises(FrozenInstanceError):
            setattr(config, item.name, None)
        choices = item.metadata["choices"]
        assert choices is None or getattr(config, item.name) in choices


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_every_task_starts_from_a_whole_configuration(task):
    for kind, config in zip(
        (DataConfig, ModelConfig, SequenceConfig, TrainConfig),
        (task.defaults.data, task.defaults.model, task.defaults.sequence, task.defaults.train),
        strict=True,
    ):
        assert isinstance(config, kind)
    assert task.reads and bool(task.examples) == (task.name not in ("own-pairs", "own-model"))
    for role, _ in (pair for side in task.specials for pair in side.items()):
        assert role in ("pad", "unk", "bos", "eos")
