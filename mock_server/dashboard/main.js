// The dashboard: each part reads its own share of the control API, and again when the event stream tells of a change.

import { baseUrl, organisation } from "./api.js";
import { ClockPanel } from "./clock.js";
import { copies } from "./clipboard.js";
import { CoveragePanel } from "./coverage.js";
import { Deletion } from "./deletion.js";
import { Directory } from "./directory.js";
import { byId } from "./element.js";
import { ExchangeDialog } from "./exchange_dialog.js";
import { Faults } from "./faults.js";
import { Journal } from "./journal.js";
import { Live } from "./live.js";
import { Organisations } from "./organisations.js";
import { RecordForm } from "./record_form.js";
import { Records } from "./records.js";
import { ScenarioPanel } from "./scenario.js";

const READS = new Set(["list_records", "get_record"]);

const directory = new Directory();
const form = new RecordForm(directory, () => records.refresh());
const deletion = new Deletion(directory, () => records.refresh());
const records = new Records(directory, {
  create: () => form.open(),
  edit: (record) => form.open(record),
  remove: (record) => deletion.ask(record),
});
const exchangeDialog = new ExchangeDialog();
const journal = new Journal((exchange) => exchangeDialog.open(exchange));
const faults = new Faults();
const clock = new ClockPanel();
const scenario = new ScenarioPanel();
const coverage = new CoveragePanel();
new Organisations();

byId("record-new").addEventListener("click", () => form.open());
byId("base-url").textContent = baseUrl;
byId("base-url").title = baseUrl;
copies(byId("base-copy"), () => baseUrl);
document.title = `${organisation} · Training Record API mock`;

async function refreshState() {
  await directory.load().catch(() => {}); // the table does without names, and says so itself if it cannot be read
  await records.refresh();
}

function refreshAll() {
  refreshState();
  journal.refresh();
  faults.refresh();
  clock.refresh();
  scenario.refresh();
  coverage.refresh();
}

const CHANGED = {
  state: () => [refreshState(), clock.refresh()],
  clock: () => clock.refresh(),
  faults: () => faults.refresh(),
  journal: () => journal.refresh(),
  scenario: refreshAll,
  reset: refreshAll,
};

function exchanged(exchange) {
  journal.add(exchange);
  coverage.refresh();
  if (exchange.fault !== null) faults.refresh();
  if (exchange.operation !== null && !READS.has(exchange.operation)) records.refresh();
}

function showConnection(state, text) {
  byId("connection").dataset.state = state;
  byId("connection").textContent = text;
}

const live = new Live();
live.addEventListener("open", () => showConnection("open", "Live"));
live.addEventListener("open", refreshAll); // whatever was missed in between is made up for
live.addEventListener("lost", () => showConnection("lost", "Disconnected"));
live.addEventListener("exchange", (event) => exchanged(event.detail));
live.addEventListener("changed", (event) => CHANGED[event.detail]?.());
live.start();
