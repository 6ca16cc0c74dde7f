// The question before a record is deleted.

import { Refusal, api, reason, recordPath } from "./api.js";
import { byId, closable, isolated } from "./element.js";
import { done } from "./notice.js";

export class Deletion {
  #dialog = byId("deletion-dialog");
  #directory;
  #deleted;
  #record = null;
  #sending = null;

  constructor(directory, deleted) {
    this.#directory = directory;
    this.#deleted = deleted;
    closable(this.#dialog);
    this.#dialog.addEventListener("close", () => this.#sending?.abort());
    byId("deletion-form").addEventListener("submit", (event) => this.#submit(event));
  }

  ask(record) {
    this.#record = record;
    const person = this.#directory.people.get(record.person_api_id)?.name ?? record.person_api_id;
    const pack = this.#directory.packages.get(record.package_api_id)?.name ?? record.package_api_id;
    byId("deletion-text").replaceChildren(isolated(person), " · ", isolated(pack));
    byId("deletion-preview").textContent = `DELETE ${recordPath(record.api_id)}`;
    byId("deletion-trouble").hidden = true;
    this.#dialog.showModal();
    byId("deletion-submit").focus();
  }

  async #submit(event) {
    event.preventDefault();
    if (this.#sending) return;
    const sending = new AbortController();
    this.#sending = sending;
    const { api_id: apiId } = this.#record;
    try {
      await api.deleteRecord(apiId, sending.signal);
      this.#dialog.close();
      done(`Deleted ${apiId}`);
    } catch (error) {
      if (!sending.signal.aborted) this.#refused(error);
    } finally {
      this.#sending = null;
      this.#deleted();
    }
  }

  #refused(error) {
    const gone = error instanceof Refusal && error.status === 404;
    byId("deletion-trouble").hidden = false;
    byId("deletion-trouble").textContent = gone ? "It is gone already." : reason(error);
  }
}
