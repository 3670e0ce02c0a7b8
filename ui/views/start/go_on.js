// The last address that this browser was at, as address.js keeps it, as a link.

const LAST = "s2s.last";

function last() {
  try {
    const { path, page, text } = JSON.parse(localStorage.getItem(LAST));
    // Only an address of this site: whoever writes into the storage could write anything.
    return { href: new URL(path, location.origin).pathname === path.split("?")[0] && path, page, text };
  } catch {
    return {}; // nothing kept, or no storage allowed
  }
}

export default function ({ parentElement }) {
  const link = parentElement.querySelector("a");
  const { href, page, text } = last();
  link.hidden = !href;
  if (!href) return;
  link.href = href;
  const sentence = document.createElement("i");
  sentence.textContent = text ?? "";
  link.replaceChildren(`↩ Go on: ${page}${text ? " · " : ""}`, sentence);
}
