// Elements of the page. Text goes in as text and nothing else: records and exchanges hold markup on purpose.

export const byId = (id) => document.getElementById(id);

/** Make an element. A child is an element or a text; null is none. `on...` properties listen. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) assign(made, name, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

function assign(made, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (typeof value === "function") made.addEventListener(name.slice(2), value);
  else made.setAttribute(name, value === true ? "" : value);
}

const SVG = "http://www.w3.org/2000/svg";

/** Make one of the pictures of icons.svg; what it stands for is said beside it. */
export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("class", "icon");
  picture.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `dashboard/icons.svg#${name}`);
  picture.append(use);
  return picture;
}

/** Make text that keeps its own direction, whatever is around it. */
export const isolated = (text, properties = {}) => element("bdi", properties, text);

/** Let the buttons in a dialog that say so close it. */
export function closable(dialog) {
  for (const button of dialog.querySelectorAll("[data-close]")) button.addEventListener("click", () => dialog.close());
}
