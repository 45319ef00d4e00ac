/**
 * Keeps a list on the page in step with data, without touching what has not changed: focus and reading stay.
 */

/**
 * @template Item
 * @param {HTMLElement} list
 * @param {Item[]} items - in their order
 * @param {(item: Item) => string} key - by which an item is known again
 * @param {(item: Item) => HTMLElement} make
 * @param {(node: HTMLElement, item: Item) => void} update - of a node, old or new
 */
export function keep(list, items, key, make, update) {
  const nodes = /** @type {HTMLElement[]} */ ([...list.children]);
  const old = new Map(nodes.map((node) => [node.dataset.key, node]));
  for (const [index, item] of items.entries()) {
    const node = old.get(key(item)) ?? make(item);
    old.delete(key(item));
    node.dataset.key = key(item);
    update(node, item);
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
  }
  for (const node of old.values()) node.remove();
}
