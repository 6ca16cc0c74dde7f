// The way to another organisation.

import { api, organisation, reason, root } from "./api.js";
import { byId, closable, element } from "./element.js";

const NAME = /^[A-Za-z0-9._~-]{1,64}$/;
const DEFAULT = "default";

const address = (name) => (name === DEFAULT ? `${root}/_mock/` : `${root}/org/${name}/_mock/`);

export class Organisations {
  #dialog = byId("organisation-dialog");

  constructor() {
    closable(this.#dialog);
    byId("organisation-name").textContent = organisation;
    byId("organisation-heading").textContent = organisation;
    byId("organisation-open").addEventListener("click", () => this.#open());
    byId("organisation-form").addEventListener("submit", (event) => this.#go(event));
  }

  async #open() {
    this.#say("");
    this.#dialog.showModal();
    byId("organisation-new").focus();
    try {
      byId("organisation-list").replaceChildren(...(await api.organisations()).map(row));
    } catch (error) {
      this.#say(`The organisations could not be listed. ${reason(error)}`);
    }
  }

  #go(event) {
    event.preventDefault();
    const name = byId("organisation-new").value.trim();
    if (NAME.test(name)) location.assign(address(name));
    else this.#say("A name is 1 to 64 of A-Z a-z 0-9 . _ ~ -");
  }

  #say(text) {
    byId("organisation-error").textContent = text;
    byId("organisation-new").toggleAttribute("aria-invalid", text !== "");
  }
}

function row({ name, scenario, records }) {
  const number = records.toLocaleString("en");
  const facts = `${scenario} · ${number} ${records === 1 ? "record" : "records"}`;
  const current = name === organisation ? "page" : null;
  const link = element(
    "a",
    { href: address(name), "aria-current": current },
    element("b", {}, name),
    element("span", { class: "soft" }, facts),
  );
  return element("li", {}, link);
}
