// What a step changes in the lanes: colours, classes and numbers, never a place.

import { html, ordinal, percent, say, setAll, setText, svg, weight } from "../base/dom.js";
import { onColour, scaleColour } from "../base/colour.js";
import { shownRow } from "../edit/tray.js";

export function paintSource(view, { tiles: row, numbers }) {
  const { data, step, g, palette } = view;
  const weights = shownRow(view);
  const roomy = data.names.unit === "token" && !g.card.phone;
  const changed = Boolean(view.draft) || data.run.attended.includes(step);
  const reach = Math.min(view.focusSource, row.length - 1);
  row.forEach((tile, s) => {
    const share = weights ? weights[s] : null;
    const token = data.source[s];
    const face = g.source.kind === "cell" ? tile.querySelector(".cell") : tile;
    const ground = share === null ? "" : scaleColour(palette.attention_scale, share);
    face.style.backgroundColor = ground;
    if (face === tile) tile.style.color = ground && onColour(ground);
    tile.classList.toggle("attended", share !== null && share >= 0.05);
    tile.classList.toggle("pinned", view.pin === s);
    const read = token.typed ? `, ${say("read for {word}", { word: token.typed })}` : "";
    const told = share === null ? "" : `, ${say("weight {weight}", { weight: weight(share) })}`;
    setAll(tile, {
      "aria-label": `${token.label}${read}${told}`,
      "aria-pressed": String(view.pin === s),
      tabindex: s === reach ? "0" : "-1",
    });
    if (!numbers[s]) return;
    const shown = share >= (roomy ? 0.05 : 0.1);
    setText(numbers[s], shown ? weight(share, !roomy) : "");
    numbers[s].classList.toggle("changed", changed);
  });
  const empty = view.flow.element.querySelector(".empty");
  // Weights that are set leave the empty slots nothing.
  const slots = view.draft ? 0 : data.run.empty?.[step];
  if (empty) setText(empty, ` · ${say("{weight} on empty slots", { weight: weight(slots) })}`);
}

export function paintOutput(view, { tiles: row, sure }) {
  const { data, step, g, hidden, palette } = view;
  const { run, original } = data;
  row.forEach((tile, t) => {
    const state = t < step ? "written" : t === step ? "current" : "unwritten";
    const differs = original && run.output[t].raw !== original.output[t]?.raw;
    const blank = state === "unwritten" && hidden;
    const classes = ["token", g.output.kind, state];
    if (run.forced[t]) classes.push("forced");
    if (differs) classes.push("differs");
    if (view.point?.t === t) classes.push("pointed");
    if (blank) classes.push("blank");
    const name = classes.join(" ");
    if (tile.className !== name) {
      tile.className = name;
      setAll(tile, {
        tabindex: t === step ? "0" : "-1",
        "aria-current": t === step ? "step" : null,
        "aria-label": outputName(run, t, state, blank),
      });
      if (sure[t]) sure[t].hidden = state === "unwritten";
    }
    if (g.output.kind === "cell") fillCell(tile, state, run.probability?.[t] ?? 1, palette);
  });
}

function outputName(run, t, state, blank) {
  const [place, { label }] = [say("step {n}", { n: t + 1 }), run.output[t]];
  if (blank) return `${place}, ${say("not written yet")}`;
  const forced = run.forced[t] ? `, ${say("written by you")}` : "";
  if (state === "unwritten") return `${label}, ${place}, ${say("not written yet")}`;
  const sure = run.probability ? `, ${percent(run.probability[t])}` : "";
  return `${label}${sure}, ${place}${forced}`;
}

/** A slanted token has no bar: its cell is filled as far as the model was sure, where that is known. */
function fillCell(tile, state, share, palette) {
  const ink = state === "current" ? palette.text : palette.bar;
  const part = `${Math.round(share * 100)}%`;
  const ground =
    state === "unwritten" ? "" : `linear-gradient(to top, ${ink} ${part}, ${palette.line} ${part})`;
  const { style } = tile.querySelector(".cell");
  if (style.backgroundImage !== ground) style.backgroundImage = ground;
}

