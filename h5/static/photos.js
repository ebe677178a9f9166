// Photos large on tap: a full-screen strip to swipe through. Without this script the same links open the photo itself.

(() => {
  const viewer = document.getElementById("viewer");
  if (!viewer?.showModal) return;
  const strip = viewer.querySelector(".viewer-strip");
  const count = viewer.querySelector(".viewer-count");
  let opener = null;
  let leaving = false; // the step back that a closed photo owes comes a moment later

  const slide = (link) => {
    const image = document.createElement("img");
    image.src = link.href;
    image.alt = link.querySelector("img").alt;
    image.loading = "lazy";
    const frame = document.createElement("figure");
    frame.append(image);
    if (link.dataset.original) {
      const original = document.createElement("a");
      original.href = link.dataset.original;
      original.textContent = "查看原件";
      original.target = "_blank";
      original.rel = "noopener";
      frame.append(original);
    }
    return frame;
  };

  const position = () => Math.round(strip.scrollLeft / strip.clientWidth);
  const tell = () => { count.textContent = `${position() + 1} / ${strip.children.length}`; };
  const step = (by) => strip.scrollBy({ left: by * strip.clientWidth, behavior: "smooth" });

  const open = (link) => {
    const links = [...link.closest(".photos").querySelectorAll("a.photo")];
    opener = link;
    strip.replaceChildren(...links.map(slide));
    viewer.showModal();
    strip.scrollTo({ left: links.indexOf(link) * strip.clientWidth, behavior: "instant" });
    tell();
    if (!leaving) history.pushState({ viewer: true }, "");
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.photo");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });
  strip.addEventListener("scroll", tell, { passive: true });
  viewer.addEventListener("click", (event) => {
    if (!event.target.closest("a")) viewer.close();
  });
  viewer.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") step(1);
    if (event.key === "ArrowLeft") step(-1);
  });
  // The phone's back button closes the photo, not the page; closing it otherwise takes that step back, too.
  window.addEventListener("popstate", () => {
    if (!leaving) return viewer.close();
    leaving = false;
    if (viewer.open) history.pushState({ viewer: true }, ""); // another was opened meanwhile
  });
  viewer.addEventListener("close", () => {
    if (history.state?.viewer && !leaving) {
      leaving = true;
      history.back();
    }
    strip.replaceChildren();
    opener?.focus();
  });
})();
