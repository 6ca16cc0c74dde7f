// Work that is asked for more often than it need be done.

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Return a function that does `task` at once, but never twice at a time nor sooner than `pause` milliseconds
 * after the last; asked in between, it does it once more at the end, however often it was asked.
 */
export function paced(task, pause) {
  let busy = false;
  let again = false;
  return async function ask() {
    again = true;
    if (busy) return;
    busy = true;
    try {
      while (again) {
        again = false;
        await task();
        await wait(pause);
      }
    } finally {
      busy = false;
    }
  };
}
