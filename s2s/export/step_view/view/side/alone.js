// In the place of the candidates where there is a map and no model: what it cannot tell.

import { html, say } from "../base/dom.js";

export function makeAlone() {
  const lines = [
    say("How sure it was, and which other tokens it weighed: that needs the model."),
    say("What it would write with other weights or another source: that needs it too."),
  ].map((words) => html("p", "", {}, words));
  const title = html("p", "title", {}, html("b", "", {}, say("A map alone")));
  return { element: html("div", "alone", {}, title, ...lines), build() {}, paint() {}, mark() {} };
}
