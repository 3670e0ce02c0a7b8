"""Models: which models are there, how good are they, where do they come from?"""

from ui.frame import navigation

navigation.ensure()

import streamlit as st

from ui import cached
from ui.frame import choice
from ui.frame.theme import palette
from ui.markdown import plain
from ui.models import origin, watched
from ui.models import table as models_table
from ui.parts import model_facts, tables, training_curves
from ui.parts.model_facts import Facts


def detail(facts: Facts, models: list[Facts]) -> None:
    """Everything about one model."""
    mark = facts.family.mark if facts.family else ""
    st.subheader(f"{mark} {plain(facts.entry.name)}")
    st.caption(origin.line(facts))
    said = model_facts.finding(facts, models)
    st.markdown(said or unscored(facts))
    look_for = facts.text("look_for") or model_facts.look_for(facts)
    if look_for:
        st.markdown(f"**What to look for:** {plain(look_for)}")

    history = facts.history
    st.subheader("How it learned")
    training_curves.show(facts, models, palette())
    if history.state_gradients:
        st.subheader("What reached back while it learned")
        training_curves.gradients(facts, models, palette())
    if history.watched:
        st.subheader("What it wrote, epoch by epoch")
        watched.epochs(facts)
    st.subheader("What it writes now")
    watched.samples(facts)

    compared = models_table.comparison(facts, models)
    if compared:
        frame, note = compared
        st.subheader("Beside the others of its task")
        with st.container(key="whole-compared"):
            st.table(frame, border="horizontal", alt="The models of this task")
        st.caption(note)
    if facts.tables:
        st.subheader("What else was measured")
        for table in facts.tables:
            tables.table(table)
    st.subheader("The command that made it")
    origin.origin(facts)


def unscored(facts: Facts) -> str:
    """What stands in place of a score."""
    if not facts.task.split_key:
        return "There is one pair, so nothing is held out: watch how it learns that one."
    return "Nobody has measured this model on unseen pairs yet."


cached.settle("Models")
chosen = choice.sidebar()
if chosen is None:
    st.title("Models")
    st.warning("There are no models yet. Make one: `python -m s2s train reverse --name mine`")
    st.stop()
choice.heading("Models", chosen)
entries = cached.entries()
models = model_facts.known(entries)
tasks = len({facts.task.name for facts in models})
st.markdown(
    f"{len(models)} models for {tasks} tasks. Press a row to open its model below; the sidebar "
    "chooses the same."
)
models_table.overview(models, chosen, palette())
models_table.broken(models, entries)
if chosen.entry.problem:
    st.subheader(plain(chosen.entry.name))
    st.error(plain(chosen.entry.problem))
    st.stop()
detail(next(m for m in models if m.entry.name == chosen.entry.name), models)
