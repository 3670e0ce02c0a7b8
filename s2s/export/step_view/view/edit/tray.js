// The weights tray: one slider for each source token of the current step, and presets.
//
// While a slider is dragged the picture follows (`view.draft`); the answer is asked for on release.

import { button, html, say, setText, weight } from "../base/dom.js";

/** The weights that the picture shows at the current step; while a slider is dragged, the draft. */
export function shownRow(view) {
  return view.draft?.row ?? view.data.run.attention?.[view.step] ?? null;
}

/** The weights that the model itself gives at the current step. */
function ownRow({ data, step }) {
  return data.own?.[step] ?? data.run.attention[step];
}

/** A row with one weight set to `value` and the others in proportion, so that the sum is 1. */
function rescaled(row, own, at, value) {
  if (row.length === 1) return [1];
  const rest = (weights) => weights.reduce((sum, w, s) => (s === at ? sum : sum + w), 0);
  // Where the others have nothing they share as in the model's own row, or evenly.
  const shares = [row, own, row.map(() => 1)].find((weights) => rest(weights) > 1e-9);
  const left = (1 - value) / rest(shares);
  return shares.map((share, s) => (s === at ? value : share * left));
}

/** The sliders that are shown: all of up to 14, else the 8 largest and those asked for. */
function shownSliders(row, own, asked) {
  const places = row.map((_, s) => s);
  if (row.length <= 14) return new Set(places);
  const size = (s) => Math.max(row[s], own[s]);
  const largest = places.sort((a, b) => size(b) - size(a) || a - b).slice(0, 8);
  return new Set([...largest, ...asked]);
}

/** One slider with its token, its weight and what it was. */
function makeSlider() {
  const name = html("span", "name", { "aria-hidden": "true" });
  const attributes = { type: "range", min: "0", max: "1", step: "0.01" };
  const input = html("input", "", attributes);
  const shaft = html("span", "shaft", {}, html("i", "fill"), html("i", "tick"), input);
  const value = html("b", "value", { "aria-hidden": "true" });
  const was = html("small", "was", { "aria-hidden": "true" });
  return { element: html("div", "weight", {}, name, shaft, value, was), input, name, value, was };
}

/** Tokens as said: one that stands more than once with its place. */
function sourceNames({ source }) {
  return source.map(({ label }, s) =>
    source.filter((token) => token.label === label).length > 1 ? `${label} (${s + 1})` : label,
  );
}

