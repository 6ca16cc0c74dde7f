// One record as a row of the table.

import { element, icon, isolated } from "./element.js";
import { instantElement } from "./instant.js";

export function recordRow(record, person, pack, state, actions) {
  const { api_id: apiId } = record;
  return element(
    "tr",
    { role: "row", "data-row": apiId },
    cell("col-id", element("code", { title: apiId }, apiId)),
    cell("col-person", ...who(person, record.person_api_id)),
    cell("col-package", ...what(pack, record)),
    cell("col-state", element("span", { class: `badge state-${state}` }, state)),
    dateCell("Assigned", record.date_assigned),
    dateCell("Started", record.date_started),
    dateCell("Completed", record.date_completed),
    cell(
      "col-actions",
      action("edit", `Edit ${apiId}`, () => actions.edit(record)),
      action("delete", `Delete ${apiId}`, () => actions.remove(record)),
    ),
  );
}

const cell = (name, ...children) => element("td", { role: "cell", class: name }, ...children);

const dateCell = (label, value) =>
  element("td", { role: "cell", class: "col-date", "data-label": label }, instantElement(value, label.toLowerCase()));

const who = (person, apiId) => named(person?.name, apiId, person?.name);

const what = (pack, record) =>
  named(pack?.name, record.package_api_id, [pack?.name, record.package_desc].filter(Boolean).join("\n"));

/** A name with the id below; where no name is known, the id alone. */
function named(name, apiId, title) {
  const id = element("code", { class: "id", title: apiId }, apiId);
  return name === undefined ? [id] : [isolated(name, { class: "name", title }), id];
}

function action(name, label, onclick) {
  const properties = { type: "button", class: "quiet icon-only", "data-action": name, "aria-label": label, title: label };
  return element("button", { ...properties, onclick }, icon(name));
}
