// "Save picture": a button with a small menu, SVG or PNG.

import { button, html, say, setAll } from "../base/dom.js";
import { savePicture } from "../picture/picture.js";

export function makeSave(view, mount) {
  const open = button("save", { sign: "picture", name: say("Save picture"), hint: say("Save picture") });
  setAll(open, { "aria-haspopup": "menu", "aria-expanded": "false" });
  const item = (kind, hint) => {
    const words = [html("b", "", {}, kind.toUpperCase()), html("span", "", {}, hint)];
    const attributes = { type: "button", role: "menuitem", tabindex: "-1" };
    const element = html("button", "", attributes, ...words);
    element.onclick = () => {
      toggle(false);
      savePicture(view, kind, mount);
    };
    return element;
  };
  const items = [item("svg", say("sharp at any size")), item("png", say("for slides and messages"))];
  const menu = html("div", "formats", { role: "menu", "aria-label": say("Save picture"), hidden: true });
  menu.append(...items);

  function toggle(on) {
    if (menu.hidden !== on) return;
    menu.hidden = !on;
    open.setAttribute("aria-expanded", String(on));
    (on ? items[0] : open).focus({ preventScroll: true });
  }

  open.onclick = () => toggle(menu.hidden);
  // Safari takes the focus away from a button that is pressed, and that would close the menu.
  for (const element of [open, menu])
    element.addEventListener("mousedown", (event) => event.preventDefault());
  menu.addEventListener("focusout", (event) => {
    if (menu.hidden || menu.contains(event.relatedTarget)) return;
    menu.hidden = true;
    open.setAttribute("aria-expanded", "false");
  });
  // While the menu is open no key means a step.
  for (const type of ["keydown", "keyup", "keypress"])
    menu.addEventListener(type, (event) => {
      event.stopPropagation();
      if (type === "keydown") pressed(event);
    });

  function pressed(event) {
    const at = items.indexOf(event.target);
    const last = items.length - 1;
    const [down, up] = [at < last ? at + 1 : 0, at > 0 ? at - 1 : last];
    const to = { ArrowDown: down, ArrowUp: up, Home: 0, End: last };
    if (event.key in to) items[to[event.key]].focus();
    else if (event.key === "Escape") toggle(false);
    else return;
    event.preventDefault();
  }

  return { open, menu };
}
