"""Models: which models are there, how good are they, where do they come from?"""

from ui.frame import navigation

navigation.ensure()

import streamlit as st

from s2s.text.language import ORIGINAL, current, tr
from ui import cached, words
from ui.frame import choice, link
from ui.frame.model import Model, known
from ui.frame.theme import palette
from ui.markdown import plain
from ui.parts import replay, tables, training_curves
from ui.parts.export import TakeAway
from ui.views.models import headline, origin, watched
from ui.views.models import table as models_table


def detail(model: Model, models: list[Model], take: TakeAway) -> None:
    """Everything about one model."""
    mark = model.family.mark if model.family else ""
    st.subheader(f"{mark} {plain(model.name)}")
    st.caption(origin.line(model))
    st.markdown(headline.headline(model, models) or unscored(model))
    look_for = model.about.look_for or (model.recipe.look_for if model.recipe else "")
    if look_for:
        st.markdown(tr("**What to look for:** {look_for}", look_for=plain(tr(str(look_for)))))

    history = model.history
    st.subheader(tr("How it learned"))
    training_curves.show(model, models, palette(), take)
    if model.kept_epochs:
        st.subheader(tr("Epoch by epoch"))
        wound_back(model, models)
    if history.state_gradients:
        st.subheader(tr("What reached back while it learned"))
        training_curves.gradients(model, models, palette(), take)
    if history.watched:
        st.subheader(tr("What it wrote, epoch by epoch"))
        watched.epochs(model)
    st.subheader(tr("What it writes now"))
    watched.samples(model)

    compared = models_table.comparison(model, models)
    if compared:
        frame, note = compared
        st.subheader(tr("Beside the others of its task"))
        with st.container(key="whole-compared"):
            st.table(frame, border="horizontal", alt=tr("The models of this task"))
        st.caption(note)
    if model.about.tables:
        st.subheader(tr("What else was measured"))
        if current() != ORIGINAL:
            st.caption(tr("The notes under these tables are written in English."))
        for table in model.about.tables:
            tables.table(table)
    st.subheader(tr("The command that made it"))
    origin.origin(model, take)
    words.line("BLEU", "chrF", "perplexity", "teacher forcing", "bridge", "Peeky", "beam")


@link.part
def wound_back(model: Model, models: list[Model]) -> None:
    """Its watched sentences, epoch by epoch; only this runs again while one is chosen."""
    if not replay.of_models([model], model.others(models), palette(), "models_replay"):
        st.caption(tr("Nothing of it can be read; see above."))


def unscored(model: Model) -> str:
    """What stands in place of a score."""
    if not model.task.split_key:
        return tr("There is one pair, so nothing is held out: watch how it learns that one.")
    return tr("Nobody has measured this model on unseen pairs yet.")


@link.part
def explore() -> None:
    """The whole page: a pressed row runs this, and not the frame around it."""
    found, _ = choice.head(tr("Models"))
    if found is None:
        st.warning(tr(choice.NO_MODELS))
        return
    chosen = found.model
    entries = cached.entries()
    models = known()
    tasks = len({model.task.name for model in models})
    st.markdown(
        tr(
            "{n} models for {tasks} tasks. Press a row to open its model below; the row above "
            "chooses the same.",
            n=len(models),
            tasks=tasks,
        )
    )
    models_table.overview(models, chosen, palette())
    models_table.broken(models, entries)
    if chosen.entry.problem:
        st.subheader(plain(chosen.name))
        st.error(plain(str(chosen.entry.problem)))
        return
    take = TakeAway()
    detail(next(m for m in models if m.name == chosen.name), models, take)
    take.show(chosen)


explore()
