// What of the contract was exercised.

import { api, reason } from "./api.js";
import { byId, element } from "./element.js";
import { paced } from "./paced.js";
import { trouble } from "./notice.js";

const PAUSE = 400;
const PARTS = ["statuses", "parameters", "properties"];

export class CoveragePanel {
  #drawn = "";

  constructor() {
    this.refresh = paced(() => this.#load(), PAUSE);
  }

  async #load() {
    try {
      this.#draw(await api.coverage());
    } catch (error) {
      trouble(`The coverage could not be read. ${reason(error)}`);
    }
  }

  #draw(coverage) {
    const text = JSON.stringify(coverage);
    if (text === this.#drawn) return;
    this.#drawn = text;
    byId("coverage-count").textContent = `${coverage.seen} of ${coverage.total}`;
    byId("coverage-rows").replaceChildren(...coverage.operations.map(operationRow));
  }
}

function operationRow(row) {
  const marks = PARTS.flatMap((part) => Object.entries(row[part]));
  const seen = marks.filter(([, isSeen]) => isSeen).length;
  const missing = marks.filter(([, isSeen]) => !isSeen).map(([name]) => name);
  const meter = element("meter", { min: 0, max: marks.length, value: seen, "aria-label": `${row.operation}, exercised` });
  meter.textContent = `${seen} of ${marks.length}`;
  meter.style.setProperty("--share", `${(100 * seen) / marks.length}%`);
  return element(
    "li",
    { class: missing.length === 0 ? "whole" : null },
    element("code", { title: `${row.method} ${row.path}` }, row.operation),
    element("span", { class: "fraction" }, `${seen}/${marks.length}`),
    meter,
    missing.length > 0 ? missingElement(missing) : null,
  );
}

function missingElement(names) {
  const chips = names.map((name) => element("li", {}, element("code", {}, name)));
  return element("div", { class: "missing" }, element("span", { class: "soft" }, "missing"), element("ul", {}, ...chips));
}
