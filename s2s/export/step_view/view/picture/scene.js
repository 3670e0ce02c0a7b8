// A laid-out element as a flat list of what is drawn in it: boxes, outlines, texts.
// Only what the card's own style uses is known here; a soft shadow, say, is left out.

import { fitText } from "../layout/measure.js";
import { ascent, dashes, gradient, ink, rings } from "./ink.js";

/**
 * What stands in `root`, in drawing order and in px from its upper left corner.
 *
 * A shape has `box` {x, y, w, h, r} or `d`, and `fill`, `stroke` {colour, alpha} or `gradient`;
 * a text has `text`, `x` (of its `anchor`: start, middle, end), `left`, `y`, `w`, `font`, `fill`.
 * Both may have a `matrix`. Elements of `root` are turned upright on the way: give it a copy.
 */
export function sceneOf(root) {
  const { left, top, width, height } = root.getBoundingClientRect();
  const shapes = [];
  const place = (r) => ({ x: r.left - left, y: r.top - top, w: r.width, h: r.height });

  function visit(element, at) {
    const style = getComputedStyle(element);
    if (style.display === "none") return;
    const here = {
      ...at,
      opacity: at.opacity * Number(style.opacity),
      z: Number(style.zIndex) || at.z,
    };
    const seen = style.visibility === "visible";
    const add = (shape) =>
      shapes.push({ ...shape, matrix: shape.matrix ?? here.matrix, z: here.z });
    if (element instanceof SVGElement) {
      if (seen) graphic(element, style, here.opacity, { left, top }, add);
      for (const child of element.children) visit(child, here);
      return;
    }
    here.matrix = turned(element, style, place) ?? at.matrix;
    // A piece of a line may go on in the next one: it has a box in each.
    const boxes = seen ? [...element.getClientRects()].map(place) : [];
    for (const box of boxes) boxShapes(box, style, here.opacity, add);
    for (const child of element.childNodes) {
      if (child.nodeType === Node.ELEMENT_NODE) visit(child, here);
      else if (seen)
        for (const line of linesOf(child)) textShape(line, style, here.opacity, place, add);
    }
    for (const box of boxes) outlineShape(box, style, here.opacity, add);
  }

  visit(root, { opacity: 1, z: 0, matrix: null });
  // What stands in front on the screen is drawn last; the sort keeps the order of equals.
  shapes.sort((a, b) => a.z - b.z);
  const size = { width: Math.ceil(width), height: Math.ceil(height) };
  // A picture has whole px, and the ground covers them.
  const ground = { box: { x: 0, y: 0, w: size.width, h: size.height, r: 0 } };
  return { ...size, shapes: [{ ...shapes[0], ...ground }, ...shapes.slice(1)] };
}

/** Turns a slanted element upright and returns the matrix that slants it again; else null. */
function turned(element, style, place) {
  const [a, b, c, d] = (style.transform.match(/-?[\d.]+(?:e-?\d+)?/g) ?? [1, 0]).map(Number);
  if (!b) return null;
  const [ox, oy] = style.transformOrigin.split(" ").map(parseFloat);
  element.style.transform = "none";
  const { x, y } = place(element.getBoundingClientRect());
  const [cx, cy] = [x + ox, y + oy];
  return [a, b, c, d, cx - a * cx - c * cy, cy - b * cx - d * cy];
}

/** The box, `by` px larger on each side. */
function grown({ x, y, w, h, r }, by) {
  return { x: x - by, y: y - by, w: w + 2 * by, h: h + 2 * by, r: Math.max(0, r ? r + by : 0) };
}

/** Edges at half pixels, as sharp as on the screen. */
function snapped({ x, y, w, h }) {
  const half = (value) => Math.round(value * 2) / 2;
  return { x: half(x), y: half(y), w: half(x + w) - half(x), h: half(y + h) - half(y) };
}

/** Ground, rings and borders of an element. */
function boxShapes(place, style, opacity, add) {
  const radius = parseFloat(style.borderTopRightRadius) || 0;
  const box = snapped(place);
  box.r = Math.min(radius, box.w / 2, box.h / 2);
  const cover = (paint) => ({ ...paint, alpha: paint.alpha * opacity });
  for (const { spread, inset, ...paint } of rings(style.boxShadow).reverse())
    if (!inset) add({ box: grown(box, spread / 2), stroke: cover(paint), width: spread });
  const ground = ink(style.backgroundColor);
  if (ground.alpha) add({ box, fill: cover(ground) });
  const mixed = gradient(style.backgroundImage, box);
  if (mixed) add({ box, gradient: { ...mixed, stops: mixed.stops.map(cover) } });
  for (const { spread, inset, ...paint } of rings(style.boxShadow).reverse())
    if (inset) add({ box: grown(box, -spread / 2), stroke: cover(paint), width: spread });
  borderShapes(box, style, cover, add);
}

/** Borders: one line around, or each side for itself; between two sides the corner is mitred. */
function borderShapes(box, style, cover, add) {
  const sides = ["Top", "Right", "Bottom", "Left"].map((side) => ({
    width: parseFloat(style[`border${side}Width`]),
    dash: dashes(style[`border${side}Style`], parseFloat(style[`border${side}Width`])),
    stroke: cover(ink(style[`border${side}Color`])),
  }));
  const [{ width, dash, stroke }] = sides;
  if (sides.every((side) => side.width === width)) {
    if (width && stroke.alpha) add({ box: grown(box, -width / 2), stroke, width, dash });
    return;
  }
  const [x0, y0, x1, y1] = [box.x, box.y, box.x + box.w, box.y + box.h];
  const [top, right, bottom, left] = sides.map((side) => side.width);
  const corners = (a, b, c, d) => [
    [a, b],
    [c, b],
    [c, d],
    [a, d],
  ];
  const outer = corners(x0, y0, x1, y1);
  const inner = corners(x0 + left, y0 + top, x1 - right, y1 - bottom);
  sides.forEach(({ width: thick, dash: gaps, stroke: paint }, i) => {
    if (!thick || !paint.alpha) return;
    const j = (i + 1) % 4;
    const middle = [i, j].map((k) => outer[k].map((at, axis) => (at + inner[k][axis]) / 2));
    if (gaps) add({ d: `M${middle.join("L")}`, stroke: paint, width: thick, dash: gaps });
    else add({ d: `M${[outer[i], outer[j], inner[j], inner[i]].join("L")}Z`, fill: paint });
  });
}

