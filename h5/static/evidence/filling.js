const QUICK = 500; // milliseconds
const NEAR = 40; // points

// The second of two quick taps on what closes a dialog must not press what lies below it.
const shielding = (dialog) => {
  let tap = null;
  const until = new AbortController();
  window.addEventListener("click", (event) => {
    if (dialog.contains(event.target)) tap = event;
    else if (tap && event.detail && event.timeStamp - tap.timeStamp < QUICK // without detail it was a key
      && Math.hypot(event.clientX - tap.clientX, event.clientY - tap.clientY) < NEAR) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, { capture: true, signal: until.signal });
  return () => setTimeout(() => until.abort(), QUICK);
};

// Shows a dialog that fills the screen. The phone's back button closes it, not the page; closing it otherwise takes that
// step back, too. Open when this returns; what it promises, once it is closed, is whether "done" was said.
export const filled = async (dialog) => {
  const until = new AbortController();
  const unshield = shielding(dialog);
  document.body.append(dialog);
  try {
    dialog.showModal();
    history.pushState({ filled: true }, "");
    window.addEventListener("popstate", () => dialog.close(), { signal: until.signal });
    await new Promise((closed) => dialog.addEventListener("close", closed));
  } finally {
    until.abort();
    unshield();
    if (history.state?.filled) history.back();
    dialog.remove();
  }
  return dialog.returnValue === "done";
};
