"""The end of card 3: a name, a task, and the way to the other pages; what was brought before."""

from __future__ import annotations

import streamlit as st

from s2s.errors import UserError
from s2s.tasks import TASKS, own
from s2s.text.language import tr
from ui.cached import private
from ui.frame import choice
from ui.markdown import plain
from ui.views.importing import bring
from ui.views.importing.bring import LONGEST_NAME, Shown, Wanted

ALONE = own.MODEL.name


def offer(wanted: Wanted, keep: bool) -> None:
    """Draw the choices and the button; a press opens the model in Translate.

    Args:
        wanted: the model.
        keep: whether it may be kept for everybody.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", key="import-name-row"):
        variant = st.text_input(tr("Name"), "mine", max_chars=LONGEST_NAME, key="import_name",
                                width=120)  # fmt: skip
        names = [ALONE, *(name for name in TASKS if name not in (ALONE, own.TASK.name))]
        task = st.selectbox(
            tr("Stands"), names, key="import_task", width=220,
            format_func=lambda name: tr("by itself") if name == ALONE
            else tr("beside those of {task}", task=tr(TASKS[name].title)),
        )  # fmt: skip
    task = task if task in names else ALONE
    title, languages = "", None
    if task == ALONE:
        with st.container(horizontal=True, vertical_alignment="bottom", key="import-languages"):
            source = st.text_input(tr("It reads"), tr("source"), max_chars=30, key="import_reads",
                                   width=120)  # fmt: skip
            target = st.text_input(tr("It writes"), tr("target"), max_chars=30, key="import_writes",
                                   width=120)  # fmt: skip
        languages = (source.strip() or tr("source"), target.strip() or tr("target"))
        title = " → ".join(languages)
    forever = keep and st.toggle(tr("Keep it for everybody on this server"), key="import_keep")
    pressed = st.button(
        tr("Open in Translate"), type="primary", icon=":material/arrow_forward:", key="import-open"
    )
    st.caption(
        tr(
            "Kept, it stands on every page for everybody, without scores: nothing was measured "
            "here."
        )
        if forever
        else tr("Only you see it, until you leave. Nothing was measured here: no scores.")
    )
    if pressed:
        try:
            entry = bring.bring(wanted, Shown(task, variant, title, languages, bool(forever)))
        except UserError as error:
            st.warning(plain(str(error)))
            return
        st.switch_page("pages/translate.py", query_params=_address(entry.name))


def _address(name: str) -> dict[str, str]:
    task, variant = name.split("/")
    return choice.link_to(task, variant)


def here() -> None:
    """The models that the visitor brought before."""
    for entry in private.entries():
        with st.container(horizontal=True, vertical_alignment="center", key=f"own-{entry.stamp}"):
            proven = entry.about.imported.proven if entry.about.imported else ""
            st.markdown(f"**{plain(entry.name)}** · {plain(proven)}", width="content")
            st.page_link(
                "pages/translate.py", label=tr("Open in Translate"), icon=":material/translate:",
                query_params=_address(entry.name),
            )  # fmt: skip
            st.button(tr("Remove"), icon=":material/delete:", key=f"remove-{entry.stamp}",
                      on_click=private.remove, args=(entry.name,))  # fmt: skip
