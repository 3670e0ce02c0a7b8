"""Taking it away: one menu a page for its pictures, its numbers, its page as a file, its link."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import Literal
from urllib.parse import urlencode

import streamlit as st

from s2s import plots
from s2s.text.language import N_, tr
from ui.frame.choice import link_to
from ui.frame.link import view
from ui.frame.model import Model
from ui.frame.present import ORDER, TEACHER
from ui.markdown import plain

Figure = plots.Chart | Callable[[], plots.Chart]
"""A figure, or what draws it when it is asked for."""
Group = Literal["pictures", "numbers", "page"]
GROUPS: dict[Group, str] = {
    "pictures": N_("Pictures"),
    "numbers": N_("Numbers"),
    "page": N_("Page"),
}
PICTURES = {
    "training-loss": N_("Training loss"),
    "loss": N_("Loss"),
    "score": N_("Score"),
    "teacher-forcing": N_("Share of teacher forcing"),
    "score-by-length": N_("Score by length"),
    "encoder": N_("Encoder"),
    "decoder": N_("Decoder"),
    "curves": N_("Curves"),
    "map": N_("Map"),
    "difference": N_("Difference"),
    "gradients": N_("Gradients"),
    "lanes": N_("Lanes"),
    "units": N_("Units"),
    "size": N_("Size"),
    "update": N_("Update"),
    "cosine": N_("Cosine"),
    "shares": N_("Shares"),
}
"""What a figure shows, by how its name begins."""
MENU = "take"
MIME = {
    "csv": "text/csv",
    "html": "text/html",
    "json": "application/json",
    "md": "text/markdown",
    "png": "image/png",
    "py": "text/x-python",
    "svg": "image/svg+xml",
}


@dataclass(frozen=True)
class File:
    """A file that can be taken away.

    Attributes:
        group: where it stands in the menu.
        what: it shows or holds; files that hold the same stand in one line.
        name: of the file; unlike any other on the page. Its ending says what kind it is.
        make: gives it when it is asked for.
        help: on hover.
    """

    group: Group
    what: str
    name: str
    make: Callable[[], bytes]
    help: str | None = None


@dataclass
class TakeAway:
    """What a page offers to take away: its sections add to it, and its end draws the menu."""

    files: list[File] = field(default_factory=list)

    def file(
        self, group: Group, what: str, name: str, make: Callable[[], bytes],
        help: str | None = None,
    ) -> None:  # fmt: skip
        """Add a file; see `File`."""
        self.files.append(File(group, what, name, make, help))

    def picture(self, what: str, figure: Figure, name: str) -> None:
        """Add a figure as PNG and as SVG; `name` is that of the files without their ending."""
        for kind in ("png", "svg"):
            make = partial(_bytes, figure, kind)
            self.file("pictures", what, f"{name}.{kind}", make)

    def pictures(self, charts: Mapping[str, plots.Chart], name: str) -> None:
        """Add several figures; what each shows ends the name of its files."""
        for what, chart in charts.items():
            self.picture(shown(what), chart, f"{name}-{what}")

    def show(self, chosen: Model, text: str | None = None) -> None:
        """Draw the menu.

        Args:
            chosen: the model that the link names.
            text: the sentence that the link names, if the page is about one.
        """
        with st.container(key="take-away", width="content"):
            menu = st.popover(
                tr("Take away"), icon=":material/ios_share:", key=MENU, on_change="rerun",
                help=tr("Take away"),
            )  # fmt: skip
        if not menu.open:  # a dozen buttons that are sent with every step otherwise
            return
        with menu:
            for group, title in GROUPS.items():
                mine = [file for file in self.files if file.group == group]
                if mine:
                    st.markdown(f"**{tr(title)}**")
                for what, files in groupby(mine, key=lambda file: file.what):
                    _line(what, list(files))
            _link(address(chosen, text))


def shown(what: str) -> str:
    """What a figure shows, said; of a name like ``map-plain`` the model stands behind it."""
    found = [name for name in PICTURES if what == name or what.startswith(f"{name}-")]
    name = max(found, key=len, default="")
    model = what.removeprefix(name).removeprefix("-")
    return " · ".join(filter(None, (tr(PICTURES[name]) if name else "", model)))


def _bytes(figure: Figure, kind: str) -> bytes:
    return plots.figure_bytes(figure() if callable(figure) else figure, kind)


def _line(what: str, files: list[File]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(plain(what), width="stretch")
        for file in files:
            ending = file.name.rsplit(".", 1)[1]
            st.download_button(
                ending.upper(), file.make, file_name=file.name, mime=MIME[ending], help=file.help,
                on_click="ignore", key=f"take-{file.name}",
            )  # fmt: skip


def _link(address: str) -> None:
    st.markdown(f"**{tr('Link')}**")
    st.caption(
        tr(
            "This address restores what you see: model, sentence, edits, step and everything "
            "chosen here. Full screen comes with the first press: browsers open it for that alone."
        )
    )
    st.code(address, language=None, wrap_lines=True)


def address(chosen: Model, text: str | None) -> str:
    """The whole view as one address, defaults included."""
    known = link_to(chosen.task.name, chosen.variant, text)
    found = {name: value for name, value in (known | view() | known).items()
             if name not in (ORDER, *TEACHER)}  # fmt: skip
    return f"{(st.context.url or '').split('?')[0]}?{urlencode(found)}"
