/**
 * Gives a file to the person, as a download.
 */

/**
 * @param {string} name
 * @param {string | ArrayBuffer | Blob} content - not to be changed by a single byte
 * @param {string} [type]
 * @returns {() => void} forgets it at once; otherwise in a minute, since browsers ask first and read it only then
 */
export function save(name, content, type = "application/octet-stream") {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  const forget = () => URL.revokeObjectURL(link.href);
  setTimeout(forget, 60_000);
  return forget;
}
