// What provenance.spectral.yaml asks for and Spectral's own functions can't find. `find` says which it is.

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
const MARKS = ["x-basis", "x-source", "x-assumptions", "x-reason", "x-question"];
const MEMBERS = [...MARKS, "x-rules", "x-questions"];
const COMPONENTS = ["schemas", "parameters", "requestBodies", "responses"];
const NAMED = /[Ss]ee the rule (?<one>[a-z0-9-]+)|[Ss]ee the rules (?<several>[a-z0-9-]+(?:(?:, and |, | and )[a-z0-9-]+)*)/g;

const isObject = (value) => typeof value === "object" && value !== null;
const entries = (value) => (isObject(value) ? Object.entries(value) : []);

/** Yield every value below this one with its path, in the order of the file. */
function* walk(value, path = []) {
  yield [value, path];
  for (const [name, member] of entries(value)) yield* walk(member, [...path, name]);
}

function* operations(spec) {
  for (const [path, item] of entries(spec.paths)) {
    for (const method of METHODS) if (isObject(item?.[method])) yield [item[method], ["paths", path, method]];
  }
}

// Parts: what must say where it comes from. What is referred to says so where it is written.

function* inside(values, path, parts) {
  for (const [name, value] of entries(values)) if (isObject(value)) yield* parts(value, [...path, name]);
}

function* part(value, path, below) {
  if ("$ref" in value) return;
  yield [value, path];
  // What was assumed as a whole was assumed in all its parts. What is not marked yet comes first.
  if (value["x-basis"] === "documented") yield* below(value, path);
}

function* schema(value, path) {
  if (!isObject(value) || "$ref" in value || value["x-basis"] === "assumed") return;
  yield* inside(value.properties, [...path, "properties"], namedSchema);
  for (const name of ["items", "additionalProperties", "not"]) yield* schema(value[name], [...path, name]);
  for (const name of ["allOf", "anyOf", "oneOf"]) yield* inside(value[name], [...path, name], schema);
}

const namedSchema = (value, path) => part(value, path, schema);

function* content(value, path) {
  yield* schema(value.schema, [...path, "schema"]);
  for (const [type, media] of entries(value.content)) yield* schema(media?.schema, [...path, "content", type, "schema"]);
}

const holder = (value, path) => part(value, path, content);

function* operation(value, path) {
  yield* inside(value.parameters, [...path, "parameters"], holder);
  if (isObject(value.requestBody)) yield* holder(value.requestBody, [...path, "requestBody"]);
  yield* inside(value.responses, [...path, "responses"], holder);
}

function* parts(spec) {
  for (const [path, item] of entries(spec.paths)) {
    yield* inside(item?.parameters, ["paths", path, "parameters"], holder);
  }
  for (const [value, path] of operations(spec)) yield* part(value, path, operation);
  for (const kind of COMPONENTS) {
    yield* inside(spec.components?.[kind], ["components", kind], kind === "schemas" ? namedSchema : holder);
  }
}

function unmarked(spec) {
  return [...parts(spec)]
    .filter(([value]) => !MARKS.some((mark) => mark in value))
    .map(([value, path]) => ({ path, message: `"${value.operationId ?? value.name ?? path.at(-1)}" does not say where it comes from` }));
}

// References: ids are unique, and what is named by an id is there.

function listed(values, path) {
  return Array.isArray(values) ? values.filter(isObject).map((value, index) => [value, [...path, index]]) : [];
}

function rulesOf(spec) {
  const found = listed(spec["x-rules"], ["x-rules"]);
  for (const [value, path] of operations(spec)) found.push(...listed(value["x-rules"], [...path, "x-rules"]));
  return found;
}

function* twice(what, all) {
  const seen = new Set();
  for (const [{ id }, path] of all) {
    if (id === undefined) continue;
    if (seen.has(id)) yield { path: [...path, "id"], message: `another ${what} has the id "${id}"; give this one its own` };
    seen.add(id);
  }
}

function* misplaced(spec) {
  const places = new Set(["x-rules", "x-questions"]);
  for (const [, path] of operations(spec)) places.add([...path, "x-rules"].join("\n"));
  for (const [, path] of walk(spec)) {
    const name = path.at(-1);
    if ((name === "x-rules" || name === "x-questions") && !places.has(path.join("\n"))) {
      yield { path, message: `${name} does not stand here; ${name === "x-rules" ? "rules stand at the top or in an operation" : "questions stand at the top"}` };
    }
  }
}

/** Yield the id of each question that something names as the one that it answers, with the place of that. */
function* answers(spec, rules) {
  for (const [rule, path] of rules) if ("question" in rule) yield [rule.question, [...path, "question"]];
  for (const [value, path] of walk(spec)) if (path.at(-1) === "x-question") yield [value, path];
}

function* questions(spec, rules) {
  const asked = listed(spec["x-questions"], ["x-questions"]);
  yield* twice("question", asked);
  const byId = new Map(asked.map(([question]) => [question.id, question]));
  const answered = new Set();
  for (const [id, path] of answers(spec, rules)) {
    answered.add(id);
    if (!byId.has(id)) {
      yield { path, message: `there is no question "${id}"; add it to x-questions, or name another` };
    } else if ("answer" in byId.get(id)) {
      yield { path, message: `question "${id}" has an answer of its own; take that out, or name another question` };
    }
  }
  for (const [question, path] of asked) {
    if (!("answer" in question) && !answered.has(question.id)) {
      yield { path, message: `nothing answers question "${question.id}"; name it in a rule or part, give it an answer and a reason, or take it out` };
    }
  }
}

function* named(spec, rules) {
  const bases = new Map(rules.map(([rule]) => [rule.id, rule.basis]));
  for (const [value, path] of walk(spec)) {
    if (typeof value !== "string" || !path.some((name) => MEMBERS.includes(name))) continue;
    for (const { groups } of value.matchAll(NAMED)) {
      for (const id of (groups.one ?? groups.several).split(/, and |, | and /)) {
        if (!bases.has(id)) {
          yield { path, message: `there is no rule "${id}"; write it, or name another` };
        } else if (path.at(-2) === "x-assumptions" && bases.get(id) !== "assumed") {
          yield { path, message: `rule "${id}" is documented, so it can't say what is assumed; name an assumed one` };
        }
      }
    }
  }
}

function references(spec) {
  const rules = rulesOf(spec);
  return [...twice("rule", rules), ...misplaced(spec), ...questions(spec, rules), ...named(spec, rules)];
}

export default function provenance(spec, { find }) {
  return { unmarked, references }[find](spec);
}
