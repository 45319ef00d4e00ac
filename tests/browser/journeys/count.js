// Runs before a page's own scripts. Counts what a person does on it, reloads too: taps, by finger or by key; the fields
// that something was typed, pasted or filled into; and notes which states the page has shown.
(() => {
  const counted = (window.counted = JSON.parse(sessionStorage.getItem("counted")) ?? { taps: [], fields: [], states: [] });
  const keep = () => sessionStorage.setItem("counted", JSON.stringify(counted));
  const name = (target) => target.id || target.textContent?.trim() || target.nodeName;

  const tap = ({ target }) => {
    counted.taps.push(name(target.closest?.("button, a, label, summary") ?? target));
    keep();
  };
  addEventListener("pointerdown", tap, true);
  addEventListener("keydown", (event) => {
    const presses = event.target.closest?.("button, a, summary") ? ["Enter", " "] : ["Enter"];
    if (presses.includes(event.key)) tap(event);
  }, true);

  addEventListener("input", ({ target }) => {
    if (!counted.fields.includes(name(target))) counted.fields.push(name(target));
    keep();
  }, true);

  addEventListener("DOMContentLoaded", () => {
    const main = document.querySelector("main");
    const note = () => {
      if (counted.states.at(-1) !== main.dataset.state) counted.states.push(main.dataset.state);
      keep();
    };
    new MutationObserver(note).observe(main, { attributeFilter: ["data-state"] });
    note();
  });
})();