/** The arc from the token that was written to the one that is: it is the decoder's next input. */
export function makeArc(view, layer, stage) {
  const { g, data } = view;
  const path = svg("path", { class: "arc" });
  const head = svg("path", { class: "arrow" });
  const note = html("span", "fed", { style: `top: ${g.y.arc + 13}px`, "aria-hidden": "true" });
  // A map alone does not tell what was fed.
  if (g.output.kind === "tile" && data.run.probability !== null) {
    layer.append(path, head);
    stage.append(note);
  }
  const answered = data.run.forced.every(Boolean);
  return {
    paint() {
      const { step } = view;
      const to = g.output.tiles[step].c;
      const from = step > 0 ? g.output.tiles[step - 1].c : to;
      const y = g.y.arc;
      const aim = step > 0 ? to - Math.sign(to - from) * 4 : to;
      const curve = `M${from} ${y}C${from} ${y + 14} ${aim} ${y + 16} ${aim} ${y + 5}`;
      path.setAttribute("d", step > 0 ? curve : `M${to} ${y + 14}V${y + 5}`);
      head.setAttribute("d", `M${aim - 4} ${y + 7}L${aim} ${y}L${aim + 4} ${y + 7}Z`);
      const own = step > 0 && data.run.fed[step] === data.run.output[step - 1].label;
      const taught = step > 0 && data.run.forced[step - 1];
      const yours = answered
        ? say("fed in: your answer (teacher forcing)")
        : say("fed in: your word (teacher forcing)");
      const fed = own ? say("fed back in") : say("fed in: {token}", { token: data.run.fed[step] });
      const words = taught ? yours : fed;
      setText(note, words);
      const half = Math.min(view.measure(words, 12, false), 240) / 2 + 2;
      note.style.left = `${Math.min(Math.max((from + to) / 2, half), g.width - half)}px`;
    },
  };
}

/** Scrolling lanes follow the current token and its main source. */
export function keepInView(view, scroller) {
  const { g, data, step } = view;
  if (g.mode !== "scroll" || view.followed === `${data.id} ${step}`) return;
  view.followed = `${data.id} ${step}`;
  const row = data.run.attention?.[step];
  const current = g.output.tiles[step].c;
  const main = row ? g.source.tiles[row.indexOf(Math.max(...row))].c : current;
  const margin = 28;
  const apart = Math.abs(current - main) > g.visible - 2 * margin;
  const [low, high] = apart
    ? [current, current]
    : [Math.min(current, main), Math.max(current, main)];
  const seen =
    low - margin >= scroller.scrollLeft && high + margin <= scroller.scrollLeft + g.visible;
  if (!seen) scroller.scrollLeft = (low + high - g.visible) / 2;
}

/** The weight that lies outside the view, at the edge where it lies. */
export function paintEdges(view, scroller, [left, right]) {
  const { g } = view;
  const row = g.mode === "scroll" ? shownRow(view) : null;
  const sums = [0, 0];
  row?.forEach((share, s) => {
    const x = g.source.tiles[s].c - scroller.scrollLeft;
    if (x < 0) sums[0] += share;
    if (x > g.visible) sums[1] += share;
  });
  setText(left, sums[0] >= 0.01 ? `◂ ${weight(sums[0])}` : "");
  setText(right, sums[1] >= 0.01 ? `${weight(sums[1])} ▸` : "");
}

/** What a tile cannot show: a cut token whole, the typed word, when it was read. */
export function paintTip(view, parts, tip, scroller) {
  const { data, g, point, hidden, step } = view;
  const side = point?.kind === "source" ? "source" : "output";
  const index = side === "source" ? point?.s : point?.t;
  tip.hidden = true;
  if (!point || point.kind === "map" || index === null) return;
  const tile = g[side].tiles[index];
  const lines = [];
  if (side === "output" && hidden && index > step) return;
  if (tile.cut || g[side].kind === "cell")
    lines.push((side === "source" ? data.source : data.run.output)[index].label);
  if (side === "source") {
    const { typed, order } = data.source[index];
    if (typed) lines.push(say("typed: {word}", { word: typed }));
    if (order) lines.push(say("read {place}", { place: ordinal(order) }));
  }
  if (!lines.length) return;
  tip.replaceChildren(...lines.map((line) => html("span", "", {}, line)));
  tip.hidden = false;
  const x = g.pad;
  const most = view.card.clientWidth - tip.offsetWidth - 8;
  tip.style.left = `${Math.max(8, Math.min(x + tile.c - scroller.scrollLeft - tip.offsetWidth / 2, most))}px`;
  const above = side === "source" ? g.y.numbers : g.y.output - tip.offsetHeight - 6;
  tip.style.top = `${above}px`;
}
