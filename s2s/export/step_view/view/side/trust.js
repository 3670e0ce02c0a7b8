// What speaks against trusting the answer, in one line under the readout; and, under the card, whether
// the weights of the step can be trusted. Nothing where nothing is said.

import { html, setText } from "../base/dom.js";

/** The line of the answer: its verdict, then the facts, both words of Python's. */
export function makeTrust(view) {
  const { element, tell } = makeLine("trust");
  return { element, build: () => tell(view.data.trust) };
}

/** The line of the step, where its verdict was computed. */
export function makeVerdict(view) {
  const { element, tell } = makeLine("agreed");
  return { element, paint: () => tell(view.data.verdicts?.[view.step]) };
}

function makeLine(name) {
  const verdict = html("b", "verdict");
  const facts = html("span", "facts");
  const element = html("p", name, { role: "note" }, verdict, " ", facts);
  return {
    element,
    tell(told) {
      element.hidden = !told;
      setText(verdict, told?.verdict ?? "");
      setText(facts, told?.facts ?? "");
    },
  };
}
