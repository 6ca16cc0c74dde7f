// One fault, in the form of `Fault` in control.yaml.

const DEFAULTS = { operations: null, when: "before", status: null, delay: null, drop: false, hang: false };
const RULES = { times: null, probability: 1 };

const canonical = (fault) => {
  const whole = { ...DEFAULTS, ...RULES, ...fault };
  const delay = whole.delay && [whole.delay.from, whole.delay.to ?? whole.delay.from];
  const operations = whole.operations && [...whole.operations].sort();
  return JSON.stringify([operations, whole.when, whole.status, delay, whole.drop, whole.hang, whole.probability]);
};

/** Whether two faults do the same; how many times they still may is not looked at. */
export const sameFault = (one, other) => canonical(one) === canonical(other);

export const isSpent = (fault) => fault.times !== undefined && fault.struck >= fault.times;

/** The fault as it can be set again, with the times that are left of it. */
export function remaining({ struck = 0, ...fault }) {
  return fault.times === undefined ? fault : { ...fault, times: fault.times - struck };
}

/** "503 on create_record, after it is stored, once". */
export function words(fault) {
  const parts = [`${effect(fault)} on ${fault.operations?.join(", ") ?? "everything"}`];
  if (fault.when === "after") parts.push("after it is stored");
  if (fault.probability !== undefined && fault.probability !== 1) parts.push(`with probability ${fault.probability}`);
  if (fault.times !== undefined) parts.push(fault.times === 1 ? "once" : `${fault.times} times`);
  return parts.join(", ");
}

function effect({ status, delay, drop, hang }) {
  const effects = [];
  if (delay) effects.push(`${seconds(delay)} delay`);
  if (status) effects.push(String(status));
  if (drop) effects.push("dropped connection");
  if (hang) effects.push("no answer");
  return effects.join(" and ") || "nothing";
}

const seconds = ({ from, to = from }) => (from === to ? `${from} s` : `${from}–${to} s`);
