// Shows a dialog that fills the screen. The phone's back button closes it, not the page; closing it otherwise takes that
// step back, too. Open when this returns; what it promises, once it is closed, is whether "done" was said.
export const filled = async (dialog) => {
  const until = new AbortController();
  document.body.append(dialog);
  try {
    dialog.showModal();
    history.pushState({ filled: true }, "");
    window.addEventListener("popstate", () => dialog.close(), { signal: until.signal });
    await new Promise((closed) => dialog.addEventListener("close", closed));
  } finally {
    until.abort();
    if (history.state?.filled) history.back();
    dialog.remove();
  }
  return dialog.returnValue === "done";
};
