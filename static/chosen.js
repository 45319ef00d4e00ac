/**
 * Photos from files: chosen, dropped or pasted.
 */

const TYPES = "image/jpeg,image/png,image/webp";

/** Asks for files. @param {(files: File[]) => void} take */
export function choose(take) {
  const input = document.createElement("input");
  Object.assign(input, { type: "file", accept: TYPES, multiple: true, hidden: true });
  input.addEventListener("change", () => {
    take([...(input.files ?? [])]);
    input.remove();
  });
  document.querySelector("input[type=file]")?.remove(); // of a time that nothing was chosen
  document.body.append(input); // some browsers forget one that is nowhere
  input.click();
}

/**
 * Takes what is dropped on the page, or pasted into it.
 * @param {() => boolean} isOpen - for photos
 * @param {(files: File[]) => void} take
 */
export function receive(isOpen, take) {
  const over = (/** @type {DragEvent} */ event, /** @type {boolean} */ isOver) => {
    if (!event.dataTransfer?.types.includes("Files")) return; // a photo of the roll is moved
    event.preventDefault(); // a browser would leave the page, to show the file
    document.querySelector(".drop")?.toggleAttribute("data-over", isOver && isOpen());
  };
  addEventListener("dragover", (event) => over(event, true));
  addEventListener("dragleave", (event) => over(event, false));
  addEventListener("drop", (event) => {
    over(event, false);
    given(event.dataTransfer);
  });
  addEventListener("paste", (event) => {
    if (given(event.clipboardData)) event.preventDefault();
  });
  /** @param {DataTransfer | null} transfer */
  const given = (transfer) => {
    const files = [...(transfer?.files ?? [])];
    if (files.length && isOpen()) take(files);
    return files.length > 0;
  };
}
