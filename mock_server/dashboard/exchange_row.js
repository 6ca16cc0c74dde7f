// One exchange as a row of the journal.

import { element } from "./element.js";
import { time } from "./instant.js";

export function exchangeRow(exchange, isNew, onclick) {
  const row = element(
    "button",
    { type: "button", class: "exchange", "data-row": exchange.number, onclick },
    element("time", { datetime: exchange.at, title: exchange.at }, time(exchange.at)),
    element("span", { class: "method" }, exchange.method),
    statusElement(exchange.status),
    element("span", { class: "path", title: exchange.path }, pathInOrganisation(exchange.path)),
    element("span", { class: "marks" }, ...marks(exchange)),
    element("span", { class: "duration" }, duration(exchange.duration_ms)),
  );
  return element("li", { class: isNew ? "new" : null }, row);
}

/** Everything here is of one organisation: its prefix would only push the rest out of sight. */
const pathInOrganisation = (path) => path.replace(/^.*?(?=\/training\/)/, "");

function marks({ fault, notes }) {
  const found = [];
  if (fault !== null) found.push(element("span", { class: "mark fault", title: fault }, fault));
  if (notes.length > 0) {
    const text = `${notes.length} ${notes.length === 1 ? "note" : "notes"}`;
    found.push(element("span", { class: "mark note", title: notes.join("\n") }, text));
  }
  return found;
}

/** A status in its colour; 0 is an exchange that was never answered. */
export function statusElement(status) {
  const text = status === 0 ? "none" : String(status);
  return element("span", { class: `status status-${Math.floor(status / 100)}` }, text);
}

export function duration(milliseconds) {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(2)} s`;
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}
