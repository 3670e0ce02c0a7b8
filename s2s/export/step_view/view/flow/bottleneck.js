// A model without attention: the whole sentence goes through one vector.

import { count, html, say, setAll, svg } from "../base/dom.js";
import { signedColour } from "../base/colour.js";

export function makeBottleneck(view, layer, stage) {
  const { data, g } = view;
  const peeky = data.peeky !== "none";
  const y = bottleneckHeights(g, data.bidirectional);
  const centre = (g.visible ?? g.width) / 2;
  const strip = contextStrip(
    data.context,
    view.palette,
    Math.min(250, (g.visible ?? g.width) - 90),
  );
  const half = strip.width / 2;
  const left = g.source.tiles
    .concat(g.output.tiles)
    .reduce((x, tile) => Math.min(x, tile.c), Infinity);
  const right = g.source.tiles.concat(g.output.tiles).reduce((x, tile) => Math.max(x, tile.c), 0);

  layer.append(hourglass(left - 12, right + 12, centre, half + 2, y));
  encoderChain(layer, data, g, y, { left: centre - half - 2, right: centre + half + 2 });
  setAll(strip.element, { x: centre - half, y: y.neck - strip.height / 2 });
  layer.append(strip.element);
  const size = { n: count(data.context.length) };
  const words = {
    none: say("{n} numbers, however long the sentence", size),
    cell: say("{n} numbers, seen again at every step", size),
    cell_and_output: say("{n} numbers, seen by cell and output at every step", size),
  }[data.peeky];
  stage.append(
    html(
      "p",
      "neck above",
      { style: `left: ${centre}px; top: ${y.neck - strip.height / 2 - 6}px` },
      html("b", "", {}, say("The whole sentence in one vector")),
    ),
    html(
      "p",
      "neck",
      { style: `left: ${centre}px; top: ${y.neck + strip.height / 2 + 4}px` },
      words,
    ),
  );
  const from = {
    left: centre - half - 2,
    right: centre + half + 2,
    middle: centre,
    neck: y.neck,
    under: y.neck + strip.height / 2 + (g.card.stacked ? 42 : 24),
    both: data.bidirectional,
  };
  return decoderChain(view, layer, y, from, peeky);
}

function bottleneckHeights(g, twice) {
  const top = g.y.top;
  const dots = top + 20;
  const back = twice ? dots + 20 : dots;
  const decoder = g.y.bottom - 20;
  return { top, dots, back, decoder, bottom: g.y.bottom, neck: (back + decoder) / 2 };
}

/** The silhouette, neutral. */
function hourglass(x0, x1, centre, half, y) {
  const [a, b] = [centre - half, centre + half];
  const [top, bottom] = [y.dots - 8, y.decoder - 12];
  const high = Math.min(30, (y.neck - top) / 3);
  const bend = (y.neck - top - high) * 0.6;
  const d =
    `M${x0} ${top}H${x1}C${x1} ${top + bend} ${b} ${y.neck - high - bend * 0.4} ${b} ${y.neck - high}` +
    `V${y.neck + high}C${b} ${bottom - bend * 0.6} ${x1} ${bottom - bend * 0.4} ${x1} ${bottom}H${x0}` +
    `C${x0} ${bottom - bend * 0.4} ${a} ${bottom - bend * 0.6} ${a} ${y.neck + high}` +
    `V${y.neck - high}C${a} ${y.neck - high - bend * 0.4} ${x0} ${top + bend} ${x0} ${top}Z`;
  return svg("path", { class: "hourglass", d });
}

/** The real numbers, in rows of at most 64, one colour each; white is 0. */
function contextStrip(values, palette, room) {
  const columns = Math.min(values.length, 64);
  const rows = Math.ceil(values.length / columns);
  const [w, h] = [
    Math.max(2, Math.min(12, Math.floor(room / columns))),
    Math.max(4, Math.floor(20 / rows)),
  ];
  const width = columns * w;
  const height = rows * h;
  const size = Math.max(...values.map(Math.abs));
  const element = svg("svg", { width, height, class: "strip" });
  for (const [i, value] of values.entries()) {
    const place = { x: (i % columns) * w, y: Math.floor(i / columns) * h, width: w, height: h };
    element.append(
      svg("rect", { ...place, fill: signedColour(palette.signed_scale, value, size) }),
    );
  }
  element.append(svg("rect", { x: 1, y: 1, width: width - 2, height: height - 2, class: "frame" }));
  return { element, width, height };
}

