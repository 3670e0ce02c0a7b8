// What a phone keeps for itself in a room, and who comes next in a running order.

const ROOM = "s2s.room";

/** What was guessed in a room: all phones are told the same, so each keeps its own guesses. */
export function guesses(room) {
  try {
    const found = JSON.parse(localStorage.getItem(ROOM));
    return found?.room === room && found.guesses ? found.guesses : {};
  } catch {
    return {};
  }
}

export function keepGuess(room, id, guess) {
  try {
    localStorage.setItem(ROOM, JSON.stringify({ room, guesses: { ...guesses(room), [id]: guess } }));
  } catch {
    // then a guess is forgotten when the phone comes back
  }
}

/** Whether a running order has a view before or after this page's; it opens. */
export const turned = (by) =>
  !document.dispatchEvent(new CustomEvent("s2s-turn", { detail: by, cancelable: true }));
