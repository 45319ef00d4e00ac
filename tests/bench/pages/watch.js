// Runs before a page's own scripts: taps the button as soon as it shows, and notes when (in milliseconds
// since the navigation) the photo of the width WIDTH has been painted, and what came before.
(() => {
  const marks = (window.marks = {});
  const mark = (name) => (marks[name] ??= performance.now());

  new MutationObserver(() => {
    const button = document.querySelector('button[data-act="open"]');
    if (!button || marks.tapped) return;
    mark("tapped");
    button.click();
  }).observe(document, { childList: true, subtree: true });

  document.addEventListener("load", async ({ target }) => {
    if (!target.matches?.("img[data-photo]") || target.naturalWidth !== WIDTH) return;
    mark("loaded");
    await target.decode();
    // What follows a frame's callbacks comes after its painting.
    requestAnimationFrame(() => setTimeout(() => mark("painted")));
  }, true);

  window.Worker = class extends Worker {
    constructor(...what) {
      super(...what);
      mark("worker");
      this.addEventListener("message", ({ data }) => {
        if (data.ready) mark("ready");
        if (data.progress) mark(data.progress.stage);
      });
    }
  };
})();
