// The API as a developer writes it with Express: no validation, whatever JSON comes is spread into the record.
// The first line that it prints holds two ports: that of the API, and that of what only its owner sees.

const express = require("express");
const { randomUUID } = require("node:crypto");

const seed = JSON.parse(process.argv[2]);
const people = new Map(Object.entries(seed.people));
const packages = new Map(Object.entries(seed.packages));
const strict = process.argv[3] === "strict";

const records = seed.records;
const others = new Map(records.map((record) => [record.api_id, JSON.stringify(record)]));
const aimed = [];

const app = express();
app.disable("x-powered-by");
app.use(express.json());

const show = (record) => ({ ...record, package_desc: packages.get(record.package_api_id)?.description ?? "" });
const at = (apiId) => records.findIndex((record) => record.api_id === apiId);

const date = (value) => (value === null || value === undefined ? null : new Date(value).toISOString());
const writable = ({ api_id, person_api_id, package_api_id, date_started, date_completed }) => {
  const given = { api_id, person_api_id, package_api_id };
  if (date_started !== undefined) given.date_started = date(date_started);
  if (date_completed !== undefined) given.date_completed = date(date_completed);
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
};

function refuse(body, whole) {
  if (!strict) return null;
  if (whole && !(body.person_api_id && body.package_api_id)) return "person_api_id and package_api_id are required";
  if (body.person_api_id !== undefined && !people.has(body.person_api_id)) return "unknown person";
  if (body.package_api_id !== undefined && !packages.has(body.package_api_id)) return "unknown package";
  const odd = typeof body.api_id !== "string" || !/^[\w.-]{1,40}$/.test(body.api_id);
  if (body.api_id !== undefined && odd) return "invalid api_id";
  return null;
}

app.get("/training/record/", (req, res) => {
  const limit = Math.min(parseInt(req.query.limit, 10) || 25, 100);
  const offset = parseInt(req.query.offset, 10) || 0;
  const term = String(req.query.search ?? "").toLowerCase();
  const found = records.filter((record) =>
    [people.get(record.person_api_id), packages.get(record.package_api_id)?.name].some((name) =>
      (name ?? "").toLowerCase().includes(term),
    ),
  );
  res.json({
    data: found.slice(Math.max(offset, 0), Math.max(offset, 0) + Math.max(limit, 1)).map(show),
    links: [
      { rel: "self", href: req.originalUrl },
      { rel: "up", href: "/training/" },
    ],
  });
});

app.post("/training/record/", (req, res) => {
  const body = req.body ?? {};
  const reason = refuse(body, true);
  if (reason) return res.status(400).json({ error: reason });
  const record = {
    api_id: randomUUID(),
    person_api_id: null,
    package_api_id: null,
    date_assigned: new Date().toISOString(),
    date_started: null,
    date_completed: null,
    ...writable(body),
  };
  if (at(record.api_id) >= 0) return res.status(409).json({ error: "api_id exists" });
  records.push(record);
  res.status(201).json(show(record));
});

app.get("/training/record/:apiId/", (req, res) => {
  const index = at(req.params.apiId);
  if (index < 0) return res.sendStatus(404);
  res.json(show(records[index]));
});

function update(req, res, base) {
  aimed.push(req.params.apiId);
  const index = at(req.params.apiId);
  if (index < 0) return res.sendStatus(404);
  const body = req.body ?? {};
  const reason = refuse(body, req.method === "PUT");
  if (reason) return res.status(400).json({ error: reason });
  const changed = { ...records[index], ...base, ...writable(body) };
  if (changed.api_id !== records[index].api_id && at(changed.api_id) >= 0) return res.sendStatus(409);
  records[index] = changed;
  res.json(show(changed));
}

app.put("/training/record/:apiId/", (req, res) => update(req, res, { date_started: null, date_completed: null }));
app.patch("/training/record/:apiId/", (req, res) => update(req, res, {}));

app.delete("/training/record/:apiId/", (req, res) => {
  aimed.push(req.params.apiId);
  const index = at(req.params.apiId);
  if (index < 0) return res.sendStatus(404);
  records.splice(index, 1);
  res.status(204).end();
});

app.use((error, req, res, next) => {
  if (res.headersSent) return next(error);
  res.status(error instanceof RangeError ? 400 : (error.status ?? 500)).json({ error: error.message });
});

const owner = express();
owner.get("/", (req, res) => {
  const now = new Map(records.map((record) => [record.api_id, JSON.stringify(record)]));
  res.json({
    left: records.map((record) => record.api_id).filter((apiId) => !others.has(apiId)),
    harmed: [...others].filter(([apiId, text]) => now.get(apiId) !== text || aimed.includes(apiId)).map(([apiId]) => apiId),
  });
});

const api = app.listen(0, "127.0.0.1", () => {
  const seen = owner.listen(0, "127.0.0.1", () => {
    console.log(`${api.address().port} ${seen.address().port}`);
  });
});
// Whoever started it is gone when its input ends.
process.stdin.on("end", () => process.exit(0)).resume();
