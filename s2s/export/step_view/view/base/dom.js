// Making elements, and saying numbers. Text only ever enters through textContent.

/** An HTML element; an attribute that is null, undefined or false is left out. */
export function html(tag, className, attributes = {}, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  setAll(element, attributes);
  element.append(...children);
  return element;
}

/** An SVG element. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  setAll(element, attributes);
  element.append(...children);
  return element;
}

/** Sets attributes; null, undefined and false remove one, true sets it empty. */
export function setAll(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value == null || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : value);
  }
}

let spoken = {};

/** Speaks the visitor's language from now on: English text to what it says, from Python. */
export function speak(words) {
  spoken = words ?? {};
}

/** A text in the visitor's language, with its values in their places. */
export function say(text, values = {}) {
  return saidInParts(text, values).join("");
}

/** The same in parts: a value may be anything. */
export function saidInParts(text, values) {
  return (spoken[text] ?? text)
    .split(/(\{\w+\})/)
    .filter(Boolean)
    .map((part) => (/^\{\w+\}$/.test(part) ? values[part.slice(1, -1)] : part));
}

/** Sets a text only where it changes: writing costs a layout. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** An icon of lines on a 24-grid; a path after "!" is filled. */
export function icon(name) {
  const eye = "M2.5 12C5 7.5 8.3 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.8 6.5-9.5 6.5S5 16.5 2.5 12z";
  const paths = {
    previous: "M15 6l-6 6 6 6",
    next: "M9 6l6 6-6 6",
    play: "!M8 5.5v13l10.5-6.5z",
    pause: "!M7 5.5h3.5v13H7zM13.5 5.5H17v13h-3.5z",
    show: `${eye}M12 9a3 3 0 100 6 3 3 0 000-6z`,
    hide: `${eye}M4.5 19.5l15-15`,
    full: "M4.5 9V4.5H9M15 4.5h4.5V9M19.5 15v4.5H15M9 19.5H4.5V15",
    leave: "M9 4.5V9H4.5M19.5 9H15V4.5M15 19.5V15h4.5M4.5 15H9v4.5",
    keys: "M3 6.5h18v11H3zM6.5 10h1M10 10h1M13.5 10h1M17 10h1M8 14h8",
    picture: "M3.5 5h17v14h-17zM3.5 16.5l5-5 4.5 4.5 2.5-2.5 5 4.5M15.5 9.2v.1",
    edit: "M4.5 19.5l1-4.5L16 4.5l3.5 3.5L9 18.5z",
    undo: "M8.5 5L4.5 9l4 4M4.5 9H14a5 5 0 010 10h-3",
    redo: "M15.5 5l4 4-4 4M19.5 9H10a5 5 0 000 10h3",
    close: "M6 6l12 12M18 6L6 18",
    chosen: "M4.5 13l5 5L19.5 6.5",
    original: "M12 7.5a4.5 4.5 0 100 9 4.5 4.5 0 000-9z",
    instead: "M7 4.5V14h11M14 10l4 4-4 4",
  };
  const filled = paths[name].startsWith("!");
  const path = svg("path", { d: paths[name].replace("!", ""), class: filled ? "filled" : "line" });
  return svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, path);
}

/** A button with an icon, words, or both. `name` is for screen readers, `hint` for the mouse. */
export function button(className, { sign, words, name, hint }) {
  const element = html("button", className, { type: "button", "aria-label": name, title: hint });
  if (sign) element.append(icon(sign));
  if (words) element.append(html("span", "words", {}, words));
  return element;
}

/** A share in per cent, as s2s.plots.labels.percent prints it. */
export function percent(share) {
  let digits;
  if (share <= 0) digits = "0";
  else if (share >= 1) digits = "100";
  else if (share < 0.0005) digits = "<\u00a00.1";
  else if (share >= 0.9995) digits = ">\u00a099.9";
  else if (share < 0.0995 || share >= 0.995) digits = (share * 100).toFixed(1);
  else digits = (share * 100).toFixed(0);
  return `${digits}\u00a0%`;
}

/** A weight with two decimals; `short` drops the zero before the point, as under a small tile. */
export function weight(value, short = false) {
  const digits = Math.max(value, 0).toFixed(2);
  return short && value < 0.995 ? digits.slice(1) : digits;
}

/** A count with thin-space thousands. */
export function count(value) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** 1 as "1st". */
export function ordinal(n) {
  const teen = n % 100 >= 10 && n % 100 <= 20;
  const own = { 1: "{n}st", 2: "{n}nd", 3: "{n}rd" };
  return say((!teen && own[n % 10]) || "{n}th", { n });
}
