// The step view as a picture: SVG that any program opens, and PNG.
//
// Drawn from a second, silent step view at the same place, step and width that lives for the length
// of one call: without an answering page it has no buttons of its own, nothing is pointed at, and
// where the lanes scroll it is as wide as they are.

import { html, percent, say, svg, weight } from "../base/dom.js";
import { families } from "./ink.js";
import { legal, sceneOf } from "./scene.js";

/** What stands in the step view now, with a caption below: {width, height, shapes, title, text}. */
function pictureOf(view, mount) {
  const { data, step, hidden, pin, g } = view;
  // 64 px for the words before the lanes, which a phone leaves out; and the wider pads.
  const wide = g.mode === "scroll" ? g.width + 64 + 2 * 20 : g.card.width;
  const frame = html("div", "picture", { "aria-hidden": "true", style: `width: ${wide + 2}px` });
  view.host.parentNode.append(frame);
  const seen = { hidden, pin, which: view.which, fold: view.fold };
  const copy = mount(frame, { ...data, step }, { seen });
  try {
    frame.firstChild.append(html("p", "caption", {}, captionOf(view)));
    const readout = frame.querySelector(".readout").textContent;
    return { ...sceneOf(frame.firstChild), title: legal(readout), text: legal(inWords(view)) };
  } finally {
    copy.destroy();
    frame.remove();
  }
}

/** Model, sentence and step. */
function captionOf({ data, step }) {
  const { source, target, unit } = data.names;
  const typed = data.source.filter((token) => !token.fixed).map((token) => token.label);
  const sentence = data.text ?? typed.join(unit === "token" ? " " : "");
  const model = data.model ?? `${source} → ${target}`;
  const place = say("step {n} of {of}", { n: step + 1, of: data.run.output.length });
  return `${model} · ${sentence} · ${place}`;
}

/** For those who do not see the picture: both lanes, no token cut, and nothing that is hidden. */
function inWords(view) {
  const { data, step, hidden } = view;
  const { output, probability } = data.run;
  const row = data.run.attention?.[step];
  const read = data.source.map((token, s) => token.label + (row ? ` ${weight(row[s])}` : ""));
  const written = output
    .slice(0, hidden ? step + 1 : output.length)
    .map((token, t) =>
      t > step || !probability ? token.label : `${token.label} ${percent(probability[t])}`,
    );
  const lanes = [
    [data.names.source, read],
    [data.names.target, written],
  ];
  const lines = lanes.map(([name, tokens]) => `${name}: ${tokens.join(", ")}`);
  return [captionOf(view), ...lines].join("\n");
}

