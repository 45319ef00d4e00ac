/**
 * Shows one state of the page at a time: a clone of the template with its name, in <main>.
 * Nothing of the state before it stays in the document.
 */

const main = /** @type {HTMLElement} */ (document.querySelector("main"));
const live = /** @type {HTMLElement} */ (document.getElementById("live"));

/** @typedef {Record<string, string | null | undefined>} Fills */
/** @typedef {Record<string, (event: Event) => void>} Acts */

/** @returns {Element} what is shown now; no longer connected once something else is */
export const current = () => /** @type {Element} */ (main.firstElementChild);

/** @returns {string} the name of the state that is shown now */
export const state = () => main.dataset.state ?? "";

/**
 * @param {string} name - a state; its template has the id "view-<name>"
 * @param {Fills} [fills] - texts for the nodes with these names as data-fill
 * @param {Acts} [acts] - what the nodes with these names as data-act do when they are pressed
 * @returns {HTMLElement} the view
 */
export function show(name, fills = {}, acts = {}) {
  main.replaceChildren(copy(`view-${name}`, fills, acts));
  main.dataset.state = name;
  const view = /** @type {HTMLElement} */ (current());
  live.textContent = "";
  scrollTo(0, 0);
  all(view, "[data-focus]")[0]?.focus({ preventScroll: true });
  return view;
}

/**
 * Shows a view again that was shown before, with all that was typed there.
 * @param {HTMLElement} view
 * @param {string} name - its state
 */
export function showAgain(view, name) {
  main.replaceChildren(view);
  main.dataset.state = name;
  live.textContent = "";
  scrollTo(0, 0);
  all(view, "[data-focus]")[0]?.focus({ preventScroll: true });
}

/**
 * @param {string} id - of a template
 * @param {Fills} [fills] - as for `show`
 * @param {Acts} [acts] - as for `show`
 * @returns {HTMLElement} a copy of the template's one element
 */
export function copy(id, fills = {}, acts = {}) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
  const content = document.importNode(template.content, true);
  const node = /** @type {HTMLElement} */ (content.firstElementChild);
  fill(node, fills);
  for (const pressed of all(node, "[data-act]")) {
    const act = acts[pressed.dataset.act ?? ""];
    if (act) pressed.addEventListener("click", act);
  }
  return node;
}

/**
 * @param {Element} view
 * @param {Fills} fills - a node whose text is empty is hidden, with its data-optional frame
 */
export function fill(view, fills) {
  for (const node of all(view, "[data-fill]")) {
    const name = node.dataset.fill ?? "";
    if (!(name in fills)) continue;
    node.textContent = fills[name] ?? "";
    const frame = node.closest("[data-optional]") ?? node;
    frame.toggleAttribute("hidden", !node.textContent);
  }
}

/**
 * @param {Element} view
 * @param {string} name - of the one node with this data-part
 * @returns {HTMLElement}
 */
export const part = (view, name) =>
  /** @type {HTMLElement} */ (view.querySelector(`[data-part="${name}"]`));

/** @param {string} text - read out by screen readers, without moving the focus */
export function announce(text) {
  live.textContent = text;
}

/**
 * @param {Element} view
 * @param {string} selector
 * @returns {NodeListOf<HTMLElement>}
 */
export const all = (view, selector) => view.querySelectorAll(selector);

/** Unlike "disabled", this keeps the focus. @param {Element} button @param {boolean} off */
export const turnOff = (button, off) => button.setAttribute("aria-disabled", String(off));
