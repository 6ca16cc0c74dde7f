// Short messages at the edge of the page, read out by screen readers.

import { byId, element } from "./element.js";

const STAYS = { done: 4000, trouble: 10_000 };
const SHOWN = 3;

function show(text, kind) {
  const box = byId("notices");
  const line = element("p", { class: `notice ${kind}` }, text);
  while (box.childElementCount >= SHOWN) box.firstElementChild.remove();
  box.append(line);
  setTimeout(() => line.remove(), STAYS[kind]);
}

export const done = (text) => show(text, "done");
export const trouble = (text) => show(text, "trouble");
