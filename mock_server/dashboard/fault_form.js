// A fault of one's own. The server checks it, and its pointers say which field is wrong.

import { OPERATIONS, Refusal, reason } from "./api.js";
import { byId, element } from "./element.js";
import { done } from "./notice.js";

export class FaultForm {
  #form = byId("fault-form");
  #add;

  /** `add` sets the fault, or throws what the server refused it with. */
  constructor(add) {
    this.#add = add;
    const box = (name) => element("label", {}, element("input", { type: "checkbox", value: name }), element("code", {}, name));
    byId("fault-operations").append(...OPERATIONS.map(box));
    byId("fault-effect").addEventListener("change", () => this.#showEffect());
    this.#form.addEventListener("submit", (event) => this.#submit(event));
  }

  #showEffect() {
    for (const group of this.#form.querySelectorAll("[data-effect]")) {
      group.hidden = group.dataset.effect !== byId("fault-effect").value;
    }
  }

  async #submit(event) {
    event.preventDefault();
    this.#mark([]);
    byId("fault-error").textContent = "";
    try {
      await this.#add(this.#fault());
      done("Fault added");
      for (const ticked of this.#form.querySelectorAll(":checked[type=checkbox]")) ticked.checked = false;
    } catch (error) {
      this.#refused(error);
    }
  }

  #fault() {
    const operations = [...this.#form.querySelectorAll("[type=checkbox]:checked")].map((box) => box.value);
    const fault = { ...this.#effect(), when: byId("fault-when").value };
    if (operations.length > 0) fault.operations = operations;
    if (byId("fault-times").value) fault.times = number("fault-times");
    if (byId("fault-probability").value) fault.probability = number("fault-probability");
    return fault;
  }

  #effect() {
    switch (byId("fault-effect").value) {
      case "status":
        return { status: number("fault-status") };
      case "delay":
        return { delay: { from: number("fault-from"), to: number("fault-to") } };
      case "drop":
        return { drop: true };
      default:
        return { hang: true };
    }
  }

  #refused(error) {
    const errors = error instanceof Refusal ? error.errors : [];
    byId("fault-error").textContent = errors.map(({ pointer, detail }) => `${last(pointer)} ${detail}`).join("; ") || reason(error);
    this.#mark(errors.map((each) => each.pointer));
    this.#form.querySelector("[aria-invalid]")?.focus();
  }

  #mark(pointers) {
    for (const input of this.#form.querySelectorAll("[data-pointer]")) {
      // The list of faults is what was sent: a pointer begins with /faults/{place in it}.
      const isMeant = pointers.some((pointer) => pointer.endsWith(input.dataset.pointer));
      if (isMeant) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  }
}

const last = (pointer) => pointer.split("/").at(-1);

/** A number, or the text as it is: the server says what is wrong with it. */
function number(id) {
  const text = byId(id).value.trim();
  return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}
