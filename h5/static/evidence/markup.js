// Draws on a photo: circle, arrow, text, mosaic, undo. What comes out is another picture; the photo itself stays as it is.

import { button, element } from "./element.js";
import { filled } from "./filling.js";
import { decoded, jpeg } from "./reduce.js";

const COLOURS = { 红色: "#e64340", 黄色: "#ffd400" };
const BLOCKS = 48; // along the longest side of a photo, of what is made unreadable
const LEAST = 6; // points that a finger has to move before something is drawn
const CLOSEST = 4; // times the size at which all of the photo is seen

const canvasOf = (width, height) => Object.assign(document.createElement("canvas"), { width, height });

// The place once more, in coarse blocks: each is the mean of its pixels, nothing finer is left.
const mosaic = (photo, { x, y, width, height }) => {
  const block = Math.max(8, Math.round(Math.max(photo.width, photo.height) / BLOCKS));
  const small = canvasOf(Math.ceil(width / block), Math.ceil(height / block));
  const fine = small.getContext("2d");
  fine.imageSmoothingQuality = "high";
  fine.drawImage(photo, x, y, width, height, 0, 0, small.width, small.height);
  const coarse = canvasOf(Math.ceil(width), Math.ceil(height));
  const context = coarse.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, coarse.width, coarse.height);
  return coarse;
};

const box = (from, to) => ({
  x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), width: Math.abs(to.x - from.x), height: Math.abs(to.y - from.y),
});

const inside = (photo, { x, y, width, height }) => {
  const [left, top] = [Math.max(0, Math.round(x)), Math.max(0, Math.round(y))];
  const [right, bottom] = [Math.min(photo.width, Math.round(x + width)), Math.min(photo.height, Math.round(y + height))];
  return { x: left, y: top, width: right - left, height: bottom - top };
};

// Each tool makes a shape from where the finger was set down and where it is now, in pixels of the photo.
const TOOLS = {
  圆圈: ({ Konva, pen }, from, to) => {
    const { x, y, width, height } = box(from, to);
    return new Konva.Ellipse({ x: x + width / 2, y: y + height / 2, radiusX: width / 2, radiusY: height / 2, ...pen });
  },
  箭头: ({ Konva, pen }, from, to) => new Konva.Arrow({
    points: [from.x, from.y, to.x, to.y], ...pen, fill: pen.stroke, pointerLength: pen.strokeWidth * 3, pointerWidth: pen.strokeWidth * 3,
  }),
  马赛克: ({ Konva, photo }, from, to) => {
    const part = inside(photo, box(from, to));
    if (part.width < 1 || part.height < 1) return null;
    return new Konva.Image({ ...part, image: mosaic(photo, part) });
  },
};
const TEXT = "文字";
const MOVE = "移动"; // what is seen of a photo that is larger than its place

class Editor {
  constructor(Konva, photo) {
    this.Konva = Konva;
    this.photo = photo;
    this.tool = "圆圈";
    this.colour = COLOURS.红色;
    this.shapes = [];
    this.zoom = 1;
    this.middle = { x: photo.width / 2, y: photo.height / 2 }; // of what is seen
    this.build();
  }

  build() {
    this.surface = element("div", { className: "markup-surface", tabIndex: -1 });
    this.words = element("input", { className: "weui-input markup-words", type: "text", maxLength: 60, hidden: true,
      "aria-label": "要写在照片上的文字", placeholder: "先写文字，再点照片上的位置" });
    this.undo = button("撤销", () => this.back());
    this.farther = button("缩小", () => this.closer(1 / 2));
    this.nearer = button("放大", () => this.closer(2));
    this.hand = button(MOVE, () => this.choose(MOVE));
    this.dialog = element("dialog", { className: "markup", "aria-label": "标注照片" },
      this.surface, this.words, this.bar(), element("div", { className: "markup-bar" },
        this.undo, this.farther, this.nearer, this.hand, button("取消", () => this.dialog.close()), button("完成", () => this.dialog.close("done"), "markup-done")));
  }

  bar() {
    const drawing = [...Object.keys(TOOLS), TEXT].map((name) => button(name, () => this.choose(name)));
    const tools = [...drawing, this.hand];
    const colours = Object.entries(COLOURS).map(([name, colour]) =>
      button(name, () => { this.colour = colour; this.pressed(); }, "markup-colour"));
    this.pressed = () => {
      for (const one of tools) one.setAttribute("aria-pressed", one.textContent === this.tool);
      for (const one of colours) one.setAttribute("aria-pressed", COLOURS[one.textContent] === this.colour);
      this.words.hidden = this.tool !== TEXT;
      this.undo.disabled = !this.shapes.length;
      this.farther.disabled = this.hand.disabled = this.zoom === 1;
      this.nearer.disabled = this.zoom === CLOSEST;
    };
    return element("div", { className: "markup-bar", role: "toolbar", "aria-label": "工具" }, ...drawing, ...colours);
  }

  choose(name) {
    this.tool = name;
    this.pressed();
    if (name === TEXT) this.words.focus();
  }

