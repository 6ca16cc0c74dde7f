// The form that creates and edits a record, through the Training Record API itself. It checks nothing: what
// the API says of each field is what a developer wants to see.

import { RECORDS, Refusal, api, reason, recordPath } from "./api.js";
import { suggestions } from "./directory.js";
import { byId, closable, element } from "./element.js";
import { done } from "./notice.js";

const FIELDS = ["person_api_id", "package_api_id", "date_started", "date_completed", "api_id"];
const DATES = ["date_started", "date_completed"];
const REFERENCES = { person_api_id: "people", package_api_id: "packages" };

export class RecordForm {
  #dialog = byId("record-dialog");
  #form = byId("record-form");
  #directory;
  #saved;
  #record = null;
  #sending = null;

  /** `saved` is called after each change. */
  constructor(directory, saved) {
    this.#directory = directory;
    this.#saved = saved;
    closable(this.#dialog);
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    this.#form.addEventListener("input", () => this.#follow());
    this.#dialog.addEventListener("close", () => this.#sending?.abort());
    for (const button of this.#form.querySelectorAll("[data-now]")) {
      button.addEventListener("click", () => this.#fillNow(button.dataset.now));
    }
  }

  /** Open the form for a new record, or to edit the one that is given. */
  open(record = null) {
    this.#record = record;
    for (const field of FIELDS) this.#input(field).value = record?.[field] ?? "";
    byId("record-title").textContent = record ? "Edit record" : "New record";
    byId("record-submit").textContent = record ? "Save" : "Create";
    byId("record-id-hint").textContent = record
      ? "Another api_id renames the record."
      : "Leave it empty, and the record gets one of its own.";
    this.#mark([]);
    this.#trouble("");
    this.#wait(false);
    this.#follow();
    this.#dialog.showModal();
    this.#input("person_api_id").focus();
  }

  #input(field) {
    return this.#form.elements[field];
  }

  #follow() {
    for (const [field, kind] of Object.entries(REFERENCES)) this.#suggest(field, this.#directory[kind]);
    const path = this.#record ? recordPath(this.#record.api_id) : RECORDS;
    const line = `${this.#record ? "PATCH" : "POST"} ${path}`;
    byId("record-preview").textContent = `${line}\n\n${JSON.stringify(this.#body(), null, 2)}`;
  }

  #suggest(field, entries) {
    const input = this.#input(field);
    const options = suggestions(entries, input.value).map((entry) =>
      element("option", { value: entry.api_id, label: `${entry.name} · ${entry.api_id}` }),
    );
    input.list.replaceChildren(...options);
    const hint = byId(`${input.id}-hint`);
    const known = entries.get(input.value);
    hint.textContent = known?.name ?? (input.value ? "No such id here: the API will answer 409." : "\u00a0");
  }

  async #fillNow(field) {
    try {
      this.#input(field).value = (await api.clock()).now;
      this.#follow();
    } catch (error) {
      this.#trouble(`The clock could not be read. ${reason(error)}`);
    }
  }

  /** What will be sent: what is filled in, for a new record; what was changed, for another. */
  #body() {
    const body = {};
    for (const field of FIELDS) {
      const value = this.#input(field).value.trim();
      const given = value === "" && DATES.includes(field) ? null : value;
      const before = this.#record ? this.#record[field] : null;
      if (given !== before && given !== "") body[field] = given;
    }
    return body;
  }

  async #submit(event) {
    event.preventDefault();
    if (this.#sending) return;
    const sending = new AbortController();
    this.#sending = sending;
    this.#wait(true);
    this.#mark([]);
    this.#trouble("");
    try {
      const stored = await this.#send(sending.signal);
      this.#dialog.close();
      done(`${this.#record ? "Saved" : "Created"} ${stored.api_id}`);
    } catch (error) {
      if (!sending.signal.aborted) this.#refused(error);
    } finally {
      this.#sending = null;
      this.#wait(false);
      this.#saved();
    }
  }

  #send(signal) {
    const body = this.#body();
    return this.#record ? api.updateRecord(this.#record.api_id, body, signal) : api.createRecord(body, signal);
  }

  #refused(error) {
    const errors = error instanceof Refusal ? error.errors : [];
    const unmarked = this.#mark(errors);
    if (errors.length === 0 || unmarked > 0) this.#trouble(reason(error));
    else this.#trouble(`${error.status}: see the fields below.`);
    this.#form.querySelector("[aria-invalid]")?.focus();
  }

  /** Mark the fields that the pointers name. Returns how many errors are about none of them. */
  #mark(errors) {
    const said = new Map(FIELDS.map((field) => [field, []]));
    let unmarked = 0;
    for (const { in: part, pointer, detail } of errors) {
      const field = part === "body" ? pointer.split("/")[1] : undefined;
      if (said.has(field)) said.get(field).push(detail);
      else unmarked += 1;
    }
    for (const [field, details] of said) this.#say(field, details.join("; "));
    return unmarked;
  }

  #say(field, text) {
    const input = this.#input(field);
    byId(`${input.id}-error`).textContent = text;
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  #trouble(text) {
    byId("record-trouble").hidden = text === "";
    byId("record-trouble").textContent = text;
  }

  #wait(waiting) {
    byId("record-submit").setAttribute("aria-disabled", String(waiting));
    byId("record-submit").toggleAttribute("data-waiting", waiting);
  }
}
