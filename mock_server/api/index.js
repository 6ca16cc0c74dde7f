// A browser that goes back shows a page as it was left, also where it must not keep it: this one counts what is there now.
addEventListener("pageshow", (event) => event.persisted && location.reload());