function outlineShape(place, style, opacity, add) {
  const width = parseFloat(style.outlineWidth);
  const paint = ink(style.outlineColor);
  if (style.outlineStyle === "none" || !width || !paint.alpha) return;
  const box = { ...snapped(place), r: parseFloat(style.borderTopRightRadius) || 0 };
  const by = parseFloat(style.outlineOffset) + width / 2;
  const stroke = { ...paint, alpha: paint.alpha * opacity };
  add({ box: grown(box, by), stroke, width, dash: dashes(style.outlineStyle, width) });
}

/** A path, circle or rectangle of a picture in the card, in its own colours. */
function graphic(element, style, opacity, { left, top }, add) {
  const number = (name) => element[name]?.baseVal.value ?? 0;
  const shape = { name: element.getAttribute("class") };
  if (element.localName === "path") shape.d = element.getAttribute("d");
  if (element.localName === "rect") {
    const [x, y, w, h] = ["x", "y", "width", "height"].map(number);
    if (w && h) shape.box = { x, y, w, h, r: 0 };
  }
  if (element.localName === "circle") {
    const [x, y, r] = ["cx", "cy", "r"].map(number);
    shape.box = { x: x - r, y: y - r, w: 2 * r, h: 2 * r, r };
  }
  if (!shape.d && !shape.box) return;
  const { a, b, c, d, e, f } = element.getScreenCTM();
  shape.matrix = [a, b, c, d, e - left, f - top];
  const [fill, stroke] = [ink(style.fill), ink(style.stroke)];
  const width = parseFloat(style.strokeWidth);
  fill.alpha *= opacity;
  stroke.alpha *= opacity;
  if (fill.alpha) shape.fill = fill;
  if (stroke.alpha && width) {
    const dash = style.strokeDasharray.match(/[\d.]+/g)?.map(Number) ?? null;
    const [cap, join] = [style.strokeLinecap, style.strokeLinejoin];
    Object.assign(shape, { stroke, width, dash, cap, join });
  }
  if (shape.fill || shape.stroke) add(shape);
}

/** The lines of a text as the browser broke it: [{text, rect, parent}]. */
function linesOf(node) {
  const range = document.createRange();
  const rectOf = (from, to) => {
    range.setStart(node, from);
    range.setEnd(node, to);
    return range.getBoundingClientRect();
  };
  const cuts = [0];
  range.selectNodeContents(node);
  if (range.getClientRects().length > 1) {
    let [at, bottom] = [0, null];
    for (const character of node.data) {
      const { top, height, width } = rectOf(at, at + character.length);
      if (width && bottom !== null && top + height / 2 > bottom) cuts.push(at);
      if (width) bottom = top + height;
      at += character.length;
    }
  }
  return cuts.flatMap((from, i) => {
    const line = node.data.slice(from, cuts[i + 1]);
    // White space at the ends of a line has no place in the picture; other spaces have.
    const text = line.replace(/^[ \t\n]+|[ \t\n]+$/g, "");
    if (!text) return [];
    const start = from + line.indexOf(text);
    const rect = rectOf(start, start + text.length);
    const shown = { text: text.replace(/[ \t\n]+/g, " "), rect, parent: node.parentNode };
    return rect.width ? [shown] : [];
  });
}

/** One line of text where it stands. */
function textShape({ text, rect, parent }, style, opacity, place, add) {
  const { x: left, y: top, w, h } = place(rect);
  const size = parseFloat(style.fontSize);
  const font = { family: style.fontFamily, size, weight: style.fontWeight, style: style.fontStyle };
  const css = `${font.style} ${font.weight} ${size}px ${font.family}`;
  const y = top + h * ascent(css);
  let [words, wide] = [text, w];
  // What the browser cuts with an ellipsis is cut here too.
  if (style.textOverflow === "ellipsis" && parent.scrollWidth > parent.clientWidth) {
    const context = document.createElement("canvas").getContext("2d");
    context.font = css;
    const measure = (some) => context.measureText(some).width;
    words = fitText(text, parent.clientWidth, size, measure);
    wide = measure(words);
  }
  const anchors = { center: "middle", right: "end", end: "end" };
  const anchor = anchors[style.textAlign] ?? "start";
  const x = left + { start: 0, middle: wide / 2, end: wide }[anchor];
  const fill = ink(style.color);
  fill.alpha *= opacity;
  const rtl = style.direction === "rtl";
  add({ text: legal(words), x, left, y, w: wide, anchor, font: { ...font, css }, fill, rtl });
  if (style.textDecorationLine !== "underline") return;
  const thick = parseFloat(style.textDecorationThickness) || 1;
  const line = y + (parseFloat(style.textUnderlineOffset) || 2) + thick / 2;
  add({ d: `M${left} ${line}h${wide}`, stroke: fill, width: thick });
}

/** A text without the characters that no XML file may hold. */
export function legal(text) {
  return text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD");
}
