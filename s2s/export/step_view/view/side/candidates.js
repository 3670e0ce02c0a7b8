// What the model would have written: five bars, one click away from a what-if.

import { count, html, icon, percent, say, setAll, setText } from "../base/dom.js";

export function makeCandidates(view, edit) {
  const list = html("div", "choices", { role: "group", "aria-label": say("Candidates") });
  const title = html("b");
  const hint = html("span", "hint");
  const others = html("div", "others");
  const element = html("div", "candidates", {}, html("p", "title", {}, title, hint), list, others);
  let rows = [];
  let typing = null;

  /** The step's candidates; the written token is among them even where it was not probable. */
  function choices(t) {
    const { run, original } = view.data;
    const chosen = run.output[t];
    const found = run.candidates[t].map((token) => ({
      ...token,
      chosen: token.raw === chosen.raw,
    }));
    if (!found.some((token) => token.chosen))
      found.push({ ...chosen, p: run.probability[t], chosen: true });
    const first = original?.output[t]?.raw;
    return found.map((token) => ({ ...token, original: !token.chosen && token.raw === first }));
  }

  function build() {
    const { data } = view;
    const unit = say(data.names.unit);
    const can = Boolean(edit && data.can.force);
    setText(title, say("Next {unit}", { unit }));
    const how = view.coarse
      ? say("tap one to write it instead")
      : say("click one to write it instead");
    setText(hint, can ? how : "");
    const most = Math.max(...data.run.output.map((_, t) => choices(t).length));
    while (rows.length > most) rows.pop().element.remove();
    while (rows.length < most) {
      rows.push(candidateRow());
      list.append(rows[rows.length - 1].element);
    }
    const count_ = html("span", "share");
    if (can) {
      const name = say("write another {unit}", { unit });
      const field = html("input", "", {
        type: "text",
        "aria-label": name,
        autocomplete: "off",
        autocapitalize: "off",
        spellcheck: "false",
        enterkeyhint: "go",
        maxlength: "200",
      });
      typing = { form: html("form", "typing", {}, field), field };
      typing.form.onsubmit = (event) => {
        event.preventDefault();
        if (field.value) edit({ do: "type", step: view.step, text: field.value });
        field.value = "";
      };
      others.replaceChildren(typing.form, count_);
    } else {
      typing = null;
      others.replaceChildren(html("span", "words"), count_);
    }
  }

  function paint() {
    const { data, step } = view;
    const can = Boolean(edit && data.can.force);
    const found = choices(step);
    rows.forEach((row, i) => paintRow(row, found[i], can));
    const rest = Math.max(0, 1 - found.reduce((sum, token) => sum + token.p, 0));
    const left = Math.max(0, data.vocabulary - found.length);
    setText(others.querySelector(".share"), percent(left ? Math.max(rest, 1e-9) : 0));
    const words =
      left === 1 ? say("{n} other", { n: count(left) }) : say("{n} others", { n: count(left) });
    const wish = left ? say("{others}: type one", { others: words }) : say("Type a token");
    if (typing) typing.field.placeholder = wish;
    else setText(others.querySelector(".words"), words);
  }

  list.addEventListener("click", (event) => {
    const at = rows.findIndex((row) => row.element === event.target.closest("button"));
    const token = choices(view.step)[at];
    if (edit && view.data.can.force && token && !token.chosen)
      edit({ do: "force", step: view.step, token: token.raw });
  });

  return {
    element,
    build,
    paint,
    /** Moves the mark up or down; the marked candidate has the focus, so Enter writes it. */
    mark(way) {
      const shown = rows
        .filter((row) => !row.element.hidden && !row.element.disabled)
        .map((row) => row.element);
      if (!shown.length) return;
      const focused = shown.indexOf(element.getRootNode().activeElement);
      const at = focused < 0 ? (way > 0 ? 0 : shown.length - 1) : focused + way;
      shown[Math.min(Math.max(at, 0), shown.length - 1)].focus();
    },
  };
}

function candidateRow() {
  const sign = html("span", "sign", {}, icon("chosen"), icon("original"), icon("instead"));
  const name = html("span", "name");
  const fill = html("i");
  const share = html("span", "share");
  const element = html(
    "button",
    "candidate",
    { type: "button" },
    sign,
    name,
    html("span", "track", {}, fill),
    share,
  );
  return { element, name, fill, share };
}

function paintRow({ element, name, fill, share }, token, can) {
  element.hidden = !token;
  if (!token) return;
  setText(name, token.label);
  setText(share, percent(token.p));
  fill.style.width = `${token.p * 100}%`;
  element.classList.toggle("chosen", token.chosen);
  element.classList.toggle("original", token.original);
  element.disabled = !can;
  const kind = token.chosen
    ? say("written")
    : can
      ? say("write it instead")
      : say("not written");
  setAll(element, {
    "aria-label": `${token.label}, ${percent(token.p)}, ${kind}`,
    title: [...token.label].length > 12 ? token.label : null,
  });
}