/** Dots under the source tiles, joined in the order the model reads; the last one is full. */
function encoderChain(layer, data, g, y, target) {
  const xs = g.source.tiles.map((tile) => tile.c);
  const order = xs
    .map((_, s) => s)
    .sort((a, b) => (data.source[a].order ?? a) - (data.source[b].order ?? b));
  const chains = [{ order, y: y.dots }];
  if (data.bidirectional) chains.push({ order: [...order].reverse(), y: y.back });
  for (const chain of chains) {
    for (let i = 1; i < chain.order.length; i += 1) {
      layer.append(...arrow(xs[chain.order[i - 1]], xs[chain.order[i]], chain.y));
    }
  }
  for (const chain of chains) {
    const last = chain.order[chain.order.length - 1];
    layer.append(toVector(xs[last], chain.y, y.neck, target));
    xs.forEach((x, s) => {
      layer.append(
        svg("circle", { cx: x, cy: chain.y, r: 5.5, class: s === last ? "dot full" : "dot" }),
      );
    });
  }
  for (const x of xs)
    layer.prepend(
      svg("path", { class: "stem", d: `M${x} ${g.y.source + g.source.height}V${y.dots - 6}` }),
    );
}

/** From the last state of a chain to the vector. */
function toVector(x, y, neck, { left, right }) {
  const fromLeft = x < (left + right) / 2;
  const [end, way] = fromLeft ? [left, -1] : [right, 1];
  const d = `M${x} ${y}C${x} ${neck} ${x} ${neck} ${end + way * 8} ${neck}`;
  return svg(
    "g",
    {},
    svg("path", { class: "flowline", d }),
    arrowHead(end, neck, fromLeft ? 0 : 180),
  );
}

/** An arrow between two dots of a chain. */
function arrow(from, to, y, style = "chain") {
  const way = Math.sign(to - from);
  if (Math.abs(to - from) < 16)
    return [svg("path", { class: style, d: `M${from + way * 5} ${y}H${to - way * 5}` })];
  const line = svg("path", { class: style, d: `M${from + way * 7} ${y}H${to - way * 12}` });
  return [line, arrowHead(to - way * 7, y, way > 0 ? 0 : 180)];
}

/** A small head whose tip is at (x, y), turned by an angle; 0 points right. */
function arrowHead(x, y, angle) {
  return svg("path", {
    class: "head",
    d: "M0 0L-9 -4.5V4.5Z",
    transform: `translate(${x} ${y}) rotate(${angle})`,
  });
}

/** Dots over the output tiles; the vector reaches the first one, or with peeky every one. */
function decoderChain(view, layer, y, from, peeky) {
  const { data, g } = view;
  const xs = g.output.tiles.slice(0, data.run.output.length).map((tile) => tile.c);
  const reaches = xs.map((x, t) => {
    const d =
      peeky && t > 0
        ? `M${from.middle} ${from.under}C${from.middle} ${y.decoder - 20} ${x} ${from.under + 10} ${x} ${y.decoder - 14}`
        : firstReach(from, xs[0], y);
    const group = svg(
      "g",
      { class: "reach" },
      svg("path", { class: "flowline", d }),
      arrowHead(x, y.decoder - 7, 90),
    );
    if (!peeky && t > 0) group.replaceChildren();
    return group;
  });
  const links_ = xs.map((x, t) => svg("g", {}, ...(t ? arrow(xs[t - 1], x, y.decoder) : [])));
  const stems = xs.map((x) =>
    svg("path", { class: "stem", d: `M${x} ${y.decoder + 6}V${y.bottom + 2}` }),
  );
  const dots = xs.map((x) => svg("circle", { cx: x, cy: y.decoder, r: 5.5 }));
  layer.append(...reaches, ...links_, ...stems, ...dots);
  return {
    paint() {
      const { step, hidden } = view;
      xs.forEach((_, t) => {
        const state = t < step ? "written" : t === step ? "current" : "unwritten";
        const gone = hidden && t > step;
        for (const element of [links_[t], stems[t]])
          element.setAttribute("class", gone ? "gone" : `part ${state}`);
        reaches[t].setAttribute("class", gone ? "gone" : peeky ? `reach each ${state}` : "reach");
        dots[t].setAttribute("class", `dot ${state === "current" ? "full" : state}`);
      });
    },
    point() {},
  };
}

/** From the vector to the first decoder state. */
function firstReach(from, x, y) {
  const start = x < from.left ? from.left : from.right;
  const side = x < from.left || x > from.right;
  if (!side || from.both)
    return `M${from.middle} ${from.under}C${from.middle} ${y.decoder - 20} ${x} ${from.under + 10} ${x} ${y.decoder - 14}`;
  return `M${start} ${from.neck}C${x} ${from.neck} ${x} ${from.neck} ${x} ${y.decoder - 14}`;
}
