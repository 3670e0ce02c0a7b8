"""Mistakes with ``import``: one sentence, exit code 2, nothing written, nothing run."""

import zipfile

import pytest
import torch
import tutorials
from tutorials import given, with_state, with_vocab

# Files.


@pytest.mark.parametrize("name", ["model.pt", "V.json"])
def test_a_missing_file_and_a_folder(refused, tmp_path, name):
    arguments = given(tmp_path)
    (tmp_path / name).unlink()
    assert f"{name} cannot be read: No such file" in refused(*arguments)
    (tmp_path / name).mkdir()
    assert f"{name} cannot be read: Is a directory" in refused(*arguments)


@pytest.mark.parametrize("zipped", [True, False])
def test_a_file_cut_short_anywhere(refused, tmp_path, zipped):
    arguments = given(tmp_path)
    state = tutorials.make("tutorial3").state_dict()
    torch.save(state, tmp_path / "model.pt", _use_new_zipfile_serialization=zipped)
    whole = (tmp_path / "model.pt").read_bytes()
    for size in (0, 3, 40, len(whole) // 3, len(whole) // 2, len(whole) - 40, len(whole) - 4):
        (tmp_path / "model.pt").write_bytes(whole[:size])
        assert "damaged or ends early" in refused(*arguments), size


@pytest.mark.parametrize("content", [b"hello\n", b'{"a": 1}', b"\x89PNG\r\n\x1a\n", bytes(99)])
def test_what_torch_did_not_write(refused, tmp_path, content):
    arguments = given(tmp_path)
    (tmp_path / "model.pt").write_bytes(content)
    assert "model.pt is not a file that torch.save wrote" in refused(*arguments)


def test_a_zip_of_something_else(refused, tmp_path):
    arguments = given(tmp_path)
    with zipfile.ZipFile(tmp_path / "model.pt", "w") as archive:
        archive.writestr("notes.txt", "hello")
    assert "is not a file that torch.save wrote" in refused(*arguments)


class Intruder:
    """Would write a file when unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (self.path, "w")


@pytest.mark.parametrize("zipped", [True, False])
def test_code_in_a_file_is_never_run(refused, tmp_path, zipped):
    arguments, trace = given(tmp_path), tmp_path / "was-here"
    content = {"encoder": Intruder(str(trace)), "decoder": {}}
    torch.save(content, tmp_path / "model.pt", _use_new_zipfile_serialization=zipped)
    assert "program code" in refused(*arguments)
    assert not trace.exists()
    torch.load(tmp_path / "model.pt", weights_only=False)
    assert trace.exists(), "the file does hold what it should not"


def test_a_whole_module_and_a_script(refused, tmp_path, recwarn):
    arguments = given(tmp_path)
    torch.save(tutorials.make("tutorial3"), tmp_path / "model.pt")
    sentence = refused(*arguments)
    assert "program code (tutorials.Tutorial3)" in sentence and "state_dict()" in sentence
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), tmp_path / "model.pt")
    recwarn.clear()
    assert "program code (TorchScript)" in refused(*arguments)
    assert not recwarn.list, "one sentence, and no warning of PyTorch's before it"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (torch.zeros(3), "holds no state dict, but Tensor"),
        ([1, 2], "holds no state dict, but list"),
        ({}, "holds no tensors of real numbers."),
        ({"encoder": {}, "decoder": {}}, "holds no tensors of real numbers."),
        ({"encoder": {"a": torch.ones(1)}}, "encoder.a is not part of it"),
        ({"encoder": {}, "decoder": {}, "epoch": 3}, "Left out: epoch: no part of the model"),
        ({"encoder": torch.ones(1), "decoder": {}}, "encoder is not part of it"),
        ({"encoder": {"a": 3}, "decoder": {}}, "Left out: encoder.a: no part of the model"),
        ({"gru.bias": torch.ones(1)}, "gru.bias is not part of it"),
        ({"encoder.a": [1]}, "Left out: encoder.a: no part of the model"),
        ({3: torch.ones(1)}, "3 is not part of it"),
        ({"encoder.a": torch.ones(2), "enc.a": torch.ones(2), "dec.b": torch.ones(2)}, "two names"),
        ({"encoder.a": torch.ones(2, dtype=torch.int64)}, "encoder.a: no plain tensor of real"),
        ({"encoder.a": torch.ones(2, device="meta")}, "encoder.a has fewer numbers than its shape"),
        ({"encoder.a": torch.eye(2).to_sparse()}, "encoder.a: no plain tensor of real numbers"),
        ({"encoder.a": torch.ones(1).expand(10**6, 10**6)}, "encoder.a has fewer numbers"),
        ({"encoder.a": torch.ones(2, dtype=torch.complex64)}, "encoder.a: no plain tensor of real"),
        ({"encoder.\x1b[31m": torch.ones(2), "x\ny.a": torch.ones(2)}, "x␊y.a are not part of it"),
    ],
)
def test_a_file_of_other_things(refused, tmp_path, content, message):
    arguments = given(tmp_path)
    torch.save(content, tmp_path / "model.pt")
    assert message in refused(*arguments)


# Tensors.


@pytest.mark.slow
@pytest.mark.parametrize(
    ("preset", "switches"),
    [("tutorial1", {}), ("tutorial3", {"attention": False}), ("tutorial3", {}), ("tutorial5", {})],
)
def test_every_tensor_is_needed_and_checked(refused, tmp_path, preset, switches):
    """One by one: left out, one row too many, one axis too many, a number that is none."""
    for name, tensor in tutorials.make(preset, **switches).state_dict().items():
        told = name.replace("enc.", "encoder.").replace("dec.", "decoder.")

        def change(state, new, name=name):
            state[name] = new

        def remove(state, name=name):
            del state[name]

        assert f"missing {told}" in refused(*with_state(tmp_path, remove, preset, **switches))
        larger = torch.zeros(tensor.shape[0] + 1, *tensor.shape[1:])
        empty = torch.zeros(0, *tensor.shape[1:])
        for wrong in (larger, empty, tensor[None]):
            sentence = refused(*with_state(
                tmp_path, lambda s, w=wrong, c=change: c(s, w), preset, **switches
            ))  # fmt: skip
            # A size that one tensor alone says is held against the words, or against the others.
            alone = f"lists {len(tensor)} tokens, but the tensors are made for {len(wrong)}"
            other = name.endswith(("embedding.weight", "weight_hh_l0", "weight_ih_l0"))
            assert (
                told in sentence
                or name in sentence
                or alone in sentence
                or (other and ", not (" in sentence)
            )
        for bad in (float("nan"), float("inf")):
            spoiled = tensor.clone()
            spoiled.view(-1)[-1] = bad
            sentence = refused(*with_state(
                tmp_path, lambda s, w=spoiled, c=change: c(s, w), preset, **switches
            ))  # fmt: skip
            assert f"{told} holds a number that is not finite" in sentence


def test_all_faults_are_named_at_once(refused, tmp_path):
    def change(state):
        del state["encoder.gru.bias_hh_l0"], state["decoder.attn.bias"]
        state["decoder.norm.weight"] = state["encoder.scale"] = torch.ones(2)

    sentence = refused(*with_state(tmp_path, change))
    assert "missing encoder.gru.bias_hh_l0, decoder.attn.bias" in sentence
    assert "decoder.norm.weight, encoder.scale are not part of it" in sentence

    def reshape(state):
        state["decoder.fc.bias"] = torch.ones(3)
        state["decoder.attn.weight"] = torch.ones(4, 10)

    sentence = refused(*with_state(tmp_path, reshape))
    assert "decoder.fc.bias is (3), not (9)" in sentence
    assert "decoder.attn.weight is (4, 10), not (5, 10)" in sentence


def test_the_tensors_that_v_json_contradicts_are_named(refused, tmp_path):
    """Two tensors of 10 rows against an embedding of 9: V.json says 9."""

    def change(state):
        state["decoder.fc.weight"], state["decoder.fc.bias"] = torch.ones(10, 5), torch.ones(10)

    sentence = refused(*with_state(tmp_path, change))
    assert "decoder.fc.weight is (10, 5), not (9, 5); decoder.fc.bias is (10), not (9)" in sentence
    assert "embedding" not in sentence


def test_a_wrong_preset_is_guessed(refused, tmp_path):
    for preset in tutorials.KINDS:
        arguments = given(tmp_path, preset)
        for other in tutorials.KINDS:
            if other == preset:
                continue
            place = arguments.index("--preset") + 1
            sentence = refused(*arguments[:place], other, *arguments[place + 1 :])
            assert f"They are those of {preset}" in sentence
            assert "missing" in sentence and "not part of it" in sentence


@pytest.mark.parametrize("preset", list(tutorials.KINDS))
def test_exchanged_halves_are_guessed(refused, tmp_path, preset):
    arguments = given(tmp_path, preset, "files")
    arguments[1], arguments[3] = arguments[3], arguments[1]
    assert "Encoder and decoder seem to be exchanged" in refused(*arguments)
    arguments[1] = arguments[3]
    assert "exchanged" not in refused(*arguments)


def test_more_layers_on_one_side(refused, tmp_path):
    shallow, deep = (tutorials.make("tutorial5", layers=n).state_dict() for n in (1, 2))
    for part, other in (("encoder", "decoder"), ("decoder", "encoder")):
        mixed = {k: v for k, v in deep.items() if k.startswith(part)}
        mixed |= {k: v for k, v in shallow.items() if k.startswith(other)}
        sentence = refused(*with_state(tmp_path, lambda _, m=mixed: m, "tutorial5"))
        assert f"missing {other}.rnn.weight_ih_l1, {other}.rnn.weight_hh_l1" in sentence


def test_more_than_one_layer_or_way_where_there_is_one(refused, tmp_path):
    def deepen(state):
        state["encoder.gru.weight_ih_l1"] = torch.ones(15, 5)

    def double(state):
        state["encoder.rnn.weight_ih_l0_reverse"] = torch.ones(20, 4)

    assert "encoder.gru.weight_ih_l1 is not part of it" in refused(*with_state(tmp_path, deepen))
    sentence = refused(*with_state(tmp_path, double, "tutorial5"))
    assert "encoder.rnn.weight_ih_l0_reverse is not part of it" in sentence


# V.json.


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "V.json is not JSON (line 1)"),
        (b"\xff", "is not UTF-8 text"),
        (b"[" * 9999, "is not JSON"),
        (b"[1]", "must hold an object"),
        (b'{"source": [], "target": []}', "must be words by id"),
    ],
)
def test_a_vocabulary_that_is_none(refused, tmp_path, content, message):
    arguments = given(tmp_path)
    (tmp_path / "V.json").write_bytes(content)
    assert message in refused(*arguments)


SOURCE = tutorials.VOCABS["tutorial3"]["source"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source": SOURCE[:-1]}, "source vocabulary lists 9 tokens, but the tensors are made"),
        ({"target": SOURCE}, "target vocabulary lists 10 tokens, but the tensors are made for 9"),
        ({"source": []}, "source must be words by id"),
        ({"source": [*SOURCE[:-1], "je"]}, "holds 'je' more than once"),
        ({"source": [*SOURCE[:-1], 3]}, "source must be words by id"),
        ({"source": [*SOURCE[:-1], "\ud800"]}, "holds half a character"),
        ({"target": {"a": 0}}, "an id below 1"),
        ({"bos": None}, "fed first"),
        ({"bos": 9}, "target: the vocabulary's bos is 9"),
        ({"eos": -1}, "eos is -1"),
        ({"eos": "<eos>"}, "eos is '<eos>'"),
        ({"eos": 2.0}, "eos is 2.0"),
        ({"eos": True}, "eos is True"),
        ({"start": 0}, "has the unknown start"),
        ({"target": ["", *tutorials.VOCABS["tutorial3"]["target"][1:]]}, "start_token is empty"),
    ],
)
def test_a_wrong_vocabulary(refused, tmp_path, change, message):
    assert message in refused(*with_vocab(tmp_path, change))


def test_one_hot_widths_are_vocabulary_sizes(refused, tmp_path):
    short = tutorials.VOCABS["tutorial1"]["source"][:-1]
    sentence = refused(*with_vocab(tmp_path, {"source": short}, "tutorial1"))
    assert "source vocabulary lists 3 tokens, but the tensors are made for 4" in sentence
