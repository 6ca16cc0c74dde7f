// What the organisation starts from.

import { api, reason } from "./api.js";
import { byId, element } from "./element.js";
import { done, trouble } from "./notice.js";

export class ScenarioPanel {
  #drawn = "";

  constructor() {
    byId("reset").addEventListener("click", () => this.#try(() => api.reset(), "Reset to the start of the scenario"));
  }

  async refresh() {
    await this.#try(async () => this.#draw(await api.scenario()));
  }

  #draw({ name, names }) {
    const text = JSON.stringify([name, names]);
    if (text === this.#drawn) return; // or the button that was just pressed would lose the focus
    this.#drawn = text;
    const offered = names.includes(name) ? names : [...names, name];
    const focus = document.activeElement?.dataset.scenario;
    byId("scenario-names").replaceChildren(...offered.map((each) => this.#choice(each, name, names)));
    if (focus !== undefined) byId("scenario-names").querySelector(`[data-scenario="${CSS.escape(focus)}"]`)?.focus();
  }

  #choice(each, name, names) {
    const properties = {
      type: "button",
      "data-scenario": each,
      "aria-pressed": String(each === name),
      // One that came as a document, or from a file, has no name to ask for it by.
      "aria-disabled": names.includes(each) ? null : "true",
      onclick: () => names.includes(each) && this.#start(each),
    };
    return element("button", properties, each);
  }

  #start(name) {
    return this.#try(async () => this.#draw(await api.startFrom(name)), `Started from ${name}`);
  }

  async #try(change, success) {
    try {
      await change();
      if (success) done(success);
    } catch (error) {
      trouble(`The scenario did not follow. ${reason(error)}`);
    }
  }
}
