// The event stream of the organisation: every exchange, and every change through the control API.

import { eventsUrl } from "./api.js";

const RETRY = 2000;

/** Tells "exchange" (the exchange), "changed" (what), "open" and "lost" to those who listen. */
export class Live extends EventTarget {
  #source = null;

  /** Watch while the page is seen. A browser allows few connections to one host, and a hidden tab needs none. */
  start() {
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#close() : this.#open()));
    addEventListener("pagehide", () => this.#close());
    this.#open();
  }

  #open() {
    if (this.#source !== null) return;
    const source = new EventSource(eventsUrl);
    source.addEventListener("open", () => this.#tell("open"));
    source.addEventListener("message", (event) => this.#tell("exchange", JSON.parse(event.data)));
    source.addEventListener("amended", (event) => this.#tell("exchange", JSON.parse(event.data)));
    source.addEventListener("changed", (event) => this.#tell("changed", event.data.replaceAll('"', "")));
    source.addEventListener("error", () => this.#lost());
    this.#source = source;
  }

  #close() {
    this.#source?.close();
    this.#source = null;
  }

  #lost() {
    this.#tell("lost");
    // The browser itself tries again after a broken connection, but not after an answer that was an error.
    if (this.#source?.readyState !== EventSource.CLOSED) return;
    this.#close();
    setTimeout(() => document.hidden || this.#open(), RETRY);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