  closer(times) {
    this.zoom *= times;
    if (this.zoom === 1 && this.tool === MOVE) this.tool = Object.keys(TOOLS)[0];
    this.fit();
    this.pressed();
  }

  // The stage has the size of the screen, however the phone is turned, and the coordinates of the photo.
  fit() {
    const { clientWidth, clientHeight } = this.surface;
    if (!clientWidth || !clientHeight) return; // the keyboard has taken all of it
    const { width, height } = this.photo;
    this.whole = Math.min(clientWidth / width, clientHeight / height);
    this.scale = this.whole * this.zoom;
    const size = { width: Math.min(clientWidth, width * this.scale), height: Math.min(clientHeight, height * this.scale) };
    this.stage.size(size);
    this.stage.scale({ x: this.scale, y: this.scale });
    this.look(size.width / 2 - this.middle.x * this.scale, size.height / 2 - this.middle.y * this.scale);
  }

  // Puts the photo's corner there, or as near as leaves nothing empty.
  look(left, top) {
    const { width, height } = this.stage.size();
    const x = Math.min(0, Math.max(width - this.photo.width * this.scale, left));
    const y = Math.min(0, Math.max(height - this.photo.height * this.scale, top));
    this.stage.position({ x, y });
    this.middle = { x: (width / 2 - x) / this.scale, y: (height / 2 - y) / this.scale };
  }

  open() {
    this.closed = filled(this.dialog);
    this.pressed();
    this.stage = new this.Konva.Stage({ container: this.surface });
    this.fit();
    this.turning = new ResizeObserver(() => this.fit());
    this.turning.observe(this.surface);
    this.layer = new this.Konva.Layer();
    this.layer.add(new this.Konva.Image({ image: this.photo, listening: false }));
    this.stage.add(this.layer);
    this.stage.on("pointerdown", () => this.begin());
    this.stage.on("pointermove", () => this.draw());
    this.stage.on("pointerup pointerleave pointercancel", () => this.end());
    this.dialog.addEventListener("keydown", (event) => {
      if (event.key === "z" && (event.ctrlKey || event.metaKey) && event.target !== this.words) this.back();
    });
  }

  get pen() {
    const edge = { shadowColor: "#000", shadowBlur: 3 / this.whole, shadowOpacity: 0.8 }; // seen on any background
    return { stroke: this.colour, strokeWidth: 4 / this.whole, lineCap: "round", lineJoin: "round", ...edge };
  }

  begin() {
    this.from = this.stage.getRelativePointerPosition();
    this.grip = this.tool === MOVE ? { at: this.stage.getPointerPosition(), corner: this.stage.position() } : null;
    if (this.tool === TEXT) this.write();
  }

  write() {
    const text = this.words.value.trim();
    const at = this.from;
    this.from = null;
    if (!text) return this.words.focus();
    this.add(new this.Konva.Text({ ...at, text, fontSize: 22 / this.whole, fontStyle: "bold", fontFamily: "sans-serif", fill: this.colour,
      stroke: "#000", strokeWidth: 3 / this.whole, fillAfterStrokeEnabled: true, width: Math.max(80 / this.whole, this.photo.width - at.x) }));
    this.words.value = "";
  }

  draw() {
    if (!this.from) return;
    if (this.grip) return this.drag(this.grip);
    const to = this.stage.getRelativePointerPosition();
    this.drawn?.destroy();
    this.drawn = null;
    if (Math.hypot(to.x - this.from.x, to.y - this.from.y) * this.scale < LEAST) return;
    this.drawn = TOOLS[this.tool](this, this.from, to);
    if (this.drawn) this.layer.add(this.drawn);
  }

  drag({ at, corner }) {
    const { x, y } = this.stage.getPointerPosition();
    this.look(corner.x + x - at.x, corner.y + y - at.y);
  }

  end() {
    if (this.drawn) this.add(this.drawn);
    this.from = null;
    this.drawn = null;
  }

  add(shape) {
    this.layer.add(shape);
    this.shapes.push(shape);
    this.pressed();
  }

  back() {
    this.shapes.pop()?.destroy();
    this.pressed();
  }

  // All of it, whatever part was seen last.
  picture() {
    const { width, height } = this.photo;
    this.stage.setAttrs({ width: width * this.whole, height: height * this.whole, x: 0, y: 0, scaleX: this.whole, scaleY: this.whole });
    return jpeg(this.stage.toCanvas({ pixelRatio: 1 / this.whole }));
  }

  async result() {
    const done = await this.closed;
    this.turning.disconnect();
    const found = done && this.shapes.length ? await this.picture() : null;
    this.stage.destroy();
    return found;
  }
}

// A marked copy as JPEG; null when nothing was drawn or it was given up.
export const marked = async (blob) => {
  const photo = await decoded(blob);
  if (!photo) return null;
  await import("../konva.js");
  const editor = new Editor(window.Konva, photo);
  editor.open();
  const found = await editor.result();
  photo.close();
  return found && new File([found], "标注.jpg", { type: "image/jpeg" });
};
