// Where charts can be drawn, tables begin folded and charts have their place: before the first paint, so that nothing
// jumps. Without a script the tables lie open.
document.documentElement.classList.add("charted");
document.addEventListener("DOMContentLoaded", () => {
  for (const table of document.querySelectorAll(".figure-table")) {
    const figure = table.closest(".figure");
    table.open = figure.classList.contains("bare") || figure.id === location.hash.slice(1);
    table.classList.add("ready");
  }
});
