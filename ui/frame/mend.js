// What a link asks for and nobody can have is taken out of the entry that the link opened.

const query = (text) => new URLSearchParams(text).toString();

export default function ({ data }) {
  if (query(location.search) === query(data.asked))
    history.replaceState(history.state, "", `${location.pathname}?${data.shown}`);
}
