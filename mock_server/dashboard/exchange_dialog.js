// One exchange in full.

import { byId, closable, element } from "./element.js";
import { copies } from "./clipboard.js";
import { curl } from "./curl.js";
import { duration, statusElement } from "./exchange_row.js";
import { day, time } from "./instant.js";
import { shown } from "./json.js";

export class ExchangeDialog {
  #dialog = byId("exchange-dialog");
  #exchange = null;

  constructor() {
    closable(this.#dialog);
    copies(byId("exchange-curl"), () => curl(this.#exchange));
  }

  open(exchange) {
    this.#exchange = exchange;
    const method = element("span", { class: "method" }, exchange.method);
    byId("exchange-title").replaceChildren(method, " ", statusElement(exchange.status));
    byId("exchange-body").replaceChildren(
      element("code", { class: "target" }, exchange.path),
      facts(exchange),
      ...notes(exchange.notes),
      message("Request", exchange.request),
      message("Response", exchange.response),
    );
    this.#dialog.showModal();
    byId("exchange-body").scrollTop = 0;
    this.#dialog.querySelector("[data-close]").focus();
  }
}

function facts({ number, at, operation, duration_ms: took, fault }) {
  const pairs = [
    ["Operation", operation ?? "none"],
    ["Received", `${day(at)} ${time(at)} UTC`],
    ["Took", duration(took)],
    ["Number", String(number)],
    ["Fault", fault],
  ];
  const list = element("dl", { class: "facts" });
  for (const [name, value] of pairs) {
    if (value === null) continue;
    const kind = name === "Fault" ? "fault" : null;
    list.append(element("div", { class: kind }, element("dt", {}, name), element("dd", {}, value)));
  }
  return list;
}

function notes(texts) {
  if (texts.length === 0) return [];
  return [element("ul", { class: "notes", "aria-label": "Notes" }, ...texts.map((text) => element("li", {}, text)))];
}

function message(title, { headers, body, truncated }) {
  return element(
    "section",
    { class: "message" },
    element("h3", {}, title),
    headersTable(headers, title),
    bodyElement(body, title),
    truncated ? element("p", { class: "soft hint" }, "Cut here: only the first 64 KiB are kept.") : null,
  );
}

function headersTable(headers, title) {
  const rows = headers.map(([name, value]) =>
    element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, value)),
  );
  return element("table", { class: "headers", "aria-label": `${title} headers` }, element("tbody", {}, ...rows));
}

function bodyElement(body, title) {
  if (body === "") return element("p", { class: "soft hint" }, "No body.");
  return element("pre", { class: "body", tabindex: "0", "aria-label": `${title} body` }, ...shown(body));
}
