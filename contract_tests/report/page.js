// All that works only with a script: buttons to copy and to open, and what is folded on paper.
const say = (button, text) => {
  const before = button.textContent;
  button.textContent = text;
  setTimeout(() => { button.textContent = before; }, 1200);
};
const copy = async (button, text) => {
  try {
    await navigator.clipboard.writeText(text);
    say(button, "Copied");
  } catch {
    say(button, "Select it to copy");
  }
};
for (const box of document.querySelectorAll(".command")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", () => copy(button, box.querySelector("code").textContent));
  box.append(button);
}
for (const button of document.querySelectorAll("[data-copy-all]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const lines = button.closest("details").querySelectorAll(".step .command code");
    copy(button, [...lines].map((line) => line.textContent + "\n").join(""));
  });
}
for (const button of document.querySelectorAll("[data-open]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const all = [...document.querySelectorAll(button.dataset.open)];
    const open = !all.every((one) => one.open);
    for (const one of all) one.open = open;
    button.textContent = open ? "Close all" : "Open all";
  });
}
const reveal = () => {
  const one = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (one instanceof HTMLDetailsElement) one.open = true;
};
addEventListener("hashchange", reveal);
reveal();
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll(".broken-rule:not([open])")];
  for (const one of folded) one.open = true;
});
addEventListener("afterprint", () => { for (const one of folded) one.open = false; });
