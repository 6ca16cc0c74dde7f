// The Training Record API and the control API of the organisation whose page this is.

// The page is at {prefix}/_mock/, and everything else of the organisation is below that prefix too.
const prefix = location.pathname.slice(0, location.pathname.lastIndexOf("/_mock/"));

export const organisation = prefix.includes("/org/") ? prefix.slice(prefix.lastIndexOf("/org/") + 5) : "default";
/** What stands before /org/{name} or /_mock/: the root of the server. */
export const root = prefix.includes("/org/") ? prefix.slice(0, prefix.lastIndexOf("/org/")) : prefix;
export const baseUrl = location.origin + prefix;
export const eventsUrl = `${prefix}/_mock/journal/events`;
export const RECORDS = "/training/record/";
export const recordPath = (apiId) => `${RECORDS}${encodeURIComponent(apiId)}/`;

export const OPERATIONS = [
  "list_records",
  "create_record",
  "get_record",
  "replace_record",
  "update_record",
  "delete_record",
];

// The table is redrawn whenever something changes. Whoever looks must not use up a fault that is meant for
// the app, nor count as coverage, so these requests ask to be passed by.
const LOOKING = { Prefer: "unobserved" };
const PATIENCE = 20_000;

/** An answer that is an error, or none at all (status 0). `errors` are those of the problem. */
export class Refusal extends Error {
  constructor(status, detail, errors = []) {
    super(detail);
    this.status = status;
    this.errors = errors;
  }
}

async function call(method, path, { body, headers = {}, signal } = {}) {
  const given = body === undefined ? {} : { "Content-Type": "application/json" };
  const request = { method, headers: { ...given, ...headers }, signal, cache: "no-store" };
  if (body !== undefined) request.body = JSON.stringify(body);
  const response = await fetch(prefix + path, request);
  // The server was started anew with another token: this address now shows the form that asks for it.
  if (response.status === 401 && path.startsWith("/_mock/")) location.reload();
  if (!response.ok) throw await refusal(response);
  return response.status === 204 ? null : response.json();
}

async function refusal(response) {
  const text = await response.text();
  const problem = parsed(text);
  const detail = problem.detail ?? problem.title ?? text.slice(0, 200);
  return new Refusal(response.status, `${response.status}: ${detail || "no reason given"}`, problem.errors ?? []);
}

function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {}; // a fault may have cut it short
  }
}

/** Say in words what made a call fail. */
export function reason(error) {
  if (error instanceof Refusal) return error.message;
  if (error.name === "TimeoutError") return `no answer within ${PATIENCE / 1000} seconds`;
  return "the connection broke before the answer was there";
}

const control = (method, path, body) => call(method, `/_mock/${path}`, { body, signal: AbortSignal.timeout(PATIENCE) });

export const api = {
  /** A page of records: {count, results}. */
  listRecords({ search, limit, offset }) {
    const query = new URLSearchParams({ limit, offset });
    if (search) query.set("search", search);
    const signal = AbortSignal.timeout(PATIENCE);
    return call("GET", `${RECORDS}?${query}`, { headers: LOOKING, signal });
  },
  createRecord: (record, signal) => call("POST", RECORDS, { body: record, signal }),
  updateRecord: (apiId, changes, signal) => call("PATCH", recordPath(apiId), { body: changes, signal }),
  deleteRecord: (apiId, signal) => call("DELETE", recordPath(apiId), { signal }),

  reset: () => control("POST", "reset"),
  organisations: async () => (await control("GET", "organisations")).organisations,
  scenario: () => control("GET", "scenario"),
  startFrom: (name) => control("PUT", "scenario", { name }),
  people: async () => (await control("GET", "people")).people,
  packages: async () => (await control("GET", "packages")).packages,
  clock: () => control("GET", "clock"),
  setClock: (change) => control("PUT", "clock", change),
  faults: async () => (await control("GET", "faults")).faults,
  setFaults: async (faults) => (await control("PUT", "faults", { faults })).faults,
  clearFaults: () => control("DELETE", "faults"),
  journal: async (limit) => (await control("GET", `journal?limit=${limit}`)).exchanges,
  clearJournal: () => control("DELETE", "journal"),
  coverage: () => control("GET", "coverage"),
};

/** Whether an exchange is one of this page's own looks at the records. */
export const isLooking = (exchange) =>
  exchange.request.headers.some(([name, value]) => name.toLowerCase() === "prefer" && value === LOOKING.Prefer);
