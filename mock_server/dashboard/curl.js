// An exchange as a command to send it again.

// The tool sets these itself, or they were the browser's business.
const LEFT_OUT = /^(host|connection|content-length|accept-encoding|keep-alive|origin|referer|user-agent|priority|pragma|cache-control|sec-.*|dnt)$/i;

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

export function curl(exchange) {
  const { method, path, request } = exchange;
  const parts = [`curl ${method === "GET" ? "" : `-X ${method} `}${quoted(location.origin + path)}`];
  for (const [name, value] of request.headers) {
    if (!LEFT_OUT.test(name)) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  }
  if (request.body) parts.push(`--data-raw ${quoted(request.body)}`);
  return parts.join(" \\\n  ");
}
