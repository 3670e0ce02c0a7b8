// Where everything stands: numbers only, no element is made here.

import { say } from "../base/dom.js";
import { alike, cells, firstFit, fitTiles, slanted, spread, tileSizes } from "./measure.js";

/**
 * The whole geometry of the flow for one sentence and width.
 *
 * Args: data; card: {width, stacked, phone, coarse, high, blank, least, height}, `high` the px the window
 * has for it (0: any), `blank` the first output token whose width may not be seen, `least` the px the
 * right column needs, `height` those that a full screen gives (0: as high as needed); measure.
 * `mode` is "tiles", "slanted", "wide" (slanted, right column below) or "scroll".
 */
export function flowGeometry(data, card, measure) {
  const lanes = laneLabels(data);
  const side = card.stacked ? 0 : 312;
  const pad = card.stacked ? 16 : 20;
  // Room for "edited" and "original" before the lanes.
  const lead = data.original && !card.phone ? 64 : 0;
  const room = card.width - side - 2 * pad;
  const g = { mode: "tiles", width: room, pad, lead, unit: data.names.unit, card };

  const fits = fitTiles(lanes, g.unit, card.phone, room - lead, measure);
  if (fits) {
    const most = card.phone ? 20 : 56;
    g.source = tileLane(fits[0], lead, room, most, data.rtl.source);
    g.output = tileLane(alike(fits[1], card.blank, room - lead), lead, room, most, data.rtl.target);
  } else {
    slantedLanes(g, data, card, lanes, measure);
  }
  g.trunk = g.output.tiles.map((tile) => trunkWidth(tile, g.output.kind, card.phone));
  const lines = Math.ceil(measure(headingWords(data), 14) / (card.width - side - 2 * pad));
  return standing(g, data, card, lines);
}

/** What the source heading says at its longest. */
function headingWords(data) {
  const empty = data.run.empty ? ` · ${say("{weight} on empty slots", { weight: "0.00" })}` : "";
  return `${data.names.source}, ${data.notes.source ?? ""}${empty}`;
}

/** What the columns of both lanes say; edited above original. */
function laneLabels(data) {
  const columns = [];
  const steps = Math.max(data.run.output.length, data.original ? data.original.output.length : 0);
  for (let t = 0; t < steps; t += 1) {
    const runs = data.original ? [data.run, data.original] : [data.run];
    columns.push({ labels: runs.map((run) => run.output[t]?.label ?? ""), small: null });
  }
  return [data.source.map((token) => ({ labels: [token.label], small: token.typed })), columns];
}

function tileLane({ style, row }, x0, x1, most, rtl) {
  return { kind: "tile", size: style.size, tiles: spread(row, x0, x1, most, rtl) };
}

function trunkWidth(tile, kind, phone) {
  if (kind === "cell") return 30;
  return Math.min(Math.max(tile.w - 16, phone ? 30 : 36), phone ? 34 : 76);
}

/** Slanted labels over cells; wider where the cells get narrow, then scrolling. */
function slantedLanes(g, data, card, lanes, measure) {
  const labels = lanes.map((lane) => slanted(lane, measure));
  const longest = Math.max(...lanes.map((lane) => lane.length));
  // A label leans over the end of its lane: by its own width less the cells that follow it.
  const lean = (lane, pitch) => Math.max(4, ...lane.map((l, i) => l.long * 0.62 + 8 - pitch * i));
  const right = lean([...labels[0]].reverse(), 14);
  const left = Math.max(g.lead, lean(labels[1], 14));
  const least = card.phone ? 16 : 14;
  const pitch = (width) => (width - left - right) / longest;
  g.mode = "slanted";
  if (pitch(g.width) < least) {
    g.mode = "wide";
    g.width = card.width - 2 * g.pad;
  }
  if (pitch(g.width) < least) {
    g.mode = "scroll";
    g.visible = g.width;
    g.width = Math.ceil(longest * 16 + left + right);
  }
  const [x0, x1] = [left, g.width - right];
  const lane = (which, rtl) => {
    // A short lane beside a long one keeps its tiles.
    const fit = firstFit(lanes[which], tileSizes(g.unit, card.phone), x1 - x0, measure);
    if (fit && g.unit !== "token")
      return tileLane(which ? alike(fit, card.blank, x1 - x0) : fit, x0, x1, 56, rtl);
    const reach = Math.max(...labels[which].map((l) => l.long));
    const high = reach ? Math.ceil(reach * 0.79 + 14) : 22;
    return { kind: "cell", size: 13, high, tiles: cells(labels[which], x0, x1, rtl) };
  };
  g.source = lane(0, data.rtl.source);
  g.output = lane(1, data.rtl.target);
}

