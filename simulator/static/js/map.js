// A small invented map: towns, roads and water are drawn from the coordinates themselves, so that any place has surroundings.

import { h, icon, svg } from "./dom.js";

const WIDTH = 320;
const HEIGHT = 220;
const NEAREST = 0.004;
const FARTHEST = 8;
const KM_PER_DEGREE = 111.3;

/** A number in [0, 1) that belongs to one grid cell for ever. */
function chance(x, y, salt = 0) {
  const mixed = Math.sin(x * 127.1 + y * 311.7 + salt * 74.7) * 43758.5453;
  return mixed - Math.floor(mixed);
}

function view(lat, lon, span) {
  const scale = WIDTH / span;
  return {
    lat, lon, span, scale,
    x: (longitude) => WIDTH / 2 + (longitude - lon) * scale,
    y: (latitude) => HEIGHT / 2 - (latitude - lat) * scale,
    lonAt: (x) => lon + (x - WIDTH / 2) / scale,
    latAt: (y) => lat - (y - HEIGHT / 2) / scale,
  };
}

/** Street spacing in degrees: the power of two that leaves some forty points between two streets. */
const spacing = (span) => 2 ** Math.round(Math.log2((span * 44) / WIDTH));

function cells(area) {
  const step = spacing(area.span);
  const left = Math.floor(area.lonAt(0) / step) - 1;
  const right = Math.ceil(area.lonAt(WIDTH) / step) + 1;
  const low = Math.floor(area.latAt(HEIGHT) / step) - 1;
  const high = Math.ceil(area.latAt(0) / step) + 1;
  return { step, left, right, low, high };
}

function blocks(area) {
  const { step, left, right, low, high } = cells(area);
  const found = [];
  for (let column = left; column < right; column += 1) {
    for (let row = low; row < high; row += 1) {
      const kind = blockKind(chance(column, row));
      if (!kind) continue;
      const size = step * area.scale;
      found.push(svg("rect", { class: kind, x: area.x(column * step) + 2, y: area.y((row + 1) * step) + 2, width: size - 4, height: size - 4, rx: 4 }));
    }
  }
  return found;
}

function blockKind(number) {
  if (number < 0.12) return "map-park";
  if (number < 0.17) return "map-lake";
  return number < 0.6 ? "map-block" : null;
}

function roads(area) {
  const { step, left, right, low, high } = cells(area);
  const lines = [];
  for (let column = left; column <= right; column += 1) lines.push(road(column, area.x(column * step), -5, area.x(column * step), HEIGHT + 5));
  for (let row = low; row <= high; row += 1) lines.push(road(row, -5, area.y(row * step), WIDTH + 5, area.y(row * step)));
  return lines.sort((one, other) => one.classList.contains("main") - other.classList.contains("main"));
}

function road(index, x1, y1, x2, y2) {
  return svg("line", { class: index % 4 === 0 ? "map-road main" : "map-road", x1, y1, x2, y2 });
}

/** A river that winds between the streets, and so looks alike from near and from far. */
function river(area) {
  const step = spacing(area.span);
  const course = Math.round(area.lat / (step * 7)) * step * 7;
  const points = [];
  for (let x = -20; x <= WIDTH + 20; x += 8) {
    const place = area.lonAt(x) / step;
    points.push(`${x} ${area.y(course + (Math.sin(place * 0.9) * 0.5 + Math.sin(place * 0.37) * 1.1) * step)}`);
  }
  return svg("path", { class: "map-river", d: `M${points.join("L")}` });
}

function ground(area) {
  return [svg("rect", { class: "map-ground", width: WIDTH, height: HEIGHT }), blocks(area), river(area), roads(area)];
}

function pin(x, y, chosen = true) {
  const shape = svg("path", { d: "M0 0c-7-9-10-13-10-18a10 10 0 0 1 20 0c0 5-3 9-10 18z" });
  return svg("g", { class: chosen ? "map-pin chosen" : "map-pin", transform: `translate(${x} ${y})` }, shape, svg("circle", { cy: -18, r: 3.6 }));
}

const frame = (...children) => svg("svg", { class: "map", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "xMidYMid slice" }, children);