/** The picture as the text of an SVG file. */
function svgOf({ width, height, shapes, title, text }) {
  const r = (value) => Math.round(value * 100) / 100;
  const root = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img" });
  root.append(svg("title", {}, title), svg("desc", {}, text));
  const defs = svg("defs");
  const paint = (name, of) =>
    of && { [name]: of.colour, [`${name}-opacity`]: of.alpha < 1 ? r(of.alpha) : null };
  const placed = (matrix) => {
    if (!matrix) return null;
    const [a, b, c, d, e, f] = matrix.map((value) => Math.round(value * 1e4) / 1e4);
    const moved = a === 1 && !b && !c && d === 1;
    return moved ? `translate(${e} ${f})` : `matrix(${[a, b, c, d, e, f].join(" ")})`;
  };

  function gradientFill({ line, stops }) {
    const id = `fill${defs.childNodes.length}`;
    const [x1, y1, x2, y2] = line.map(r);
    const place = { id, gradientUnits: "userSpaceOnUse", x1, y1, x2, y2 };
    const each = stops.map(({ at, ...colour }) =>
      svg("stop", {
        offset: r(at),
        "stop-color": colour.colour,
        "stop-opacity": colour.alpha < 1 ? r(colour.alpha) : null,
      }),
    );
    defs.append(svg("linearGradient", place, ...each));
    return `url(#${id})`;
  }

  /** One text; the pieces of a line in two weights are parts of one, whatever font there is. */
  function textElement(pieces) {
    const [first] = pieces;
    // In a text that runs to the left the end is on the left.
    const other = { start: "end", middle: "middle", end: "start" };
    const anchor = first.rtl ? other[first.anchor] : first.anchor;
    const attributes = {
      x: r(first.x),
      y: r(first.y),
      "text-anchor": anchor === "start" ? null : anchor,
      direction: first.rtl ? "rtl" : null,
      transform: placed(first.matrix),
    };
    if (pieces.length === 1) return svg("text", { ...attributes, ...letters(first) }, first.text);
    const parts = pieces.flatMap((piece, i) => {
      const space = i && piece.left - pieces[i - 1].left - pieces[i - 1].w > 1 ? " " : "";
      return [space, svg("tspan", letters(piece), piece.text)];
    });
    return svg("text", attributes, ...parts);
  }

  function letters({ font, fill, w }) {
    return {
      "font-family": families(font.family),
      "font-size": font.size,
      // Other programs know hundreds only.
      "font-weight": Math.round(font.weight / 100) * 100,
      // With another font the text is squeezed into its place instead of leaving it.
      textLength: r(w),
      lengthAdjust: "spacingAndGlyphs",
      ...paint("fill", fill),
    };
  }

  /** Whether a text goes on where another ends. */
  function goesOn(before, shape) {
    if (before?.text === undefined || shape.text === undefined) return false;
    const gap = shape.left - before.left - before.w;
    const plain = [before, shape].every((one) => one.anchor === "start" && !one.rtl && !one.matrix);
    return plain && before.y === shape.y && gap > -0.5 && gap < shape.font.size * 0.4;
  }

  function shapeElement(shape) {
    const { box, d, fill, gradient: mixed, stroke, width: wide, dash, cap, join, matrix } = shape;
    const attributes = {
      class: shape.name ?? null,
      fill: mixed ? gradientFill(mixed) : "none",
      ...paint("fill", fill),
      ...paint("stroke", stroke),
      "stroke-width": stroke ? r(wide) : null,
      "stroke-dasharray": dash ? dash.map(r).join(" ") : null,
      "stroke-linecap": cap && cap !== "butt" ? cap : null,
      "stroke-linejoin": join && join !== "miter" ? join : null,
      transform: placed(matrix),
    };
    if (d) return svg("path", { d, ...attributes });
    const [x, y, w, h] = [box.x, box.y, box.w, box.h].map(r);
    return svg("rect", { x, y, width: w, height: h, rx: box.r ? r(box.r) : null, ...attributes });
  }

  const drawn = [];
  shapes.forEach((shape, i) => {
    if (goesOn(shapes[i - 1], shape)) drawn[drawn.length - 1].push(shape);
    else drawn.push([shape]);
  });
  const elements = drawn.map((pieces) =>
    pieces[0].text === undefined ? shapeElement(pieces[0]) : textElement(pieces),
  );
  root.append(...(defs.firstChild ? [defs] : []), ...elements);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(root)}\n`;
}

/**
 * The picture on a canvas, twice as many px as on the page.
 *
 * Drawn shape by shape: an SVG that is loaded as an image knows no font of the page.
 */
function canvasOf({ width, height, shapes }) {
  // Browsers have no larger canvas than about this.
  const scale = Math.min(2, 16000 / Math.max(width, height), Math.sqrt(16e6 / (width * height)));
  const size = { width: Math.ceil(width * scale), height: Math.ceil(height * scale) };
  const canvas = html("canvas", "", size);
  const context = canvas.getContext("2d");
  for (const shape of shapes) {
    context.setTransform(scale, 0, 0, scale, 0, 0);
    if (shape.matrix) context.transform(...shape.matrix);
    if (shape.text === undefined) drawShape(context, shape);
    else drawText(context, shape);
  }
  return canvas;
}

function drawShape(context, { box, d, fill, gradient: mixed, stroke, width, dash, cap, join }) {
  const path = new Path2D(d);
  if (box) path.roundRect(box.x, box.y, box.w, box.h, box.r);
  if (mixed) {
    context.fillStyle = context.createLinearGradient(...mixed.line);
    for (const { at, colour } of mixed.stops) context.fillStyle.addColorStop(at, colour);
    context.globalAlpha = 1;
    context.fill(path);
  }
  if (fill) {
    context.fillStyle = fill.colour;
    context.globalAlpha = fill.alpha;
    context.fill(path);
  }
  if (!stroke) return;
  context.strokeStyle = stroke.colour;
  context.globalAlpha = stroke.alpha;
  context.lineWidth = width;
  context.lineCap = cap ?? "butt";
  context.lineJoin = join ?? "miter";
  context.setLineDash(dash ?? []);
  context.stroke(path);
}

function drawText(context, { text, left, y, w, font, fill, rtl }) {
  context.font = font.css;
  context.fillStyle = fill.colour;
  context.globalAlpha = fill.alpha;
  context.direction = rtl ? "rtl" : "ltr";
  context.textAlign = "left";
  // A canvas may choose digits of another width.
  const own = context.measureText(text).width;
  context.translate(left, y);
  if (own) context.scale(w / own, 1);
  context.fillText(text, 0, 0);
}

/** Gives the visitor the picture as a file; `kind` is "svg" or "png", `mount` makes a step view. */
export function savePicture(view, kind, mount) {
  const { data, step } = view;
  const picture = pictureOf(view, mount);
  const model = data.model ?? `${data.names.source}-${data.names.target}`.toLowerCase();
  const name = `${model.replace(/[^\p{L}\p{N}._-]+/gu, "-")}-step-${step + 1}.${kind}`;
  if (kind === "png") canvasOf(picture).toBlob((blob) => handOver(blob, name), "image/png");
  else handOver(new Blob([svgOf(picture)], { type: "image/svg+xml" }), name);
}

function handOver(blob, name) {
  const href = URL.createObjectURL(blob);
  html("a", "", { href, download: name }).click();
  // The browser needs the address until it has begun to save.
  setTimeout(() => URL.revokeObjectURL(href), 10000);
}
