// Judging finding by finding from the keyboard, and what it comes to on the button. Without this script the same form
// works with Tab, arrows and the space bar.

(() => {
  const rulings = () => [...document.querySelectorAll(".act .ruling")];
  const open = () => rulings().some((one) => one.offsetParent !== null);
  let here = -1;

  const tell = () => {
    const form = document.querySelector(".rulings")?.closest("form");
    const button = form?.querySelector('button[type="submit"]');
    if (!button) return;
    const returned = form.querySelectorAll('.ruling input[value="return"]:checked').length;
    button.textContent = returned ? `退回 ${returned} 条` : "全部通过";
  };

  const go = (to) => {
    const every = rulings();
    here = Math.max(0, Math.min(every.length - 1, to));
    every.forEach((one, index) => one.classList.toggle("ruling-here", index === here));
    every[here].scrollIntoView({ block: "start" });
    every[here].querySelector(".ruling-choice input:checked").focus({ preventScroll: true });
  };

  const choose = (value) => {
    if (here < 0) go(0);
    const ruling = rulings()[here];
    const radio = ruling.querySelector(`.ruling-choice input[value="${value}"]`);
    radio.checked = true;
    radio.dispatchEvent(new Event("input", { bubbles: true }));
    if (value === "return") ruling.querySelector(".ruling-why input").focus({ preventScroll: true });
    else go(here + 1);
  };

  const KEYS = { j: () => go(here + 1), k: () => go(here - 1), a: () => choose("accept"), r: () => choose("return") };

  document.addEventListener("keydown", (event) => {
    if (!open() || document.querySelector("dialog[open]")) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      document.querySelector(".rulings").closest("form").requestSubmit();
      return;
    }
    const typing = event.target.matches?.('input:not([type="radio"]):not([type="checkbox"]), textarea, select');
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !(event.key.toLowerCase() in KEYS)) return;
    event.preventDefault();
    KEYS[event.key.toLowerCase()]();
  });
  document.addEventListener("focusin", (event) => {
    const ruling = event.target.closest?.(".ruling");
    if (ruling) here = rulings().indexOf(ruling);
  });
  document.addEventListener("input", tell);
  document.addEventListener("htmx:after:swap", tell);
  tell();
})();
