// Back, next, play, the slider, and what belongs to the picture as a whole.

import { button, html, icon, say, setText } from "../base/dom.js";
import { makeSave } from "./save.js";
import { makeTrayButton } from "../edit/tray.js";

export function makeTransport(view, act, mount) {
  const back = button("back", {
    sign: "previous",
    name: say("Previous step"),
    hint: say("Previous step (←)"),
  });
  const next = button("next", {
    sign: "next",
    words: say("Next"),
    name: say("Next step"),
    hint: say("Next step (→)"),
  });
  const play = button("play", {
    sign: "play",
    words: say("Play"),
    name: say("Play"),
    hint: say("Play or pause (space)"),
  });
  const speed = button("speed", { words: "1×", name: say("Speed {rate}", { rate: "1×" }), hint: say("Speed") });
  const hide = button("hide", {
    sign: "show",
    name: say("Hide what is not written yet"),
    hint: say("Hide what is not written yet (H)"),
  });
  const keys = button("keys", { sign: "keys", name: say("List of keys"), hint: say("List of keys (?)") });
  const full = button("full", { sign: "full", name: say("Full screen"), hint: say("Full screen (F)") });
  const save = makeSave(view, mount);
  const tray = makeTrayButton(view, act);
  const slider = html("input", "", { type: "range", min: "1", step: "1", "aria-label": say("Step") });
  const ticks = html("span", "ticks", { "aria-hidden": "true" });
  const rail = html("span", "rail", {}, slider, ticks);
  const count_ = html("span", "count");
  const { small } = view.data;
  const own = html("a", "own", { href: small?.own }, small?.label ?? say("Try your own sentence →"));
  const parts = small
    ? [play, back, next, rail, count_, ...(small.lesson ? [] : [own])]
    : [back, next, play, rail, count_, speed, hide, tray.open, keys, save.open, full, save.menu];
  const element = html("div", "transport", { role: "group", "aria-label": say("Steps") }, ...parts);
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
        `${say("step {n} of {of}", { n: step + 1, of: steps })}: ${data.run.output[step].label}`,
      );
      rail.style.setProperty("--share", steps > 1 ? step / (steps - 1) : 0);
      setText(count_, say("step {n} of {of}", { n: step + 1, of: steps }));
      // Not disabled: that would drop the focus, and with it the keys.
      back.setAttribute("aria-disabled", step === 0);
      next.setAttribute("aria-disabled", step === (data.small?.until ?? steps - 1));
      face(
        play,
        playing ? "pause" : "play",
        playing ? say("Pause") : say("Play"),
        playing ? say("Pause") : say("Play"),
      );
      face(speed, "", `${rate}×`, say("Speed {rate}", { rate: `${rate}×` }));
      face(hide, hidden ? "hide" : "show", "", say("Hide what is not written yet"));
      hide.setAttribute("aria-pressed", String(hidden));
      face(full, large ? "leave" : "full", "", large ? say("Leave full screen") : say("Full screen"));
      tray.paint();
    },
  };
}
