// What time it is in the organisation.

import { Refusal, api, reason } from "./api.js";
import { byId } from "./element.js";
import { day, time } from "./instant.js";
import { paced } from "./paced.js";

const PAUSE = 100;

export class ClockPanel {
  #clock = null;
  #readAt = 0;

  constructor() {
    this.refresh = paced(() => this.#try(() => api.clock()), PAUSE);
    byId("clock-freeze").addEventListener("click", () => this.#freezeNow());
    byId("clock-run").addEventListener("click", () => this.#set({ run: true }));
    for (const button of document.querySelectorAll("[data-advance]")) {
      button.addEventListener("click", () => this.#set({ advance: button.dataset.advance }));
    }
    this.#onSubmit("clock-advance", "clock-duration", "advance");
    this.#onSubmit("clock-set", "clock-instant", "freeze");
    setInterval(() => this.#tick(), 250);
  }

  #onSubmit(formId, inputId, change) {
    byId(formId).addEventListener("submit", async (event) => {
      event.preventDefault();
      const input = byId(inputId);
      const isSet = await this.#set({ [change]: input.value.trim() });
      if (isSet) input.value = "";
      else input.setAttribute("aria-invalid", "true");
    });
  }

  async #freezeNow() {
    await this.#try(async () => api.setClock({ freeze: (await api.clock()).now }));
  }

  #set(change) {
    return this.#try(() => api.setClock(change));
  }

  async #try(ask) {
    for (const input of document.querySelectorAll("#clock [aria-invalid]")) input.removeAttribute("aria-invalid");
    try {
      this.#clock = await ask();
      this.#readAt = performance.now();
      byId("clock-error").textContent = "";
      this.#draw();
      return true;
    } catch (error) {
      byId("clock-error").textContent = said(error);
      return false;
    }
  }

  #draw() {
    const { frozen } = this.#clock;
    byId("clock-badge").textContent = frozen ? "frozen" : "running";
    byId("clock-badge").className = `badge clock-${frozen ? "frozen" : "running"}`;
    byId("clock-freeze").setAttribute("aria-pressed", String(frozen));
    byId("clock-run").setAttribute("aria-pressed", String(!frozen));
    this.#tick();
  }

  #tick() {
    if (this.#clock === null) return;
    const now = this.#clock.frozen ? this.#clock.now : this.#running();
    const shown = byId("clock-time");
    if (shown.dateTime === now.slice(0, 19)) return;
    shown.dateTime = now.slice(0, 19);
    shown.textContent = time(now);
    shown.title = now;
    byId("clock-date").textContent = `${day(now)} UTC`;
  }

  #running() {
    const passed = performance.now() - this.#readAt;
    const now = new Date(Date.parse(this.#clock.now) + passed);
    return Number.isNaN(now.getTime()) ? this.#clock.now : now.toISOString();
  }
}

const said = (error) =>
  error instanceof Refusal && error.errors.length > 0
    ? error.errors.map((each) => each.detail).join("; ")
    : reason(error);