/** Heights, from the heading down. The links take what the card leaves. */
function standing(g, data, card, lines) {
  const tile = card.coarse ? 44 : 38;
  const small = Boolean(data.small);
  const beside = Boolean(data.small?.beside);
  const y = { head: small ? 6 : card.phone ? 10 : 14 };
  y.source = beside ? 10 : y.head + 8 + 20 * lines;
  g.source.height = g.source.kind === "cell" ? g.source.high + 16 : tile;
  y.numbers = y.source + g.source.height + 3;
  const numbers = data.attention && g.source.kind === "tile";
  y.top = y.numbers + (numbers ? 20 : 2);

  // Below the links, counted from the output tiles' upper edge.
  g.output.height = g.output.kind === "cell" ? g.output.high + 16 : tile;
  y.bar = g.output.height + 5;
  let below = g.output.height + (g.output.kind === "cell" ? 4 : 10);
  const words = g.output.kind === "tile";
  y.arc = below;
  if (words && !beside) below += small ? 26 : 32;
  if (data.original) {
    below += words ? 10 : 20; // "first difference" stands here
    y.original = below;
    below += words ? 30 : g.output.high + 20;
  }
  y.foot = below + (small ? 0 : 2);
  below += beside ? 4 : small ? 26 : 32;

  // The picture of the one vector needs room for its words.
  const neck =
    200 + (data.bidirectional ? 20 : 0) + (card.stacked && data.peeky !== "none" ? 24 : 0);
  const rest = y.top + 3 + below;
  const wanted = data.attention ? (card.phone ? 130 : 210) : neck;
  const fewest = data.attention ? (small ? 56 : 110) : beside ? 150 : wanted;
  const links = card.high ? Math.min(wanted, Math.max(card.high - rest, fewest)) : wanted;
  const least = Math.max(
    rest + links,
    g.mode === "wide" || g.mode === "scroll" ? 0 : card.least,
  );
  y.height = Math.max(least, card.height);
  y.output = y.height - below;
  y.bottom = y.output - 3;
  for (const key of ["bar", "arc", "original", "foot"]) {
    if (key in y) y[key] += y.output;
  }
  g.y = y;
  return g;
}

/** A band that keeps its width in x: from (x0, y0) down to (x1, y1), `w` wide. */
export function bandPath(x0, y0, x1, y1, w) {
  const m = (y0 + y1) / 2;
  const r = (value) => Math.round(value * 100) / 100;
  const [a, b, c, d] = [x0 - w / 2, x0 + w / 2, x1 - w / 2, x1 + w / 2].map(r);
  return `M${a} ${y0}C${a} ${m} ${c} ${m} ${c} ${y1}L${d} ${y1}C${d} ${m} ${b} ${m} ${b} ${y0}Z`;
}

/** The middle line of a band. */
export function linePath(x0, y0, x1, y1) {
  const m = (y0 + y1) / 2;
  const [a, b] = [Math.round(x0 * 100) / 100, Math.round(x1 * 100) / 100];
  return `M${a} ${y0}C${a} ${m} ${b} ${m} ${b} ${y1}`;
}

/**
 * The links into one output tile: side by side, so that the trunk is always 1. At the edge of a lane,
 * under a tile that is narrower than the band, the band moves inwards.
 */
export function links(g, row, t) {
  const trunk = g.trunk[t];
  const within = (c, width) => Math.min(Math.max(c, g.lead + width / 2), g.width - width / 2);
  const order = row.map((_, s) => s).sort((a, b) => g.source.tiles[a].c - g.source.tiles[b].c);
  const found = new Array(row.length);
  let x = within(g.output.tiles[t].c, trunk) - trunk / 2;
  for (const s of order) {
    const width = row[s] * trunk;
    found[s] = { x0: within(g.source.tiles[s].c, width), x1: x + width / 2, width };
    x += width;
  }
  return { found, rest: x };
}
