// Every node of the page is made here, from text nodes and attributes only: no markup is ever parsed,
// so a hostile message can do no more than be read.

const SVG = "http://www.w3.org/2000/svg";

/** Children may be nodes, strings, numbers, arrays; null, undefined and false are left out. */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  node.append(...flat(children));
  return node;
}

function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "style") for (const [key, each] of Object.entries(value)) node.style.setProperty(key, each);
  else if (name === "value" || name === "checked" || name === "selected" || name === "muted") node[name] = value;
  else node.setAttribute(name, value === true ? "" : value);
}

function flat(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

export function replace(node, ...children) {
  node.replaceChildren(...flat(children));
  return node;
}

const STROKES = {
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  menu: "M5 7h14M5 12h14M5 17h9",
  keyboard: "M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M7 14h10",
  microphone: "M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4zM6.5 11.5a5.5 5.5 0 0 0 11 0M12 17v3",
  plus: "M12 8v8M8 12h8M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17z",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-2.5 4 3.5M15.5 9h.01",
  video: "M4 7h11v10H4zM15 11l5-3v8l-5-3",
  place: "M12 21s-6.5-6.2-6.5-11a6.5 6.5 0 0 1 13 0c0 4.8-6.5 11-6.5 11zM12 7.8a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4z",
  chevron: "M9 6l6 6-6 6",
  down: "M6 9l6 6 6-6",
  swap: "M7 7h12l-3-3M17 17H5l3 3",
  search: "M10.5 4.5a6 6 0 1 1 0 12 6 6 0 0 1 0-12zM15 15l5 5",
  panel: "M4 5h16v14H4zM15 5v14",
  people: "M9 5a3.2 3.2 0 1 1 0 6.4A3.2 3.2 0 0 1 9 5zM3 19c.4-3.6 2.8-5.4 6-5.4s5.6 1.8 6 5.4M15.5 5.4a3 3 0 0 1 0 5.6M17.5 14c2 .6 3.2 2.3 3.5 5",
  person: "M12 4.5a3.6 3.6 0 1 1 0 7.2 3.6 3.6 0 0 1 0-7.2zM4.8 20c.6-4.2 3.4-6.2 7.2-6.2s6.6 2 7.2 6.2",
  clock: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM12 8v4.5l3 2",
  file: "M6 3h8l5 5v13H6zM14 3v5h5",
  refresh: "M19 12a7 7 0 1 1-2.2-5.1M19 4v4h-4",
  add: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  play: "M8 5.5l11 6.5-11 6.5z",
  traffic: "M4 9h14l-3-3M20 15H6l3 3",
  fault: "M13 3L5 14h6l-1 7 8-11h-6z",
  power: "M12 4v8M7.5 6.8a7 7 0 1 0 9 0",
  pause: "M9 6v12M15 6v12",
  trash: "M5 7h14M10 4h4M7 7l1 13h8l1-13",
  check: "M5 12.5l4.5 4.5L19 7.5",
  external: "M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9",
};

export function icon(name, label = null) {
  return svg(
    "svg",
    { class: `icon icon-${name}`, viewBox: "0 0 24 24", "aria-hidden": label ? null : "true", "aria-label": label, role: label ? "img" : null },
    svg("path", { d: STROKES[name] }),
  );
}
