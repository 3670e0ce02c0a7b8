// The step's numbers for those who do not see the picture.

import { html, say, setText } from "../base/dom.js";

export function makeTable(view) {
  const element = html("div", "numbers-table");
  let weights = [];
  let choices = [];
  let captions = [];

  function table(head, size) {
    const caption = html("caption");
    const rows = Array.from({ length: size }, () => [html("th", "", { scope: "row" }), html("td")]);
    const body = html("tbody", "", {}, ...rows.map((cells_) => html("tr", "", {}, ...cells_)));
    const top = html("tr", "", {}, ...head.map((name) => html("th", "", { scope: "col" }, name)));
    captions.push(caption);
    return { rows, element: html("table", "", {}, caption, html("thead", "", {}, top), body) };
  }

  return {
    element,
    build() {
      const { data } = view;
      captions = [];
      const most = Math.max(...data.run.candidates.map((row) => row.length));
      const left = table(
        [say("Source {unit}", { unit: say(data.names.unit) }), say("Weight")],
        data.attention ? data.source.length : 0,
      );
      const right = table([say("Candidate"), say("Probability")], most);
      weights = left.rows;
      choices = right.rows;
      weights.forEach(([name], s) => setText(name, data.source[s].label));
      element.replaceChildren(
        ...(data.attention ? [left.element] : []),
        ...(most ? [right.element] : []),
      );
    },
    paint() {
      const { data, step } = view;
      const { run } = data;
      const values = {
        n: step + 1,
        of: run.output.length,
        token: run.output[step].label,
        probability: run.probability?.[step].toFixed(4),
      };
      const choices_ = say(
        "Candidates at step {n} of {of}: {token}, probability {probability}",
        values,
      );
      const row = run.probability
        ? say("Attention at step {n} of {of}: {token}, probability {probability}", values)
        : say("Attention at step {n} of {of}: {token}", values);
      setText(captions[0], row);
      setText(captions[1], choices_);
      weights.forEach(([, cell], s) => setText(cell, run.attention[step][s].toFixed(4)));
      choices.forEach(([token, cell], i) => {
        const candidate = run.candidates[step][i];
        setText(token, candidate ? candidate.label : "");
        setText(cell, candidate ? candidate.p.toFixed(4) : "");
      });
    },
  };
}
