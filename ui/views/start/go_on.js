// The last address that this browser was at, as address.js keeps it, as a link.

const LAST = "s2s.last";

function last() {
  try {
    const { path, text } = JSON.parse(localStorage.getItem(LAST));
    // Only an address of this site: whoever writes into the storage could write anything.
    const address = new URL(path, location.origin);
    return address.pathname === path.split("?")[0] ? { address, text } : {};
  } catch {
    return {}; // nothing kept, or no storage allowed
  }
}

export default function ({ parentElement, data }) {
  const link = parentElement.querySelector("a");
  const { address, text } = last();
  const page = data.pages[address?.pathname.split("/").filter(Boolean).pop()];
  link.hidden = !page;
  if (!page) return;
  if (data.lang) address.searchParams.set("lang", data.lang);
  link.href = address.pathname + address.search;
  const sentence = document.createElement("i");
  sentence.textContent = text ?? "";
  link.replaceChildren(`↩ ${data.says.replace("{page}", page)}${text ? " · " : ""}`, sentence);
}
