// The flow: two lanes of tiles, the links between them, and what stands beside.

import { html, say, svg } from "../base/dom.js";
import { keepInView, makeArc, paintEdges, paintOutput, paintSource, paintTip } from "./paint.js";
import { makeLinks } from "./ribbons.js";
import { makeBottleneck } from "./bottleneck.js";

/** Makes the flow. build() once per sentence and width; paint() only changes attributes. */
export function makeFlow(view) {
  const stage = html("div", "stage");
  const scroller = html("div", "scroller", {}, stage);
  const edges = ["left", "right"].map((side) =>
    html("span", `edge ${side}`, { "aria-hidden": "true" }),
  );
  const tip = html("div", "tip", { hidden: true, "aria-hidden": "true" });
  const frame = html("div", "frame");
  const element = html("div", "flow", {}, scroller, frame, ...edges, tip);
  const parts = {};
  scroller.addEventListener("scroll", () => paintEdges(view, scroller, edges), { passive: true });

  function build() {
    const { data, g } = view;
    stage.replaceChildren();
    stage.style.cssText = `width: ${g.width}px; height: ${g.y.height}px`;
    scroller.style.width = `${g.visible ?? g.width}px`;
    stage.dataset.mode = g.mode;
    parts.layer = svg("svg", {
      width: g.width,
      height: g.y.height,
      viewBox: `0 0 ${g.width} ${g.y.height}`,
      class: "layer",
      "aria-hidden": "true",
    });
    stage.append(parts.layer);
    parts.links = data.attention
      ? makeLinks(view, parts.layer)
      : makeBottleneck(view, parts.layer, stage);
    parts.source = sourceLane(view);
    parts.output = outputLane(view);
    stage.append(parts.source.lane, parts.output.lane, ...besides(view));
    frame.replaceChildren(...headings(view));
    parts.arc = makeArc(view, parts.layer, stage);
    for (const edge of edges)
      edge.style.top = `${g.y.numbers + (g.source.kind === "tile" ? 2 : -18)}px`;
  }

  function paint() {
    parts.links.paint();
    paintSource(view, parts.source);
    paintOutput(view, parts.output);
    parts.arc.paint();
    keepInView(view, scroller);
    paintEdges(view, scroller, edges);
  }

  /** Only what pointing changes. */
  function point() {
    parts.links.point();
    const { s = null, t = null } = view.point ?? {};
    parts.source.tiles.forEach((tile, i) => tile.classList.toggle("pointed", i === s));
    parts.output.tiles.forEach((tile, i) => tile.classList.toggle("pointed", i === t));
    paintTip(view, parts, tip, scroller);
  }

  return { element, build, paint, point, parts, scroller };
}

/** Makes the lanes anew by `make`; the focus stays in them. */
export function keepFocus(view, act, make) {
  const lane = view.host.getRootNode().activeElement?.closest?.(".lane")?.dataset.lane;
  make();
  if (lane === "source") act.focusSource(view.focusSource);
  if (lane === "output") view.flow.parts.output.tiles[view.step].focus({ preventScroll: true });
}

/** What stands above and below the lanes, and does not scroll with them. */
function headings(view) {
  const { data, g } = view;
  const above = html(
    "p",
    "heading",
    { style: `top: ${g.y.head}px` },
    html("b", "", {}, data.names.source),
  );
  if (data.notes.source)
    above.append(data.notes.source.startsWith(",") ? "" : ", ", data.notes.source);
  if (data.run.empty) above.append(html("span", "empty"));
  const below = html(
    "p",
    "heading",
    { style: `top: ${g.y.foot}px` },
    html("b", "", {}, data.names.target),
    `, ${say("written so far")}`,
  );
  const key = html(
    "p",
    "heading key",
    { style: `top: ${g.y.foot}px` },
    html("i", ""),
    say("how sure of each {unit}", { unit: say(data.names.unit) }),
  );
  return data.run.probability === null ? [above, below] : [above, below, key];
}