export function makeTray(view, edit) {
  const title = html("b");
  const hint = html("span", "hint");
  const preset = (words, hint_, form, sign = null, name = words) => {
    const element = button("", { sign, words, name, hint: hint_ });
    element.onclick = () => edit({ do: "attend", step: view.step, form: form() });
    return element;
  };
  const word = html("select", "", { "aria-label": say("Source token") });
  const shift = (does, form, sign, name) => preset(say("Shift"), does, () => form, sign, name);
  const own = button("", {
    sign: "undo",
    words: say("Its own weights"),
    name: say("Its own weights"),
    hint: say("Take back what was set at this step"),
  });
  const presets = html(
    "span",
    "presets",
    { role: "group", "aria-label": say("Presets") },
    preset(say("Uniform"), say("The same weight on each token"), () => "u"),
    shift(
      say("Each weight moves one token back; what falls off one end comes in at the other"),
      "s-1",
      "previous",
      say("Shift by one, back"),
    ),
    shift(
      say("Each weight moves one token on; what falls off one end comes in at the other"),
      "s1",
      "next",
      say("Shift by one, on"),
    ),
    preset(say("Permute"), say("Its own weights in another order, a new one each time"), () => "p"),
    html(
      "span",
      "one",
      {},
      word,
      preset(say("All on it"), say("All weight on the chosen token"), () => `o${word.value}`),
      preset(say("Mask it"), say("Its own weights without the chosen token"), () => `m${word.value}`),
    ),
  );
  const head = html("div", "head", {}, html("p", "", {}, title, hint), own, presets);
  const list = html("div", "weights");
  const element = html("div", "tray", { role: "group", hidden: true }, head, list);
  let sliders = [];
  let [built, place, start, keyed, opener] = ["", "", null, false, null];
  const asked = new Set();

  const possible = () => Boolean(edit && view.data.attention && view.data.can.attend);

  function build() {
    if (!possible()) element.hidden = true;
    const names = possible() ? sourceNames(view.data) : [];
    if (built === JSON.stringify(names)) return;
    built = JSON.stringify(names);
    asked.clear();
    sliders = names.map((name, s) => {
      const slider = makeSlider();
      setText(slider.name, name);
      slider.name.title = name;
      slider.input.setAttribute("aria-label", say("Weight of {token}", { token: name }));
      listen(slider.input, s);
      return slider;
    });
    list.replaceChildren(...sliders.map((slider) => slider.element));
    word.replaceChildren(...names.map((name, s) => html("option", "", { value: s }, name)));
  }

  function listen(input, s) {
    input.addEventListener("keydown", () => (keyed = true));
    input.addEventListener("pointerdown", () => (keyed = false));
    input.addEventListener("focus", () => (word.value = s));
    input.addEventListener("input", () => {
      if (start?.s !== s) start = { s, row: shownRow(view) };
      const row = rescaled(start.row, ownRow(view), s, Number(input.value));
      view.draft = { step: view.step, row, sent: false };
      word.value = s;
      view.flow.paint();
      paint();
    });
    input.addEventListener("change", () => {
      clearTimeout(view.waiting);
      // A held arrow key lets go many times.
      view.waiting = setTimeout(send, keyed ? 350 : 0);
    });
    input.addEventListener("blur", send);
  }

  /** Asks for the answer with the weights that were drawn. */
  function send() {
    clearTimeout(view.waiting);
    start = null;
    if (!view.draft || view.draft.sent) return;
    const { step, row } = view.draft;
    view.draft.sent = true;
    const weights = row.map((share) => Math.round(share * 1e6) / 1e6);
    edit({ do: "attend", step, weights });
  }

  own.onclick = () => edit({ do: "remove", key: chipOf(view)?.key });
  word.onchange = () => {
    asked.add(Number(word.value));
    paint();
  };

  function paint() {
    const { data, step } = view;
    if (element.hidden) return;
    const [row, before] = [shownRow(view), ownRow(view)];
    setText(title, say("Attention at step {n}", { n: step + 1 }));
    element.setAttribute("aria-label", title.textContent);
    const lost = data.run.empty ? Math.max(0, 1 - before.reduce((a, b) => a + b, 0)) : 0;
    const does = data.run.empty
      ? say(
          "drag; the rest is rescaled so that the sum stays 1; empty slots ({weight} before) get none",
          { weight: weight(lost) },
        )
      : say("drag; the rest is rescaled so that the sum stays 1");
    setText(hint, does);
    own.hidden = !chipOf(view);
    if (place !== `${built} ${step}`) {
      place = `${built} ${step}`;
      asked.clear();
      start = null;
      word.value = row.indexOf(Math.max(...row));
    }
    // What stands there stays while it is dragged.
    if (!view.draft) {
      const shown = shownSliders(row, before, asked);
      sliders.forEach((slider, s) => {
        slider.element.hidden = !shown.has(s) && slider.input !== focused();
      });
    } else for (const s of asked) sliders[s].element.hidden = false;
    sliders.forEach((slider, s) => paintSlider(slider, row[s], before[s]));
  }

  const focused = () => element.getRootNode().activeElement;

  /** Shows or hides the tray; it takes the focus and gives it back. */
  function toggle(from = null) {
    if (!possible() || view.full) return;
    element.hidden = !element.hidden;
    paint();
    if (element.hidden) {
      send();
      (opener ?? view.card).focus({ preventScroll: true });
    } else {
      opener = from;
      sliders[Number(word.value)].input.focus({ preventScroll: true });
      element.scrollIntoView({ block: "nearest" });
    }
  }

  return { element, build, paint, toggle, send, possible, open: () => !element.hidden };
}

function paintSlider({ element, input, value, was }, share, own) {
  if (element.hidden) return;
  if (Number(input.value) !== Number(share.toFixed(2))) input.value = share;
  element.style.cssText = `--value: ${share}; --own: ${own}`;
  element.classList.toggle("changed", Math.abs(share - own) >= 0.005);
  setText(value, weight(share));
  const before = say("was {weight}", { weight: weight(own) });
  setText(was, before);
  input.setAttribute("aria-valuetext", `${weight(share)}, ${before}`);
}

/** Opens or closes the tray, or says why there is none. */
export function editWeights(view, from) {
  if (view.data.attention) view.tray.toggle(from);
  else view.transport.why();
  view.transport.paint();
}

/** The chip of the weights that were set at the current step. */
function chipOf({ data, step }) {
  return data.edits.find((one) => one.kind === "attend" && one.step === step);
}

/** The button that opens the tray; where there is none it says why. */
export function makeTrayButton(view, act) {
  const open = button("edit", { sign: "edit", words: say("Edit"), name: say("Edit weights") });
  open.title = say("Edit this step's weights (E)");
  const why = html("p", "why", { role: "status" });
  open.onclick = () => act.tray(open);
  const reason = say(
    "This model has no attention: there are no weights to edit. Its words can be changed: click a candidate, or a source token.",
  );
  const tell = (on) => setText(why, on ? reason : "");
  open.addEventListener("blur", () => tell(false));
  return {
    open,
    why,
    say: (on = !why.textContent) => tell(on),
    build() {
      const { data } = view;
      open.hidden = !act.tray || (data.attention && !data.can.attend);
      tell(false);
    },
    paint() {
      open.setAttribute("aria-expanded", String(view.tray.open() || Boolean(why.textContent)));
      open.classList.toggle("on", view.tray.open());
    },
  };
}
