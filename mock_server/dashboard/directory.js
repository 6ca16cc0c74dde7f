// Who and what the ids of a record stand for: people and packages, which the API itself does not list.

import { api } from "./api.js";

const SUGGESTED = 50;

const named = (entries) => new Map(entries.map((entry) => [entry.api_id, entry]));

export class Directory {
  people = new Map();
  packages = new Map();

  async load() {
    const [people, packages] = await Promise.all([api.people(), api.packages()]);
    this.people = named(people);
    this.packages = named(packages);
  }
}

/** The first few entries whose name or id contains the text: more no one reads through. */
export function suggestions(entries, text) {
  const wanted = text.toLowerCase();
  const found = [];
  for (const entry of entries.values()) {
    if (found.length === SUGGESTED) break;
    if (`${entry.name}\n${entry.api_id}`.toLowerCase().includes(wanted)) found.push(entry);
  }
  return found;
}