/** The original lane and the words before both, while something is edited. */
function besides(view) {
  const { data, g } = view;
  if (!data.original) return [];
  const found = [];
  const words = g.output.kind === "tile";
  if (g.lead) {
    const middle = g.y.output + (words ? g.output.height / 2 : 8);
    found.push(html("span", "which edited", { style: `top: ${middle}px` }, say("edited")));
    found.push(
      html("span", "which", { style: `top: ${g.y.original + (words ? 15 : 8)}px` }, say("original")),
    );
  }
  data.original.output.forEach((token, t) => {
    const tile = g.output.tiles[t];
    const place = `left: ${tile.x}px; width: ${tile.w}px; top: ${g.y.original}px; font-size: ${g.output.size}px`;
    const item = html("span", `first ${g.output.kind}`, { style: place, title: token.label });
    item.append(words ? tile.texts[1] : html("span", labelClass(tile), {}, tile.texts[1]));
    found.push(item);
  });
  const t = data.firstDifference;
  if (t !== null && t < g.output.tiles.length) {
    const [from, to] = [
      g.y.output + g.output.height + 4 + (words ? 8 : 0),
      g.y.original + (words ? 3 : 0),
    ];
    const place = `left: ${g.output.tiles[t].c}px; top: ${from}px; height: ${to - from}px`;
    const note = html("span", "", {}, say("first difference"));
    // Near the right edge the words stand on the other side.
    found.push(
      html(
        "span",
        `parting${g.output.tiles[t].c > g.width - 120 ? " before" : ""}`,
        { style: place },
        note,
      ),
    );
  }
  return found;
}

/** A slanted label, unless it is one letter. */
function labelClass(tile) {
  return tile.upright ? "label upright" : "label";
}

/** One lane: a group of buttons, one tab stop. */
function lane(view, side, name) {
  const { g, data } = view;
  const { kind, height, size, tiles: row } = g[side];
  const group = html("div", "lane", {
    role: "group",
    "aria-label": name,
    "data-lane": side,
    dir: data.rtl[side === "source" ? side : "target"] ? "rtl" : null,
  });
  const buttons = row.map((tile, i) => {
    const place = `left: ${tile.x}px; width: ${tile.w}px; top: ${g.y[side]}px; height: ${height}px; font-size: ${size}px`;
    const attributes = {
      type: "button",
      tabindex: "-1",
      style: place,
      [side === "source" ? "data-s" : "data-t"]: i,
    };
    const element = html("button", `token ${kind}`, attributes);
    element.append(
      html("span", kind === "cell" ? labelClass(tile) : "label", { dir: "auto" }, tile.texts[0]),
    );
    if (kind === "cell") element.append(html("span", "cell"));
    return element;
  });
  group.append(...buttons);
  return { lane: group, tiles: buttons };
}

function sourceLane(view) {
  const { data, g } = view;
  const made = lane(view, "source", `${data.names.source}, ${say("what the model reads")}`);
  made.numbers = [];
  made.tiles.forEach((tile, s) => {
    const { typed } = data.source[s];
    tile.classList.toggle("unknown", typed !== null);
    const { under, c } = g.source.tiles[s];
    if (under) tile.append(html("small", "", {}, under));
    if (g.source.kind === "cell" || !data.attention) return;
    const place = `left: ${c}px; top: ${g.y.numbers}px`;
    made.numbers.push(html("span", "number", { style: place, "aria-hidden": "true" }));
  });
  made.lane.append(...made.numbers);
  return made;
}

function outputLane(view) {
  const { data, g } = view;
  const made = lane(view, "output", `${data.names.target}, ${say("what it writes")}`);
  // Where the original is longer, its last columns have no edited token.
  made.tiles.slice(data.run.output.length).forEach((tile) => tile.remove());
  made.tiles.length = data.run.output.length;
  made.sure = [];
  if (g.output.kind === "cell" || data.run.probability === null) return made;
  made.tiles.forEach((_, t) => {
    const { x, w } = g.output.tiles[t];
    const inset = w > 24 ? 5 : 2;
    const place = `left: ${x + inset}px; width: ${w - 2 * inset}px; top: ${g.y.bar}px`;
    const fill = html("i", "", { style: `width: ${data.run.probability[t] * 100}%` });
    made.sure.push(html("span", "sure", { style: place, "aria-hidden": "true" }, fill));
  });
  made.lane.append(...made.sure);
  return made;
}
