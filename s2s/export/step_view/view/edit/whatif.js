// What the visitor changed: the bar on top, and the menu at a source token.

import { button, html, icon, say, setText } from "../base/dom.js";

export function makeWhatIf(view, edit) {
  const chips = html("span", "edits");
  const undo = button("undo", { sign: "undo", words: say("Undo"), name: say("Undo") });
  const redo = button("redo", { sign: "redo", words: say("Redo"), name: say("Redo") });
  const reset = button("reset", { words: say("Back to the original"), name: say("Back to the original") });
  const element = html(
    "div",
    "whatif",
    { role: "group", "aria-label": say("What if") },
    html("span", "flag", {}, icon("edit"), say("What if")),
    chips,
    html("span", "acts", {}, undo, redo, reset),
  );
  undo.onclick = () => edit({ do: "undo" });
  redo.onclick = () => edit({ do: "redo" });
  reset.onclick = () => edit({ do: "reset" });

  return {
    element,
    build() {
      const { data } = view;
      const can = edit ? data.can : { undo: false, redo: false };
      element.hidden = !data.edits.length && !can.undo && !can.redo;
      undo.hidden = !can.undo;
      redo.hidden = !can.redo;
      reset.hidden = !edit || !data.edits.length;
      chips.replaceChildren(...data.edits.map((one) => chip(one, edit)));
    },
  };
}

function chip(one, edit) {
  const words = one.step === null ? "" : `${say("step {n}", { n: one.step + 1 })}: `;
  const element = html("span", "chip", {}, words, html("b", "", {}, one.text));
  if (edit) {
    const close = button("", {
      sign: "close",
      name: say("Remove: {edit}", { edit: `${words}${one.text}` }),
      hint: say("Remove"),
    });
    close.onclick = () => edit({ do: "remove", key: one.key });
    element.append(close);
  }
  return element;
}

/** Drop, swap or replace a source token; stands under the pinned tile. */
export function makeSourceMenu(view, edit) {
  const name = html("b");
  const drop = button("", { words: say("Drop"), name: say("Drop this token") });
  const swap = button("", { words: say("Swap with next"), name: say("Swap with the next token") });
  const field = html("input", "", {
    type: "text",
    "aria-label": say("Replace with"),
    placeholder: say("replace with …"),
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    enterkeyhint: "go",
    maxlength: "200",
  });
  const form = html("form", "typing", {}, field);
  const close = button("close", { sign: "close", name: say("Close"), hint: say("Close (Esc)") });
  const element = html(
    "div",
    "menu",
    { role: "group", "aria-label": say("Change the source"), hidden: true },
    name,
    drop,
    swap,
    form,
    close,
  );
  const send = (payload) => {
    edit({ ...payload, source: view.pin });
    view.unpin();
  };
  drop.onclick = () => send({ do: "drop" });
  swap.onclick = () => send({ do: "swap" });
  close.onclick = () => view.unpin();
  form.onsubmit = (event) => {
    event.preventDefault();
    const text = field.value.trim();
    field.value = "";
    if (text) send({ do: "replace", text });
  };

  return {
    element,
    paint() {
      const { data, pin, g, flow } = view;
      const token = pin === null ? null : data.source[pin];
      element.hidden = !edit || !data.can.force || !token || token.fixed === true;
      if (element.hidden) return;
      setText(
        name,
        [...token.label].length > 16 ? `${[...token.label].slice(0, 15).join("")}…` : token.label,
      );
      const following = data.source[pin + 1];
      swap.hidden = !following || following.fixed === true;
      drop.hidden = data.source.length < 2;
      const room = g.visible ?? g.width;
      const left = g.source.tiles[pin].c - flow.scroller.scrollLeft - element.offsetWidth / 2;
      element.style.left = `${g.pad + Math.max(0, Math.min(left, room - element.offsetWidth))}px`;
      element.style.top = `${g.y.numbers + 22}px`;
    },
  };
}
