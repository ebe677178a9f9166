// What a chart shows is what the table beside it says: nothing is fetched, and nothing is known here of records.

const LINE = 19; // px between the lines of a label
const TEXT = 13;
const FEW = 6; // columns, each of which has its name

/** A figure's table: its rows, and its drawn columns with their numbers and addresses. */
export const read = (figure) => {
  const heads = [...figure.querySelectorAll("thead th")].slice(1);
  const lines = [...figure.querySelectorAll("tbody tr")];
  const cell = (line, number) => {
    const td = line.querySelectorAll("td")[number];
    return { value: parseFloat(td.textContent), address: td.querySelector("a")?.href ?? "" };
  };
  const columns = heads.flatMap((head, number) => {
    const { tone } = head.dataset;
    return tone ? [{ name: head.textContent, tone, cells: lines.map((line) => cell(line, number)) }] : [];
  });
  const { chart } = figure.dataset;
  const rows = lines.map((line) => line.querySelector("th").textContent.trim());
  return chart === "bars" ? { ...without(rows, columns), chart, lying: true } : { rows, columns, chart, lying: false };
};

/** Rows in which there is nothing to draw are left to the table. */
const without = (rows, columns) => {
  const drawn = (_, number) => columns.some(({ cells }) => cells[number].value > 0);
  return { rows: rows.filter(drawn), columns: columns.map((one) => ({ ...one, cells: one.cells.filter(drawn) })) };
};

const colours = () => {
  const style = getComputedStyle(document.body);
  return { of: (name) => style.getPropertyValue(`--tone-${name}`).trim(), text: style.color, font: style.fontFamily,
    quiet: style.getPropertyValue("--weui-FG-1").trim(), rule: style.getPropertyValue("--weui-FG-3").trim(),
    paper: style.getPropertyValue("--weui-BG-2").trim() };
};

const isRate = ({ tone }) => tone === "rate";
const shortened = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
const FOLLOWS = "，。、；：）》”—…";
const LEADS = "（《“";

/** In two lines of about the same length, parted where Chinese may be; what is still too long is cut. */
const broken = (text, each) => {
  const said = shortened(text, 2 * each);
  if (said.length <= each) return said;
  let at = Math.ceil(said.length / 2);
  while (at < said.length && FOLLOWS.includes(said[at])) at += 1;
  if (LEADS.includes(said[at - 1])) at -= 1;
  return `${said.slice(0, at)}\n${said.slice(at)}`;
};

/** Months within one year need the year once. */
const monthly = (rows) => rows.map((row, number) => {
  const [, year, month] = /^(\d+)年(\d+月)$/.exec(row) ?? [];
  if (!month) return row;
  return number === 0 || month === "1月" ? `${month}\n${year}` : month;
});

const series = (table, paint, known) => {
  const name = { name: known.name, cursor: "pointer" };
  const data = known.cells.map(({ value }) => (Number.isNaN(value) ? null : value));
  const color = paint.of(known.tone);
  if (isRate(known)) {
    return { ...name, type: "line", yAxisIndex: 1, data, color, symbol: "circle", symbolSize: 7, connectNulls: true, cursor: "default" };
  }
  const stack = table.chart === "columns" ? undefined : "all";
  const single = table.columns.filter((one) => !isRate(one)).length === 1;
  const label = { show: single, position: table.lying ? "right" : "top", color: paint.text, fontSize: TEXT };
  return { ...name, type: "bar", stack, data, color, label, barMaxWidth: table.lying ? 18 : 26, barMinHeight: 0, barGap: "12%",
    itemStyle: { borderColor: paint.paper, borderWidth: stack ? 1 : 0, borderRadius: stack ? 0 : 2 } };
};

const numbers = (paint, width) => ({ type: "value", minInterval: 1, splitNumber: width < 560 ? 3 : 5,
  axisLabel: { color: paint.quiet, fontSize: 12, formatter: String, hideOverlap: true }, splitLine: { lineStyle: { color: paint.rule } } });

/** How wide the legend is, and so how many lines it takes. */
const legendHeight = (columns, width) => {
  let lines = 1;
  let used = 0;
  for (const { name } of columns) {
    const each = name.length * TEXT + 34;
    if (used + each > width && used) [lines, used] = [lines + 1, 0];
    used += each;
  }
  return lines * 24;
};

const perLine = (width) => (width < 560 ? 8 : 13);

const rowHeight = (table, width) => {
  if (window.matchMedia("(pointer: coarse)").matches) return 46; // each row is tapped
  return table.rows.some((row) => row.length > perLine(width)) ? 44 : 34;
};

const names = (table, paint, width) => {
  const base = { type: "category", axisTick: { show: false }, axisLine: { lineStyle: { color: paint.rule } } };
  const label = { color: paint.text, fontSize: TEXT, lineHeight: LINE, interval: 0, hideOverlap: false };
  if (!table.lying && table.rows.length > FEW) return { ...base, data: monthly(table.rows), axisLabel: { ...label, interval: "auto", hideOverlap: true } };
  if (!table.lying) return { ...base, data: monthly(table.rows), axisLabel: label };
  const each = perLine(width);
  const data = table.rows.map((row) => broken(row, each));
  return { ...base, data, inverse: true, axisLabel: label };
};

const tooltip = (table, paint) => ({
  trigger: "axis",
  renderMode: "richText", // the other kind writes style attributes, which the page's policy forbids
  confine: true,
  axisPointer: { type: "shadow" },
  backgroundColor: paint.paper,
  borderColor: paint.rule,
  textStyle: { color: paint.text, fontSize: TEXT, fontFamily: paint.font },
  formatter: (parts) => [broken(table.rows[parts[0].dataIndex], 20),
    ...parts.filter(({ value }) => value !== null && value !== undefined)
      .map(({ seriesName, seriesIndex, value }) => `${seriesName} ${value}${isRate(table.columns[seriesIndex]) ? "%" : ""}`)].join("\n"),
});

const topOf = (table, width) => (table.columns.length > 1 ? legendHeight(table.columns, width) + 10 : table.lying ? 4 : 24);

/** What the chart needs, in pixels. */
export const heightOf = (table, width) => topOf(table, width) + (table.lying ? table.rows.length * rowHeight(table, width) + 24 : 230);

/** For ECharts. */
export const option = (table, width) => {
  const paint = colours();
  const many = table.columns.length > 1;
  const rated = table.columns.some(isRate);
  const values = [numbers(paint, width)];
  if (rated) values.push({ type: "value", min: 0, max: 100, axisLabel: { color: paint.quiet, fontSize: 12, formatter: "{value}%" }, splitLine: { show: false } });
  const rows = names(table, paint, width);
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  return {
    animation: !still,
    animationDuration: 300,
    textStyle: { fontFamily: paint.font },
    grid: { left: 4, right: table.lying ? 34 : 4, top: topOf(table, width), bottom: 4, containLabel: true },
    legend: many ? { top: 0, left: 0, itemWidth: 14, itemHeight: 10, itemGap: 14, textStyle: { color: paint.text, fontSize: TEXT }, selectedMode: false } : undefined,
    tooltip: tooltip(table, paint),
    xAxis: table.lying ? values[0] : rows,
    yAxis: table.lying ? rows : values,
    series: table.columns.map((one) => series(table, paint, one)),
  };
};
