// For what a page can be read without: it is fetched when the page itself is there. Only for modules of a page's head,
// which run before DOMContentLoaded. Not the load event, which waits for photos.

export const shown = new Promise((resolve) => {
  document.addEventListener("DOMContentLoaded", () => setTimeout(resolve), { once: true });
});
