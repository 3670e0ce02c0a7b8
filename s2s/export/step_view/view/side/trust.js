// What speaks against trusting the answer, in one line under the readout; nothing where nothing does.

import { html, setText } from "../base/dom.js";

/** The line: its verdict, then the facts, both words of Python's. */
export function makeTrust(view) {
  const verdict = html("b", "verdict");
  const facts = html("span", "facts");
  const element = html("p", "trust", { role: "note" }, verdict, " ", facts);
  return {
    element,
    build() {
      const { trust } = view.data;
      element.hidden = !trust;
      setText(verdict, trust?.verdict ?? "");
      setText(facts, trust?.facts ?? "");
    },
  };
}
