// Instants as people read them. The text of the API is cut, not parsed: a Date would lose microseconds, and
// misread the first years.

import { element } from "./element.js";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "13 Jan 2025", of "2025-01-13T09:00:00Z". */
export function day(text) {
  const [year, month, number] = text.slice(0, 10).split("-");
  return `${Number(number)} ${MONTHS[Number(month) - 1]} ${year}`;
}

/** "09:00:00", of "2025-01-13T09:00:00.25Z". */
export const time = (text) => text.slice(11, 19);

/** An instant in two lines, with the exact text on hover; a dash where there is none. */
export function instantElement(text, label) {
  if (text === null) return element("span", { class: "never", "aria-label": `not ${label}` }, "–");
  const shown = element("time", { datetime: text, title: text }, day(text));
  shown.append(" ", element("small", {}, text.slice(11, 16)));
  return shown;
}
