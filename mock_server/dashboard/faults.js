// What goes wrong on purpose: set and taken away with one click.

import { api, reason } from "./api.js";
import { byId, element, icon } from "./element.js";
import { isSpent, remaining, sameFault, words } from "./fault.js";
import { FaultForm } from "./fault_form.js";
import { paced } from "./paced.js";
import { trouble } from "./notice.js";

const PAUSE = 250;

const PRESETS = [
  { name: "Out of service", about: "503 before anything is done", fault: { status: 503 } },
  {
    name: "Stored, yet 503",
    about: "the next creation is kept, its answer fails",
    fault: { operations: ["create_record"], when: "after", status: 503, times: 1 },
  },
  { name: "Slow", about: "everything takes 1 to 3 seconds", fault: { delay: { from: 1, to: 3 } } },
  {
    name: "Flaky",
    about: "one read in five breaks off",
    fault: { operations: ["list_records", "get_record"], drop: true, probability: 0.2 },
  },
  { name: "Hang", about: "no request is ever answered", fault: { hang: true } },
];

export class Faults {
  #faults = [];
  #switches;

  constructor() {
    this.refresh = paced(() => this.#load(), PAUSE);
    this.#switches = PRESETS.map((preset) => this.#presetSwitch(preset));
    byId("fault-presets").append(...this.#switches);
    byId("faults-clear").addEventListener("click", () => this.#clear());
    new FaultForm((fault) => this.#change((faults) => [...faults, fault]));
  }

  #presetSwitch({ name, about, fault }) {
    const properties = { type: "button", role: "switch", class: "switch", onclick: () => this.#toggle(fault) };
    const text = element("span", {}, element("b", {}, name), element("small", {}, about));
    return element("button", properties, text, element("span", { class: "knob", "aria-hidden": "true" }));
  }

  async #load() {
    try {
      this.#draw(await api.faults());
    } catch (error) {
      trouble(`The faults could not be read. ${reason(error)}`);
    }
  }

  async #toggle(fault) {
    const isOn = (each) => sameFault(each, fault) && !isSpent(each);
    await this.#try(() =>
      this.#change((faults) => (faults.some(isOn) ? faults.filter((each) => !isOn(each)) : [...faults, fault])),
    );
  }

  /** Set the faults that `edit` makes of those there are now; somebody else may have changed them since. */
  async #change(edit) {
    const present = (await api.faults()).filter((fault) => !isSpent(fault));
    this.#draw(await api.setFaults(edit(present).map(remaining)));
  }

  async #remove(index) {
    const unwanted = this.#faults[index];
    // One that is used up goes with any change; another one like it may still be in force.
    const edit = (faults) => {
      const at = isSpent(unwanted) ? -1 : faults.findIndex((fault) => sameFault(fault, unwanted));
      return at < 0 ? faults : faults.toSpliced(at, 1);
    };
    await this.#try(() => this.#change(edit));
    // The row is gone, and the focus was on it.
    (byId("faults-active").querySelector("button") ?? this.#switches[0]).focus();
  }

  async #clear() {
    await this.#try(async () => {
      await api.clearFaults();
      this.#draw([]);
    });
  }

  async #try(change) {
    try {
      await change();
    } catch (error) {
      trouble(`The faults could not be set. ${reason(error)}`);
    }
  }

  #draw(faults) {
    const active = faults.filter((fault) => !isSpent(fault));
    this.#faults = faults;
    byId("faults-count").textContent = active.length > 0 ? String(active.length) : "";
    byId("faults-empty").hidden = faults.length > 0;
    for (const [index, { fault }] of PRESETS.entries()) {
      const isOn = active.some((each) => sameFault(each, fault));
      this.#switches[index].setAttribute("aria-checked", String(isOn));
    }
    const focusedRow = byId("faults-active").contains(document.activeElement)
      ? [...byId("faults-active").children].indexOf(document.activeElement.closest("li"))
      : -1;
    byId("faults-active").replaceChildren(...faults.map((fault, index) => this.#row(fault, index)));
    byId("faults-active").children[focusedRow]?.querySelector("button").focus();
  }

  #row(fault, index) {
    const label = `Remove: ${words(fault)}`;
    const properties = { type: "button", class: "quiet icon-only", "aria-label": label, title: "Remove" };
    const applied = `applied ${fault.struck}×${isSpent(fault) ? ", used up" : ""}`;
    return element(
      "li",
      { class: isSpent(fault) ? "spent" : null },
      element("span", {}, words(fault), element("small", { class: "applied" }, applied)),
      element("button", { ...properties, onclick: () => this.#remove(index) }, icon("close")),
    );
  }
}
