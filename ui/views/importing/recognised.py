"""Card 2: what each tensor was taken for, and what no tensor can say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from s2s.checkpoints.importers import own_model
from s2s.checkpoints.importers.dropped import Dropped
from s2s.checkpoints.importers.recognise import Recognised, recognise
from s2s.config import ModelConfig, SequenceConfig
from s2s.config.limits import limits
from s2s.errors import UserError
from s2s.findings.own_model import parts, told
from s2s.model import padding
from s2s.text import MANNERS, TOKENISERS
from s2s.text.language import N_, Later, tr
from ui.markdown import plain
from ui.views.importing.words import Words

CHOICES: Mapping[str, tuple[str, Mapping[Any, str]]] = {
    "reverse_source": (
        N_("reads the sentence"), {False: N_("first word first"), True: N_("last word first")}
    ),
    "target_activation": (N_("fed token"), {"none": N_("as it is"), "relu": N_("through a ReLU")}),
    "bridge": (
        N_("cell state"),
        {"hidden": N_("starts at zero"), "hidden_and_cell": N_("is handed on"),
         "hidden_as_both": N_("is the hidden state too"), "nothing": N_("both start at zero")},
    ),
    "source_normaliser": (N_("source text"), MANNERS),
    "target_normaliser": (N_("target text"), MANNERS),
}  # fmt: skip
"""Fields to their question and answers."""


def tensors(model: Recognised, left: tuple[Later, ...]) -> None:
    """Every tensor of the files in plain words."""
    taken = ((one.name, one.shape, " ".join(one.ours), one.why) for one in model.taken)
    with st.container(key="import-tensors"):
        for part in parts(taken, model.config, "source", "target"):
            names = ", ".join(part.names)
            shapes = f" · {told(part.shapes)}" if part.shapes else ""
            below = f"  \n:small[`{_code(names)}`]" if names else ""
            st.markdown(f"{plain(part.words)}{shapes}{below}")
        for what in left:
            st.markdown(tr("left out: {what}", what=plain(str(what))))
        if model.made:
            st.markdown(tr("0, for the original has none: {names}",
                           names=plain(", ".join(model.made))))  # fmt: skip


def _code(names: str) -> str:
    return names.replace("`", "'")


def counted(model: Recognised, left: tuple[Later, ...]) -> str:
    """How many of the file's tensors are used."""
    used = sum(bool(one.ours) for one in model.taken)
    return tr("{n} of {of} tensors used", n=used, of=len(model.taken) + len(left))


def key(name: str, mark: str) -> str:
    """Of the control that holds a field."""
    return f"import_{name}_{mark}"


