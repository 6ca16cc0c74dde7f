// Copying, with a word that it was done.

import { element } from "./element.js";

/** Let a button copy what `text()` gives at the time. */
export function copies(button, text) {
  const said = element("span", { class: "hidden", role: "status" });
  button.after(said);
  button.addEventListener("click", async () => {
    const copied = await copy(text(), button.parentElement);
    said.textContent = copied ? "Copied" : "This browser does not let the page copy";
    button.dataset.said = copied ? "Copied" : "Not copied";
    setTimeout(() => {
      said.textContent = "";
      delete button.dataset.said;
    }, 2000);
  });
}

async function copy(text, beside) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyThroughSelection(text, beside);
  }
}

// navigator.clipboard is there only on https and localhost; a mock is often read from another machine.
function copyThroughSelection(text, beside) {
  const before = document.activeElement;
  const area = element("textarea", { class: "hidden", "aria-hidden": "true" });
  area.value = text;
  beside.append(area); // within an open dialog, or the focus could not go there
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  before?.focus();
  return copied;
}
