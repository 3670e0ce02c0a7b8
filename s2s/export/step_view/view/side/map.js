// All steps at once: a row a step, a column a source token. Built once, then only marks move.

import { button, html, say, setAll, svg, weight } from "../base/dom.js";
import { scaleColour, signedColour } from "../base/colour.js";

export function makeMap(view, { go, point, tray }) {
  const heading = view.data.small ? say("All steps so far") : say("All steps");
  const title = html("b", "", {}, heading);
  const scale = html("span", "legend", { "aria-hidden": "true" }, "0", html("i"), "1");
  const tabs = html("span", "tabs", { role: "group", "aria-label": say("Which map") });
  const grid = svg("svg", { preserveAspectRatio: "none", "aria-hidden": "true" });
  const veil = html("i", "veil");
  const marks = html("i", "marks");
  const row = html("i", "row", {}, html("i", "here"));
  const ring = html("i", "ring");
  const box = html(
    "div",
    "grid",
    {
      role: "slider",
      tabindex: "0",
      "aria-label": say("Map of all steps"),
      "aria-orientation": "vertical",
      "aria-valuemin": "1",
    },
    grid,
    veil,
    marks,
    row,
    ring,
  );
  const pen = button("pen", { sign: "edit", words: say("Edit"), name: say("Edit weights") });
  pen.onclick = () => tray(pen);
  const note = makeNote();
  const picture = html("div", "map", {}, html("p", "title", {}, title, scale, tabs, pen), box);
  const element = html("div", "maps", {}, picture, note.element);
  let at = null;

  function build() {
    const { data, g } = view;
    at = null;
    picture.hidden = !data.attention;
    note.build(data);
    if (!data.attention) return;
    const both = Boolean(data.original?.attention);
    const names = ["edited", "original", ...(data.sameSource === false ? [] : ["difference"])];
    if (!both || !names.includes(view.which)) view.which = "edited";
    pen.hidden = !tray || !data.can.attend;
    scale.hidden = both;
    tabs.hidden = !both;
    tabs.replaceChildren(
      ...names.map((name) => {
        const pressed = String(name === view.which);
        const less = say("Edited less original: blue less, rose more");
        const hint = name === "difference" ? less : null;
        const attributes = { type: "button", "aria-pressed": pressed, title: hint };
        const tab = html("button", "", attributes, say(name));
        tab.onclick = () => {
          view.which = name;
          build();
          paint();
        };
        return tab;
      }),
    );
    box.style.height = `${g.mapHeight}px`;
    colour();
    const edited = data.run.output
      .map((_, t) => t)
      .filter((t) => data.run.forced[t] || data.run.attended.includes(t));
    marks.replaceChildren(
      ...(view.which === "original"
        ? []
        : edited.map((t) => html("i", "", { style: rowPlace(t) }))),
    );
    setAll(box, { "aria-valuemax": rows().length });
  }

  const rows = () => (view.which === "original" ? view.data.original : view.data.run).attention;
  // The original may have been made from another source.
  const columns = () => rows()[0].length;
  const rowPlace = (t) => `top: ${(t / rows().length) * 100}%; height: ${100 / rows().length}%`;

  /** Paints the cells: one path for each colour, so that 60 × 60 stay quick. */
  function colour() {
    const { data, palette } = view;
    const values = view.which === "difference" ? difference(data) : rows();
    const of = (value) =>
      view.which === "difference"
        ? signedColour(palette.signed_scale, value, 1)
        : scaleColour(palette.attention_scale, value);
    grid.setAttribute("viewBox", `0 0 ${columns()} ${rows().length}`);
    grid.replaceChildren(
      ...cellPaths(values, of, 263 / columns(), view.g.mapHeight / rows().length),
    );
  }

  function paint() {
    const { data, step, hidden } = view;
    if (!data.attention) return;
    const total = rows().length;
    const t = Math.min(step, total - 1);
    row.style.cssText = rowPlace(t);
    row.classList.toggle(
      "changed",
      view.which !== "original" && (data.run.forced[t] || data.run.attended.includes(t)),
    );
    veil.style.cssText = `top: ${((t + 1) / total) * 100}%; height: ${(1 - (t + 1) / total) * 100}%`;
    veil.classList.toggle("opaque", hidden || Boolean(data.small));
    setAll(box, { "aria-valuenow": t + 1, "aria-valuetext": valueText(data, step, at) });
    mark();
  }

  /** The ring at the cell that is pointed at, here or in the lanes. */
  function mark() {
    const { point: to, data, step, hidden } = view;
    ring.hidden = !to || !data.attention;
    if (ring.hidden) return;
    const t = to.t ?? step;
    const total = rows().length;
    const wide = 100 / data.source.length;
    ring.hidden = t >= total || (hidden && t > step);
    const across =
      to.s === null ? "left: 0; width: 100%" : `left: ${to.s * wide}%; width: ${wide}%`;
    ring.style.cssText = `${rowPlace(t)}; ${across}`;
  }

  function cellAt(event) {
    const { left, top, width, height } = box.getBoundingClientRect();
    const { data } = view;
    const within = (share, n) => Math.min(Math.max(Math.floor(share * n), 0), n - 1);
    const t = within((event.clientY - top) / height, rows().length);
    if (t >= data.run.output.length || (view.hidden && t > view.step)) return null;
    const other = view.which === "original" && data.sameSource === false;
    const s = other ? null : within((event.clientX - left) / width, columns());
    return { kind: "map", s, t };
  }

  box.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch") point(cellAt(event));
  });
  box.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch") point(null);
  });
  box.addEventListener("click", (event) => {
    const cell = cellAt(event);
    if (!cell) return;
    const same = view.point?.kind === "map" && view.point.t === cell.t && view.point.s === cell.s;
    if (view.touched && !same) point(cell);
    else go(cell.t);
  });
  box.addEventListener("blur", () => {
    at = null;
    point(null);
  });

  return {
    element,
    box,
    build,
    paint,
    mark,
    /** Arrow keys on the map move from cell to cell. */
    move(down, right) {
      const { data, step, hidden } = view;
      const last = hidden ? step : data.run.output.length - 1;
      const from = at ?? {
        t: step,
        s: data.run.attention[step].indexOf(Math.max(...data.run.attention[step])),
      };
      const clamp = (value, most) => Math.min(Math.max(value, 0), most);
      at = {
        kind: "map",
        t: clamp(from.t + down, last),
        s: clamp(from.s + right, data.source.length - 1),
      };
      setAll(box, { "aria-valuenow": at.t + 1, "aria-valuetext": valueText(data, step, at) });
      point(at);
    },
    chosen: () => at?.t ?? null,
  };
}

