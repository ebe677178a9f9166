// Draws each figure's chart from its table, when it comes near the window and not before the page is there.
import { heightOf, option, read } from "./chart.js";

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const drawn = new Map(); // figure → its chart

const loaded = () => new Promise((done) => {
  if (document.readyState === "complete") done();
  else window.addEventListener("load", done, { once: true });
});

/** Where a row has only one part, all of the row leads there: its name and its number, too. */
const addressAt = (chart, table, { offsetX, offsetY }) => {
  const at = table.lying ? [chart.getWidth() / 2, offsetY] : [offsetX, chart.getHeight() / 2];
  if (table.columns.length !== 1 || !chart.containPixel("grid", at)) return "";
  const [x, y] = chart.convertFromPixel({ seriesIndex: 0 }, at);
  return table.columns[0].cells[table.lying ? y : x]?.address ?? "";
};

/** Before anything is drawn, so that nothing moves under a thumb. */
const makeRoom = (figure) => {
  const box = figure.querySelector(".chart");
  box.style.height = `${heightOf(read(figure), box.clientWidth)}px`;
};

const draw = (figure, changes = {}) => {
  drawn.get(figure)?.dispose();
  const table = read(figure);
  const box = figure.querySelector(".chart");
  makeRoom(figure);
  const chart = window.echarts.init(box, null, { renderer: "canvas" });
  chart.setOption({ ...option(table, box.clientWidth), ...changes });
  drawn.set(figure, chart);
  // The browser's own click, since ECharts knows of none that lasted longer than 0.3 s; only it knows the parts of a row.
  box.onclick = (event) => open(addressAt(chart, table, event));
  if (table.columns.length > 1) chart.on("click", ({ seriesIndex, dataIndex }) => open(table.columns[seriesIndex].cells[dataIndex]?.address));
  chart.getZr().on("mousemove", (event) => chart.getZr().setCursorStyle(event.target || addressAt(chart, table, event) ? "pointer" : "default"));
};

const open = (address) => {
  if (address) location.assign(address);
};

const redraw = () => [...drawn.keys()].forEach((figure) => draw(figure));

/** The tables say the same. */
const doWithout = () => {
  document.documentElement.classList.remove("charted");
  for (const table of document.querySelectorAll(".figure-table")) table.open = true;
};

/** Where no row has anything to draw the table stands alone, and is left open by early.js, which comes later. */
const leaveToTable = (figure) => figure.classList.add("bare");

const charted = () => document.querySelectorAll(".figure:not(.bare)");

const begin = async () => {
  for (const figure of document.querySelectorAll(".figure")) if (!read(figure).rows.length) leaveToTable(figure);
  charted().forEach(makeRoom);
  await loaded();
  await import("../echarts.js");
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      if (!drawn.has(target)) draw(target);
    }
  }, { rootMargin: "300px" });
  for (const figure of charted()) near.observe(figure);
  dark.addEventListener("change", redraw);
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth === width) return; // a phone's address bar coming and going
    width = window.innerWidth;
    redraw();
  });
};

// On paper there is nothing to unfold, nothing comes near, and nothing is dark.
window.addEventListener("beforeprint", () => {
  for (const table of document.querySelectorAll(".figure-table")) table.open = true;
  if (!window.echarts) return;
  document.body.dataset.weuiTheme = "light";
  for (const figure of charted()) draw(figure, { animation: false });
});
window.addEventListener("afterprint", () => {
  delete document.body.dataset.weuiTheme;
  redraw();
});

begin().catch((error) => {
  console.warn("charts", error);
  doWithout();
});