def asked(
    found: Dropped, first: Recognised, words: Words, mark: str
) -> tuple[Recognised, SequenceConfig, dict[str, Any]]:
    """Draw what the files cannot say.

    Args:
        found: the files.
        first: the model as it was recognised.
        words: of both sides.
        mark: tells these files from others.

    Returns:
        The model and its manners as the visitor has them, and what differs from the usual.

    Raises:
        UserError: the answers contradict each other or the tensors.
    """
    usual = own_model.usual(first, (words.source, words.target))
    usual = replace(usual, source_bos=words.begins, source_eos=words.ends)
    config, changes = first.config, dict[str, Any]()
    st.markdown(tr("**What the files cannot say**"))
    shown = ["reverse_source", "source_normaliser", "target_normaliser"]
    if config.target_input == "embedding":
        shown.insert(1, "target_activation")
    if config.cell == "lstm" and not config.has_bridge_layer:
        shown.insert(1, "bridge")
    manners: dict[str, Any] = {}
    for name in shown:
        question, answers = CHOICES[name]
        own = name in ModelConfig.__dataclass_fields__
        start = getattr(config if own else usual, name)
        picked = _pick(tr(question), answers, start, key(name, mark))
        if picked != start:
            (changes if own else manners)[name] = picked
    cut = _pick(tr("cut into"), dict.fromkeys(TOKENISERS), usual.source_tokeniser,
                key("source_tokeniser", mark))  # fmt: skip
    manners |= {"source_tokeniser": cut, "target_tokeniser": cut} if (
        cut != usual.source_tokeniser) else {}  # fmt: skip
    if config.attention in ("dot", "general", "additive", "scaled_dot"):
        slots = _number(tr("empty places that attention sees too (MAX_LENGTH); 0: none"), 0,
                        config.attention_slots or 0, key("attention_slots", mark))  # fmt: skip
        if (slots or None) != config.attention_slots:
            changes["attention_slots"] = slots or None
    if changes.get("attention_slots"):
        free = changes["attention_slots"] - words.begins - words.ends
        manners["max_source_length"] = max(1, free)
    can = words.source.pad is not None or padding.lacks(config, words.source)
    if can and not changes.get("reverse_source", config.reverse_source):
        filled = _number(
            tr("padding is read too, up to (0: it is not)"), 0, usual.padded_source_length or 0,
            key("padded_source_length", mark),
        )  # fmt: skip
        manners |= {"padded_source_length": filled} if filled else {}
    most = _number(tr("longest answer"), 1, usual.max_output_length, key("max_output_length", mark))
    manners |= {"max_output_length": most} if most != usual.max_output_length else {}
    assert found.held is not None
    model = recognise(found.held.tensors, changes) if changes else first
    return model, replace(usual, **manners), changes | manners


def _pick(question: str, answers: Mapping[Any, Any], start: Any, name: str) -> Any:
    """One question: buttons for two answers, else a list."""
    options = list(answers)
    with st.container(horizontal=True, vertical_alignment="center", key=f"ask-{name}"):
        st.markdown(question, width="content")
        if len(options) == 2:
            picked = st.segmented_control(
                question, options, default=None if name in st.session_state else start, key=name,
                format_func=lambda one: plain(tr(answers[one] or one)), required=True,
                label_visibility="collapsed",
            )  # fmt: skip
        else:
            picked = st.selectbox(
                question, options, index=options.index(start), key=name, width=230,
                format_func=lambda one: tr(answers[one] or one), label_visibility="collapsed",
            )  # fmt: skip
    return picked if picked in options else start


def _number(question: str, least: int, start: int, name: str) -> int:
    """One question whose answer is a whole number."""
    most = min(limits().tokens, 1000)
    with st.container(horizontal=True, vertical_alignment="center", key=f"ask-{name}"):
        st.markdown(question, width="content")
        told = st.number_input(
            question, least, most, min(start, most), key=name, width=100,
            label_visibility="collapsed",
        )  # fmt: skip
    return max(least, min(int(told), most))


def mends(changes: Mapping[str, Any]) -> bool:
    """Whether these changes can be made with the controls of the page."""
    known = {*CHOICES, "attention_slots", "padded_source_length", "source_bos", "source_eos",
             "start_token"}  # fmt: skip
    return bool(changes) and set(changes) <= known


def mend(changes: Mapping[str, Any], words: Words, mark: str) -> None:
    """Set the controls; for a callback."""
    for name, value in changes.items():
        if name == "start_token":
            st.session_state[f"import_target_bos_{mark}"] = words.target.ids[value]
        elif name in ("source_bos", "source_eos"):
            role = name.removeprefix("source_")
            index = getattr(words.source, role)
            st.session_state[f"import_source_{role}_{mark}"] = index if value else -1
        elif name in ("attention_slots", "padded_source_length"):
            st.session_state[key(name, mark)] = value or 0
        else:
            st.session_state[key(name, mark)] = value


def first_look(found: Dropped) -> Recognised:
    """The model that the files hold.

    Raises:
        UserError: they hold none that is known.
    """
    if found.held is None:
        raise UserError(tr("The model is missing: a file of weights."))
    return recognise(found.held.tensors)
