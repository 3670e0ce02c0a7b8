// Back, next, play, the slider, and what belongs to the picture as a whole.

import { button, html, icon, setText } from "../base/dom.js";
import { makeSave } from "./save.js";
import { makeTrayButton } from "../edit/tray.js";

export function makeTransport(view, act, mount) {
  const back = button("back", {
    sign: "previous",
    name: "Previous step",
    hint: "Previous step (←)",
  });
  const next = button("next", {
    sign: "next",
    words: "Next",
    name: "Next step",
    hint: "Next step (→)",
  });
  const play = button("play", {
    sign: "play",
    words: "Play",
    name: "Play",
    hint: "Play or pause (space)",
  });
  const speed = button("speed", { words: "1×", name: "Speed 1×", hint: "Speed" });
  const hide = button("hide", {
    sign: "show",
    name: "Hide what is not written yet",
    hint: "Hide what is not written yet (H)",
  });
  const keys = button("keys", { sign: "keys", name: "List of keys", hint: "List of keys (?)" });
  const full = button("full", { sign: "full", name: "Full screen", hint: "Full screen (F)" });
  const save = makeSave(view, mount);
  const tray = makeTrayButton(view, act);
  const slider = html("input", "", { type: "range", min: "1", step: "1", "aria-label": "Step" });
  const ticks = html("span", "ticks", { "aria-hidden": "true" });
  const rail = html("span", "rail", {}, slider, ticks);
  const count_ = html("span", "count");
  const { small } = view.data;
  const own = html("a", "own", { href: small?.own }, small?.label ?? "Try your own sentence →");
  const parts = small
    ? [play, back, next, rail, count_, ...(small.lesson ? [] : [own])]
    : [back, next, play, rail, count_, speed, hide, tray.open, keys, save.open, full, save.menu];
  const element = html("div", "transport", { role: "group", "aria-label": "Steps" }, ...parts);
  if (!small) element.append(tray.why);

  back.onclick = () => act.go(view.step - 1);
  next.onclick = () => act.go(view.step + 1);
  play.onclick = act.play;
  speed.onclick = act.speed;
  hide.onclick = act.hide;
  keys.onclick = act.keys;
  full.onclick = act.full;
  slider.oninput = () => act.go(Number(slider.value) - 1);
  full.hidden = !document.fullscreenEnabled;

  /** A picture or words change only where they differ: a new icon would lose a click. */
  function face(element_, sign, words, name) {
    if (element_.dataset.sign !== `${sign} ${words}`) {
      element_.dataset.sign = `${sign} ${words}`;
      if (sign) element_.querySelector(".icon").replaceWith(icon(sign));
      if (words) setText(element_.querySelector(".words"), words);
    }
    element_.setAttribute("aria-label", name);
  }

  return {
    element,
    build() {
      const { data } = view;
      const steps = data.run.output.length;
      slider.max = steps;
      const at = (t) => `--at: ${steps > 1 ? t / (steps - 1) : 0}`;
      const marks =
        steps <= 24 ? data.run.output.map((_, t) => html("i", "", { style: at(t) })) : [];
      const edited = data.run.output
        .map((_, t) => t)
        .filter((t) => data.run.forced[t] || data.run.attended.includes(t));
      const pens = edited.map((t) => html("b", "", { style: at(t) }, icon("edit")));
      ticks.replaceChildren(...marks, ...pens);
      element.classList.toggle("edited", edited.length > 0);
      tray.build();
    },
    why: tray.say,
    paint() {
      const { data, step, playing, hidden, rate, full: large } = view;
      const steps = data.run.output.length;
      if (slider.value !== String(step + 1)) slider.value = step + 1;
      slider.setAttribute(
        "aria-valuetext",
        `step ${step + 1} of ${steps}: ${data.run.output[step].label}`,
      );
      rail.style.setProperty("--share", steps > 1 ? step / (steps - 1) : 0);
      setText(count_, `step ${step + 1} of ${steps}`);
      // Not disabled: that would drop the focus, and with it the keys.
      back.setAttribute("aria-disabled", step === 0);
      next.setAttribute("aria-disabled", step === (data.small?.until ?? steps - 1));
      face(
        play,
        playing ? "pause" : "play",
        playing ? "Pause" : "Play",
        playing ? "Pause" : "Play",
      );
      face(speed, "", `${rate}×`, `Speed ${rate}×`);
      face(hide, hidden ? "hide" : "show", "", "Hide what is not written yet");
      hide.setAttribute("aria-pressed", String(hidden));
      face(full, large ? "leave" : "full", "", large ? "Leave full screen" : "Full screen");
      tray.paint();
    },
  };
}
