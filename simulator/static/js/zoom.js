import { h, icon } from "./dom.js";

function dialog(content) {
  const node = h(
    "dialog",
    { class: "zoom", "aria-label": "放大查看", "data-testid": "zoom", onclick: (event) => event.target === content || node.close(), onclose: () => node.remove() },
    content,
    h("button", { class: "zoom-close", type: "button", "aria-label": "关闭" }, icon("close")),
  );
  document.body.append(node);
  node.showModal();
}

export const zoomPicture = (address) => dialog(h("img", { src: address, alt: "图片" }));

export const zoomVideo = (address) => dialog(h("video", { src: address, controls: true, autoplay: true, playsinline: true }));
