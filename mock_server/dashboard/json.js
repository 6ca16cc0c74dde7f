// JSON as it was sent, indented. It is not parsed and written anew: that would change numbers and hide
// properties that are there twice.

import { element } from "./element.js";

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const CLOSES = { "{": "}", "[": "]" };

/** Return the nodes that show a body: coloured if it is JSON, as it is if not. */
export function shown(body) {
  return isJson(body) ? [...indented(body.match(TOKEN))] : [body];
}

function isJson(body) {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}

function* indented(tokens) {
  let depth = 0;
  const line = () => "\n" + "  ".repeat(depth);
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    if (token in CLOSES) {
      depth += 1;
      yield next === CLOSES[token] ? token : token + line();
    } else if (token === "}" || token === "]") {
      depth -= 1;
      yield tokens[index - 1] in CLOSES ? token : line() + token;
    } else if (token === ",") yield token + line();
    else if (token === ":") yield ": ";
    else yield element("span", { class: kind(token, next) }, token);
  }
}

function kind(token, next) {
  if (next === ":") return "json-key";
  return token.startsWith('"') ? "json-string" : "json-literal";
}