function valueText(data, step, at) {
  const t = at?.t ?? step;
  const name = `${say("step {n}", { n: t + 1 })}, ${data.run.output[t].label}`;
  if (!at) return name;
  const share = say("weight {weight}", { weight: weight(data.run.attention[t][at.s]) });
  return `${name}; ${data.source[at.s].label}, ${share}`;
}

/** Edited less original, for the steps that both have. */
function difference({ run, original, source }) {
  return run.attention.map((row, t) =>
    source.map((_, s) => (original.attention[t] ? row[s] - (original.attention[t][s] ?? 0) : 0)),
  );
}

/** The cells of a grid as one path for each colour; gaps of 1 px where there is room. */
function cellPaths(values, colourOf, wide, high) {
  const paths = new Map();
  const gap = (size) => (size >= 8 ? 1 / size : size >= 4 ? 0.5 / size : 0);
  const [dx, dy] = [gap(wide), gap(high)];
  values.forEach((row, t) =>
    row.forEach((value, s) => {
      const colour = colourOf(Math.round(value * 64) / 64);
      const d = `M${s + dx / 2} ${t + dy / 2}h${1 - dx}v${1 - dy}h${dx - 1}z`;
      if (paths.has(colour)) paths.get(colour).push(d);
      else paths.set(colour, [d]);
    }),
  );
  return [...paths].map(([fill, d]) => svg("path", { fill, d: d.join("") }));
}

/** In the map's place for a model that has none. */
function makeNote() {
  const element = html("div", "note");
  return {
    element,
    build(data) {
      element.hidden = data.attention;
      const text =
        data.peeky === "none"
          ? say("After reading, this model keeps one vector and never looks back at the words.")
          : say(
              "After reading, this model keeps one vector. It sees that vector at every step, but never the words.",
            );
      const links_ = data.links.flatMap(({ text: words, href }, i) => [
        i ? " · " : "",
        html("a", "", { href }, words),
      ]);
      element.replaceChildren(
        html("b", "", {}, say("No attention map")),
        html("p", "", {}, text),
        html("p", "", {}, ...links_),
      );
    },
  };
}
