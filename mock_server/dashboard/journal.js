// What the organisation was asked and what it answered, as it happens, the newest first.

import { OPERATIONS, api, baseUrl, isLooking, reason } from "./api.js";
import { byId, element } from "./element.js";
import { exchangeRow } from "./exchange_row.js";
import { paced } from "./paced.js";
import { keepOneStop, movable } from "./rows.js";
import { trouble } from "./notice.js";

const KEPT = 1000;
const STEP = 200;
const GATHER = 50;
const PAUSE = 200;
const CLASSES = [2, 3, 4, 5];

export class Journal {
  #exchanges = []; // the newest last
  #waiting = [];
  #room = STEP;
  #reading = false;
  #open;

  /** `open` shows an exchange in full. */
  constructor(open) {
    this.#open = open;
    this.refresh = paced(() => this.#read(), PAUSE);
    for (const operation of OPERATIONS) byId("journal-operation").append(element("option", {}, operation));
    this.#offerStatuses();
    byId("journal-operation").addEventListener("change", () => this.#filter());
    byId("journal-status").addEventListener("change", () => this.#filter());
    byId("journal-clear").addEventListener("click", () => this.#clear());
    byId("journal-more").addEventListener("click", () => this.#showMore());
    movable(byId("journal-rows"));
  }

  /** Read the whole journal. What comes meanwhile waits: the answer may or may not hold it. */
  async #read() {
    this.#reading = true;
    this.#waiting = [];
    try {
      const exchanges = await api.journal(KEPT);
      this.#exchanges = exchanges.filter((exchange) => !isLooking(exchange));
      this.#draw();
    } catch (error) {
      trouble(`The journal could not be read. ${reason(error)}`);
    } finally {
      this.#reading = false;
      this.#takeIn();
    }
  }

  /** Take in an exchange that has just been. Many at once are drawn once. */
  add(exchange) {
    if (isLooking(exchange)) return;
    this.#waiting.push(exchange);
    if (this.#waiting.length === 1) setTimeout(() => this.#takeIn(), GATHER);
  }

  #takeIn() {
    if (this.#reading || this.#waiting.length === 0) return;
    const known = this.#exchanges.at(-1)?.number ?? 0;
    const fresh = this.#waiting.filter((exchange) => exchange.number > known);
    const amended = this.#waiting.filter((exchange) => exchange.number <= known);
    this.#waiting = [];
    amended.forEach((exchange) => this.#amend(exchange));
    this.#exchanges = [...this.#exchanges, ...fresh].slice(-KEPT);
    const rows = fresh.filter((exchange) => this.#isWanted(exchange)).reverse();
    byId("journal-rows").prepend(...rows.slice(0, this.#room).map((exchange) => this.#row(exchange, true)));
    this.#trim();
    this.#finish();
  }

  /** Show what has become known of an exchange since: that its client went away, or that its answer is written. */
  #amend(exchange) {
    const place = this.#exchanges.findIndex((other) => other.number === exchange.number);
    if (place < 0) return;
    this.#exchanges[place] = exchange;
    const shown = byId("journal-rows").querySelector(`[data-row="${exchange.number}"]`);
    shown?.closest("li").replaceWith(this.#row(exchange, false));
  }

  #draw() {
    const wanted = this.#exchanges.filter((exchange) => this.#isWanted(exchange)).reverse();
    byId("journal-rows").replaceChildren(...wanted.slice(0, this.#room).map((exchange) => this.#row(exchange, false)));
    this.#finish();
  }

  #row(exchange, isNew) {
    return exchangeRow(exchange, isNew, () => this.#open(exchange));
  }

  #trim() {
    const list = byId("journal-rows");
    while (list.childElementCount > this.#room) list.lastElementChild.remove();
  }

  #finish() {
    const total = this.#exchanges.length;
    const wanted = this.#exchanges.filter((exchange) => this.#isWanted(exchange)).length;
    byId("journal-count").textContent = wanted === total ? String(total) : `${wanted} of ${total}`;
    byId("journal-more").hidden = wanted <= this.#room;
    this.#offerStatuses();
    this.#drawEmpty(total, wanted);
    keepOneStop(byId("journal-rows"));
  }

  #isWanted(exchange) {
    const operation = byId("journal-operation").value;
    const status = byId("journal-status").value;
    if (operation && exchange.operation !== operation) return false;
    return !status || String(exchange.status).startsWith(status);
  }

  #filter() {
    this.#room = STEP;
    this.#draw();
  }

  #showMore() {
    this.#room += STEP;
    this.#draw();
  }

  /** Offer each class of statuses, and each status that there was. */
  #offerStatuses() {
    const select = byId("journal-status");
    const seen = [...new Set(this.#exchanges.map((exchange) => String(exchange.status)))].sort();
    const offered = ["", ...CLASSES.map(String), ...seen];
    if (offered.join() === [...select.options].map((option) => option.value).join()) return;
    const { value } = select;
    const label = (text) => (text === "" ? "Any status" : text.length === 1 && text !== "0" ? `${text}xx` : text);
    select.replaceChildren(...offered.map((text) => element("option", { value: text }, label(text))));
    select.value = offered.includes(value) ? value : "";
  }

  #drawEmpty(total, wanted) {
    const box = byId("journal-empty");
    box.hidden = wanted > 0;
    if (wanted > 0) return box.replaceChildren();
    return box.replaceChildren(...(total > 0 ? nothingFound() : nothingYet()));
  }

  async #clear() {
    try {
      await api.clearJournal();
      await this.refresh();
    } catch (error) {
      trouble(`The journal could not be cleared. ${reason(error)}`);
    }
  }
}

const nothingFound = () => [element("p", {}, "No exchange matches this operation and status.")];

const nothingYet = () => [
  element("p", {}, "Nothing has been asked yet."),
  element("p", { class: "soft" }, "Point your app here, and each exchange shows up as it happens:"),
  element("code", { class: "command" }, `curl '${baseUrl}/training/record/?limit=5'`),
];
