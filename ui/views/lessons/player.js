// One question: story, choices, answer, and the way on. Knows no lesson; every text comes as text.

import { guesses, keepGuess, turned } from "./room.js";

const players = new WeakMap();
const STORE = "s2s.lessons";

function element(tag, name, attributes = {}, ...children) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  for (const [key, value] of Object.entries(attributes))
    if (value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
  made.append(...children);
  return made;
}

/** Pieces of a line, each with its kind. */
const line = (tag, name, runs) =>
  element(tag, name, {}, ...runs.map(([text, kind]) =>
    kind === "plain" ? text : element({ strong: "strong", em: "em" }[kind] ?? "b", kind, {}, text)));

/** Questions that were answered in this browser, by lesson; nothing where no storage is allowed. */
function answered() {
  try {
    const found = JSON.parse(localStorage.getItem(STORE));
    return found && typeof found === "object" ? found : {};
  } catch {
    return {};
  }
}

function remember({ lesson, question }) {
  const found = answered();
  const those = Array.isArray(found[lesson]) ? found[lesson] : [];
  if (those.includes(question)) return;
  try {
    localStorage.setItem(STORE, JSON.stringify({ ...found, [lesson]: [...those, question] }));
  } catch {
    // then the dots forget
  }
}

class Player {
  constructor(component) {
    this.root = component.parentElement.querySelector(".lesson") ?? component.parentElement;
    this.listen = (event) => this.key(event);
    document.addEventListener("keydown", this.listen);
    this.build();
    this.update(component);
  }

  build() {
    const part = (tag, name, attributes) => (this[name] = element(tag, name, attributes));
    this.back_ = element("button", "back", { type: "button" });
    this.on = element("button", "on", { type: "button" });
    this.back_.onclick = () => this.back();
    this.on.onclick = () => this.forward();
    this.root.replaceChildren(
      element("div", "head", {}, part("ol", "dots"), part("span", "progress"), part("span", "room")),
      part("div", "story"),
      part("h2", "ask", { id: "lesson-ask" }),
      part("div", "choices", { role: "group", "aria-labelledby": "lesson-ask" }),
      part("div", "answer", { role: "status" }),
      element("div", "ways", {}, this.back_, this.on),
      part("p", "keys"),
    );
  }

  destroy() {
    document.removeEventListener("keydown", this.listen);
  }

  update(component) {
    this.tell = (act) => component.setTriggerValue("act", { ...act, id: component.data.id });
    const fresh = this.data?.id !== component.data.id;
    const was = this.data;
    this.data = component.data;
    if (this.data.follows) {
      if (fresh || !was.follows) this.guess = guesses(this.data.follows)[this.data.id] ?? null;
    }
    // What was guessed a moment ago may still be on its way there.
    else if (fresh || this.data.guess !== null || was?.guess !== null) this.guess = this.data.guess;
    if (this.data.shown) remember(this.data);
    this.paint(fresh || JSON.stringify(was.choices) !== JSON.stringify(this.data.choices));
  }

  paint(fresh) {
    const { data } = this;
    const { words } = data;
    this.root.lang = data.language;
    const known = answered()[data.lesson] ?? [];
    this.dots.setAttribute("aria-label", words.dots);
    this.dots.replaceChildren(
      ...Array.from({ length: data.of }, (_, at) => {
        const done = known.includes(at);
        const dot = element("li", `${done ? "done" : ""} ${at === data.question ? "here" : ""}`, {
          "aria-current": at === data.question && "step",
        });
        dot.append(element("span", "unseen", {}, `${at + 1}${done ? ` ${words.seen}` : ""}`));
        return dot;
      }),
    );
    this.progress.textContent = words.progress
      .replace("{n}", data.question + 1)
      .replace("{of}", data.of);
    this.room.textContent = data.told ?? "";
    this.story.replaceChildren(...data.story.map((runs) => line("p", "", runs)));
    this.ask.replaceChildren(...line("span", "", data.ask).childNodes);
    this.choices.className = `choices ${data.kind}`;
    if (fresh) this.makeChoices();
    this.paintChoices();
    this.paintAnswer();
    this.back_.textContent = `‹ ${words.back}`;
    this.back_.disabled = data.question === 0 && !data.shown && this.guess === null;
    const held = data.follows;
    this.back_.hidden = Boolean(held);
    this.on.hidden = Boolean(held && (data.shown || data.hides));
    this.on.textContent = data.shown ? (data.last ? words.done : `${words.next} ›`) : `${words.answer} ›`;
    this.keys.replaceChildren(...this.keyLine());
    this.keys.hidden = Boolean(held);
  }

  /** The line of keys, each as a key. */
  keyLine() {
    const many = Math.min(this.data.choices.length, 9);
    const caps = { a: "1", b: String(many), right: "→", down: "PgDn", left: "←", up: "PgUp" };
    const parts = this.data.words.keys.split(/(\{\w+\})/);
    const from = many ? 0 : parts.findIndex((part) => part === "{right}") - 1;
    return parts
      .slice(from)
      .map((part) => (caps[part.slice(1, -1)] ? element("kbd", "", {}, caps[part.slice(1, -1)]) : part))
      .map((part, at) => (!many && at === 0 ? part.replace(/^ · /, "") : part));
  }

