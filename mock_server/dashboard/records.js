// The records in a table: searched and paged by the API, filtered by state here, for the API has no such filter.

import { api, reason } from "./api.js";
import { byId, element } from "./element.js";
import { paced } from "./paced.js";
import { keepOneStop, movable } from "./rows.js";
import { recordRow } from "./record_row.js";

const BATCH = 1000;
const PAUSE = 200;
const TYPING = 200;
// Where a record is a card, fifty of them would bury all that comes below.
const LIMIT = matchMedia("(max-width: 43.99rem)").matches ? 10 : 50;

export const stateOf = (record) => {
  if (record.date_completed !== null) return "completed";
  return record.date_started !== null ? "started" : "assigned";
};

export class Records {
  #directory;
  #actions;
  #query = { search: "", state: "", limit: LIMIT, offset: 0 };
  #count = 0;
  #shown = { query: "", rows: new Map() };

  /** `actions` is what can be done with a record: {edit, remove, create}. */
  constructor(directory, actions) {
    this.#directory = directory;
    this.#actions = actions;
    this.refresh = paced(() => this.#load(), PAUSE);
    this.#listen();
  }

  #listen() {
    let typing;
    byId("records-term").addEventListener("input", (event) => {
      clearTimeout(typing);
      typing = setTimeout(() => this.#ask({ search: event.target.value, offset: 0 }), TYPING);
    });
    byId("records-search").addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(typing);
      this.#ask({ search: byId("records-term").value, offset: 0 });
    });
    byId("records-state").addEventListener("change", (event) => this.#ask({ state: event.target.value, offset: 0 }));
    byId("records-limit").value = LIMIT;
    byId("records-limit").addEventListener("change", (event) => {
      this.#ask({ limit: Number(event.target.value), offset: 0 });
    });
    for (const button of document.querySelectorAll("[data-page]")) {
      button.addEventListener("click", () => this.#turn(button));
    }
    movable(byId("records-rows"));
  }

  #ask(change) {
    Object.assign(this.#query, change);
    return this.refresh();
  }

  /** Go to a page. A button that has nowhere to go stays focusable, or the focus would be lost on it. */
  #turn(button) {
    if (button.getAttribute("aria-disabled") === "true") return;
    const { limit, offset } = this.#query;
    const last = Math.max(0, Math.ceil(this.#count / limit) - 1) * limit;
    const to = { first: 0, previous: Math.max(0, offset - limit), next: Math.min(offset + limit, last), last };
    this.#ask({ offset: to[button.dataset.page] });
    byId("records-table").closest(".scroll").scrollTop = 0;
  }

  async #load() {
    byId("records-table").setAttribute("aria-busy", "true");
    const query = { ...this.#query };
    try {
      const { count, results } = await (query.state ? this.#filtered(query) : api.listRecords(query));
      if (results.length === 0 && count > 0) return this.#stepBack(count);
      this.#count = count;
      this.#draw(query, results);
      this.#trouble(null);
    } catch (error) {
      this.#trouble(error);
    } finally {
      byId("records-table").removeAttribute("aria-busy");
    }
  }

  async #filtered({ search, state, limit, offset }) {
    const found = [];
    let total = Infinity;
    for (let at = 0; at < total; at += BATCH) {
      const page = await api.listRecords({ search, limit: BATCH, offset: at });
      total = page.count;
      found.push(...page.results.filter((record) => stateOf(record) === state));
    }
    return { count: found.length, results: found.slice(offset, offset + limit) };
  }

  /** The list became shorter than where this page begins. */
  #stepBack(count) {
    const { limit } = this.#query;
    this.#query.offset = (Math.ceil(count / limit) - 1) * limit;
    return this.#load();
  }

  #draw(query, results) {
    const asked = JSON.stringify(query);
    const isUpdate = asked === this.#shown.query;
    const rows = new Map(results.map((record) => [record.api_id, this.#row(record, isUpdate)]));
    const focus = focused();
    byId("records-rows").replaceChildren(...[...rows.values()].map(({ row }) => row));
    this.#shown = { query: asked, rows };
    keepOneStop(byId("records-rows"));
    refocus(focus);
    this.#drawPager(query, results.length);
    this.#drawEmpty(query);
  }

  /** The row of a record: the one that is there already if nothing of it changed. */
  #row(record, isUpdate) {
    const { people, packages } = this.#directory;
    const person = people.get(record.person_api_id);
    const pack = packages.get(record.package_api_id);
    const text = JSON.stringify([record, person, pack]);
    const old = this.#shown.rows.get(record.api_id);
    if (old?.text === text) {
      delete old.row.dataset.changed;
      return old;
    }
    const row = recordRow(record, person, pack, stateOf(record), this.#actions);
    if (isUpdate) row.dataset.changed = "";
    return { row, text };
  }

  #drawPager({ limit, offset }, length) {
    const number = (value) => value.toLocaleString("en");
    byId("records-count").textContent = number(this.#count);
    byId("records-range").textContent = length
      ? `${number(offset + 1)}–${number(offset + length)} of ${number(this.#count)}`
      : "0 of 0";
    for (const button of document.querySelectorAll("[data-page]")) {
      const forward = ["next", "last"].includes(button.dataset.page);
      const stuck = forward ? offset + limit >= this.#count : offset === 0;
      button.setAttribute("aria-disabled", String(stuck));
    }
  }

  #drawEmpty({ search, state }) {
    const box = byId("records-empty");
    box.hidden = this.#count > 0;
    byId("records-table").hidden = this.#count === 0;
    if (this.#count > 0) return box.replaceChildren();
    const narrowed = search !== "" || state !== "";
    return box.replaceChildren(...(narrowed ? this.#nothingFound() : this.#nothingThere()));
  }

  #nothingFound() {
    return [
      element("p", {}, "No record matches this search and state."),
      element("button", { type: "button", onclick: () => this.#widen() }, "Show all records"),
    ];
  }

  #nothingThere() {
    return [
      element("p", {}, "This organisation has no records yet."),
      element("p", { class: "soft" }, "Create the first one, or start from another scenario."),
      element("button", { type: "button", onclick: () => this.#actions.create() }, "Create a record"),
    ];
  }

  #widen() {
    byId("records-term").value = "";
    byId("records-state").querySelector("input").checked = true;
    byId("records-term").focus();
    this.#ask({ search: "", state: "", offset: 0 });
  }

  #trouble(error) {
    const box = byId("records-trouble");
    box.hidden = error === null;
    if (error === null) return box.replaceChildren();
    const again = element("button", { type: "button", onclick: () => this.refresh() }, "Try again");
    return box.replaceChildren(`The records could not be read. ${reason(error)} `, again);
  }
}

/** Where in the table the focus is, to find the place again when its rows were made anew. */
function focused() {
  const row = document.activeElement?.closest("#records-rows [data-row]");
  if (!row) return null;
  const index = [...row.parentElement.children].indexOf(row);
  return { apiId: row.dataset.row, index, action: document.activeElement.dataset.action };
}

function refocus(place) {
  if (place === null) return;
  const rows = [...byId("records-rows").children];
  const row = rows.find((each) => each.dataset.row === place.apiId) ?? rows[Math.min(place.index, rows.length - 1)];
  const target = row?.querySelector(`[data-action="${place.action}"]`) ?? byId("records-term");
  target.focus({ preventScroll: true });
}