export function mapThumbnail(lat, lon) {
  const area = view(lat, lon, 0.02);
  return frame(ground(area), pin(WIDTH / 2, HEIGHT / 2 + 8));
}

function around(places) {
  if (!places.length) return { lat: 30, lon: 110, span: 1 };
  const lats = places.map(({ lat }) => lat);
  const lons = places.map(({ lon }) => lon);
  const width = Math.max(...lons) - Math.min(...lons);
  const height = Math.max(...lats) - Math.min(...lats);
  return {
    lat: (Math.max(...lats) + Math.min(...lats)) / 2,
    lon: (Math.max(...lons) + Math.min(...lons)) / 2,
    span: Math.max(0.02, width * 1.35, (height * 1.6 * WIDTH) / HEIGHT),
  };
}

/** A map to drag, zoom and tap. `onpick({lat, lon, label})` gets every tap, by the nearest place's name when it hit one. */
export class PlaceMap {
  constructor(places, onpick) {
    this.places = places;
    this.onpick = onpick;
    this.at = around(places);
    this.chosen = null;
    this.canvas = frame();
    this.scale = h("span", { class: "map-scale" });
    this.node = h("div", { class: "map-box", "data-testid": "map" }, this.canvas, this.scale, this.zoomButtons());
    this.listen();
    this.draw();
  }

  zoomButtons() {
    const button = (name, label, factor) =>
      h("button", { class: "round", type: "button", "aria-label": label, onclick: () => this.zoom(factor) }, icon(name));
    return h("div", { class: "map-zoom" }, button("add", "放大", 1 / 2), button("minus", "缩小", 2));
  }

  listen() {
    this.canvas.addEventListener("pointerdown", (event) => this.startDrag(event));
    this.canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(event.deltaY > 0 ? 1.3 : 1 / 1.3);
    }, { passive: false });
  }

  startDrag(start) {
    const from = { ...this.at };
    const perPixel = this.at.span / this.canvas.getBoundingClientRect().width;
    let moved = 0;
    const move = (event) => {
      const [dx, dy] = [event.clientX - start.clientX, event.clientY - start.clientY];
      moved = Math.max(moved, Math.abs(dx) + Math.abs(dy));
      this.at = { ...this.at, lon: from.lon - dx * perPixel, lat: from.lat + dy * perPixel };
      this.draw();
    };
    const end = () => {
      window.removeEventListener("pointermove", move);
      if (moved < 6) this.tap(start);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end, { once: true });
  }

  tap(event) {
    const box = this.canvas.getBoundingClientRect();
    const area = this.area();
    const zoom = Math.max(box.width / WIDTH, box.height / HEIGHT);
    const x = WIDTH / 2 + (event.clientX - box.left - box.width / 2) / zoom;
    const y = HEIGHT / 2 + (event.clientY - box.top - box.height / 2) / zoom;
    const near = this.places.find(({ lat, lon }) => Math.hypot(area.x(lon) - x, area.y(lat) - 12 - y) < 16);
    this.onpick(near ?? { lat: round(area.latAt(y)), lon: round(area.lonAt(x)), label: "地图选点" });
  }

  zoom(factor) {
    this.at.span = Math.min(FARTHEST, Math.max(NEAREST, this.at.span * factor));
    this.draw();
  }

  choose(place, nearby = true) {
    this.chosen = place;
    this.at = { lat: place.lat, lon: place.lon, span: nearby ? Math.min(this.at.span, 0.03) : this.at.span };
    this.draw();
  }

  area() {
    return view(this.at.lat, this.at.lon, this.at.span);
  }

  draw() {
    const area = this.area();
    const pins = this.places.map(({ lat, lon }) => pin(area.x(lon), area.y(lat), false));
    const mark = this.chosen ? pin(area.x(this.chosen.lon), area.y(this.chosen.lat)) : [];
    this.canvas.replaceChildren(...[ground(area), pins, mark].flat(3));
    this.scale.textContent = scaleText(area.span);
  }
}

const round = (degrees) => Math.round(degrees * 1e6) / 1e6;

function scaleText(span) {
  const km = (span / 4) * KM_PER_DEGREE;
  return km >= 1 ? `${km.toFixed(km < 10 ? 1 : 0)} 公里` : `${Math.round(km * 1000)} 米`;
}
