// A map with one marker. Leaflet comes when somebody unfolds it; without tiles a grid with a scale is drawn.
const STEP = 5; // metres for each arrow key
const LATITUDE_METRES = 111320;

const styled = (address) => new Promise((done) => {
  const link = document.createElement("link");
  Object.assign(link, { rel: "stylesheet", href: address, onload: done, onerror: done });
  document.head.prepend(link);
});

const library = async (box) => {
  await Promise.all([import("../leaflet.js"), styled(box.dataset.style)]);
  return window.L;
};

const escaped = (text) => {
  const holder = document.createElement("span");
  holder.textContent = text;
  return holder.innerHTML;
};

const ground = (L, { tiles, attribution }) => {
  if (tiles) return L.tileLayer(tiles, { maxZoom: 18, attribution: escaped(attribution) });
  const grid = L.gridLayer({ maxZoom: 18 });
  grid.createTile = () => Object.assign(document.createElement("div"), { className: "map-grid" });
  return grid;
};

const ARROWS = { ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

class Drawn {
  constructor(L, box, moved) {
    this.L = L;
    this.moved = moved;
    this.map = L.map(box, { zoomControl: false, attributionControl: false, scrollWheelZoom: false });
    L.control.zoom({ zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(this.map);
    L.control.scale({ imperial: false }).addTo(this.map);
    if (box.dataset.attribution) L.control.attribution({ prefix: false }).addTo(this.map);
    ground(L, box.dataset).addTo(this.map);
  }

  /** Also without a place: then the whole country. */
  show(place, accuracy) {
    if (!place) {
      this.map.setView([35, 105], 4);
      return;
    }
    const at = [place.latitude, place.longitude];
    this.map.setView(at, accuracy > 400 ? 14 : 16, { animate: false }); // first: a map without a view draws nothing
    this.put(at);
    this.circle?.remove();
    this.circle = accuracy ? this.L.circle(at, { radius: accuracy, className: "map-blur" }).addTo(this.map) : null;
  }

  put(at) {
    if (this.marker) {
      this.marker.setLatLng(at);
      return;
    }
    const icon = this.L.divIcon({ className: "map-pin", iconSize: [32, 42], iconAnchor: [16, 40] });
    this.marker = this.L.marker(at, { icon, draggable: Boolean(this.moved), keyboard: Boolean(this.moved), interactive: Boolean(this.moved) }).addTo(this.map);
    const pin = this.marker.getElement();
    pin.setAttribute("role", this.moved ? "button" : "img");
    pin.setAttribute("aria-label", this.moved ? "工程位置，用方向键移动" : "工程位置");
    if (!this.moved) return;
    this.marker.on("dragend", () => this.tell());
    pin.addEventListener("keydown", (event) => this.press(event));
  }

  press(event) {
    const way = ARROWS[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const { lat, lng } = this.marker.getLatLng();
    const north = (STEP * (event.shiftKey ? 10 : 1)) / LATITUDE_METRES;
    this.put([lat + way[0] * north, lng + (way[1] * north) / Math.cos((lat * Math.PI) / 180)]);
    this.map.panInside(this.marker.getLatLng(), { padding: [40, 40], animate: false });
    this.tell();
  }

  tell() {
    this.circle?.remove();
    const { lat, lng } = this.marker.getLatLng();
    this.moved({ latitude: lat, longitude: lng });
  }
}

/**
 * Draws a `.map` when its fold is opened. `moved` hears where the marker was put, in the system of the map. Answers a
 * function that shows another place.
 */
export const mapIn = (fold, moved) => {
  const box = fold.querySelector(".map");
  const { latitude, longitude, accuracy } = box.dataset;
  let place = latitude ? { latitude: Number(latitude), longitude: Number(longitude) } : null;
  let blur = Number(accuracy);
  let drawn = null;
  const draw = async () => {
    if (!fold.open || box.dataset.drawn) return;
    box.dataset.drawn = "yes";
    const L = await library(box);
    drawn = new Drawn(L, box, moved);
    drawn.show(place, blur);
    if (moved) drawn.map.on("click", ({ latlng }) => { drawn.put(latlng); drawn.tell(); });
  };
  fold.addEventListener("toggle", draw);
  draw();
  return (at, around) => {
    [place, blur] = [at, around];
    drawn?.show(place, blur);
  };
};