  makeChoices() {
    const { data } = this;
    if (data.kind === "number") {
      this.slider = element("input", "", {
        type: "range", min: data.low, max: data.high, step: data.by, "aria-label": data.words.slider,
      });
      this.slider.value = this.guess ?? (data.low + data.high) / 2;
      this.slider.oninput = () => {
        this.guess = Number(this.slider.value);
        this.paintChoices();
      };
      this.slider.onchange = () => this.choose(this.guess);
      this.mark = element("span", "mark", {});
      this.out = element("output", "", {});
      this.choices.replaceChildren(
        element("div", "rail", {}, this.slider, this.mark), this.out,
      );
      return;
    }
    this.choices.replaceChildren(
      ...data.choices.map((runs, at) => {
        const choice = element("button", "choice", { type: "button" },
          element("span", "nth", { "aria-hidden": "true" }, at < 9 ? String(at + 1) : ""),
          line("span", "text", runs),
          element("span", "verdict"),
        );
        choice.onclick = () => this.choose(at);
        return choice;
      }),
    );
  }

  paintChoices() {
    const { data } = this;
    const { words, shown } = data;
    if (data.kind === "number") {
      const written = (value) =>
        data.share ? `${Number((value * 100).toFixed(1))} %` : String(Number(value.toFixed(4)));
      this.slider.disabled = shown;
      this.mark.hidden = !shown;
      if (shown) {
        const share = (data.right - data.low) / (data.high - data.low);
        this.mark.style.setProperty("--at", share);
      }
      const mine = this.guess === null ? "–" : written(this.guess);
      this.out.replaceChildren(
        element("span", "mine", {}, `○ ${words.guess}: ${mine}`),
        shown ? element("span", "real", {}, `✓ ${words.right}: ${data.value}`) : "",
      );
      this.slider.setAttribute("aria-valuetext", mine);
      return;
    }
    const total = data.counts?.reduce((sum, count) => sum + count, 0) || 0;
    for (const [at, choice] of [...this.choices.children].entries()) {
      const mine = at === this.guess;
      const right = shown && at === data.right;
      choice.classList.toggle("mine", mine);
      choice.classList.toggle("right", right);
      choice.setAttribute("aria-pressed", mine);
      choice.disabled = shown;
      const said = [right && `✓ ${words.right}`, mine && `○ ${words.guess}`].filter(Boolean).join(" · ");
      const verdict = choice.querySelector(".verdict");
      verdict.replaceChildren(said);
      if (shown && total) {
        const bar = element("i", "bar", { "aria-hidden": "true" });
        bar.style.setProperty("--share", data.counts[at] / total);
        verdict.append(bar, element("span", "count", {}, String(data.counts[at])));
      }
    }
  }

  paintAnswer() {
    const { data } = this;
    const [result, takeaway] = data.letters;
    const width = Math.max(this.root.clientWidth - 32, 240);
    const wide = data.language === "ko" ? 12 : 8; // px of a letter, about
    const rows = Math.ceil((result * wide) / width) * 24 + Math.ceil((takeaway * wide * 1.1) / width) * 25;
    this.answer.style.minHeight = `${rows + 36}px`;
    this.answer.classList.toggle("empty", !data.shown);
    this.answer.replaceChildren(
      ...(data.shown
        ? [...data.result.map((runs) => line("p", "", runs)), line("p", "takeaway", data.takeaway)]
        : [element("p", "", {}, data.waits ?? data.words.before)]),
    );
  }

  choose(at) {
    const { data } = this;
    if (data.shown || (data.kind !== "number" && at >= data.choices.length)) return;
    this.guess = at;
    if (data.follows) keepGuess(data.follows, data.id, at);
    this.paintChoices();
    this.tell({ do: "guess", value: at });
  }

  forward() {
    if (this.on.hidden) return;
    this.tell(this.data.shown ? { do: "next" } : { do: "answer", value: this.guess });
  }

  back() {
    if (!this.back_.disabled && !this.back_.hidden) this.tell({ do: "back" });
  }

  key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const [target] = event.composedPath();
    if (!this.root.isConnected || target.closest?.("[role=dialog], [role=listbox], .card")) return;
    const slides = target === this.slider && !target.disabled;
    // A slider that is done keeps the focus until the browser draws the next time.
    if (target !== this.slider && target.matches?.("input, textarea, select, [contenteditable]"))
      return;
    // A group of buttons moves by arrow keys itself.
    if (target.matches?.("[role=radio]") && event.key.startsWith("Arrow")) return;
    const act = {
      ArrowRight: !slides && (() => this.forward()),
      PageDown: () => (this.data.shown && this.data.last && turned(1)) || this.forward(),
      ArrowLeft: !slides && (() => this.back()),
      PageUp: () => (this.back_.disabled && turned(-1)) || this.back(),
      h: () => this.tell(this.data.shown ? { do: "back" } : { do: "answer", value: this.guess }),
      Enter: slides && (() => this.forward()),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    const nth = /^[1-9]$/.test(event.key) && this.data.kind !== "number" && Number(event.key) - 1;
    if ((!act && nth === false) || (event.key.toLowerCase() === "h" && this.data.follows)) return;
    event.preventDefault();
    if (act) act();
    else this.choose(nth);
  }
}

export default function (component) {
  const { parentElement } = component;
  const known = players.get(parentElement);
  if (known) {
    known.update(component);
    return known.remove;
  }
  const player = new Player(component);
  player.remove = () => {
    player.destroy();
    players.delete(parentElement);
  };
  players.set(parentElement, player);
  return player.remove;
}
