// A long list takes one stop of the Tab key; the arrow keys move within it.

const STEPS = { ArrowUp: -1, ArrowDown: 1 };

/** Let the arrow keys, Home and End move between the rows in `list`; a row may have several buttons. */
export function movable(list) {
  list.addEventListener("keydown", (event) => move(list, event));
  list.addEventListener("focusin", (event) => makeCurrent(list, event.target.closest("[data-row]")));
}

/** After rows came or went: exactly one row is a stop of the Tab key. */
export function keepOneStop(list) {
  const current = list.querySelector("[data-row][data-current]") ?? list.querySelector("[data-row]");
  if (current) makeCurrent(list, current);
}

function makeCurrent(list, row) {
  if (!row) return;
  for (const other of list.querySelectorAll("[data-row]")) {
    const isIt = other === row;
    other.toggleAttribute("data-current", isIt);
    for (const button of buttonsOf(other)) button.tabIndex = isIt ? 0 : -1;
  }
}

function buttonsOf(row) {
  return row.matches("button") ? [row] : [...row.querySelectorAll("button")];
}

function move(list, event) {
  const row = event.target.closest("[data-row]");
  if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = [...list.querySelectorAll("[data-row]")];
  const at = rows.indexOf(row);
  const to = { Home: 0, End: rows.length - 1 }[event.key] ?? at + (STEPS[event.key] ?? NaN);
  if (Number.isNaN(to)) return;
  event.preventDefault();
  const place = buttonsOf(row).indexOf(event.target);
  const next = rows[Math.min(Math.max(to, 0), rows.length - 1)];
  buttonsOf(next)[Math.max(place, 0)].focus();
}
