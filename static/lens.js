/**
 * The cameras of a device, and what one sees: as a stream, and as a still at the full resolution of its sensor.
 */

import { Problem } from "./problems.js";
import { _ } from "./text.js";

const QUALITY = 0.92;
// Asked for as a wish: each camera gives the most it has.
const MOST = { width: { ideal: 8192 }, height: { ideal: 6144 } };

/** Why there is no picture, by the browser's word for it. @type {Record<string, string>} */
const REASONS = {
  NotAllowedError: _(
    "This page may not use the camera. Allow it in the browser, at the lock or the camera in its address bar, or choose photos.",
  ),
  NotFoundError: _("No camera was found on this device. Choose photos instead."),
  NotReadableError: _("The camera is in use by another app, or does not answer. Close that app and try again, or choose photos."),
};
const OTHER = _("The camera could not be started. Try again, or choose photos.");

export class Lens {
  /** @type {MediaStream | undefined} */
  #stream;

  /**
   * Begins to show what a camera sees; the one at the back, unless one is named.
   * @param {HTMLVideoElement} video
   * @param {string} [device]
   * @throws {Problem} of kind "camera"
   */
  async start(video, device) {
    this.stop();
    const which = device ? { deviceId: { exact: device } } : { facingMode: { ideal: "environment" } };
    try {
      if (!navigator.mediaDevices) throw new DOMException("", "NotFoundError");
      const stream = await navigator.mediaDevices.getUserMedia({ video: { ...which, ...MOST }, audio: false });
      if (!video.isConnected) return stop(stream);
      this.#stream = stream;
      video.srcObject = stream;
      await video.play();
    } catch (error) {
      this.stop();
      if (!video.isConnected) return; // left meanwhile
      throw new Problem("camera", REASONS[/** @type {Error} */ (error).name] ?? OTHER);
    }
  }

  stop() {
    if (this.#stream) stop(this.#stream);
    this.#stream = undefined;
  }

  /** @returns {Promise<{id: string, name: string}[]>} the cameras there are; browsers name them once one was allowed */
  async all() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.flatMap(({ kind, deviceId, label }) => (kind === "videoinput" ? [{ id: deviceId, name: label }] : []));
  }

  get device() {
    return this.#track?.getSettings().deviceId ?? "";
  }

  /** Browsers' types do not know torches. @returns {boolean} */
  get hasTorch() {
    return Boolean(/** @type {any} */ (this.#track?.getCapabilities?.())?.torch);
  }

  /** @param {boolean} on */
  light(on) {
    return this.#track?.applyConstraints({ advanced: [/** @type {any} */ ({ torch: on })] });
  }

  /**
   * @param {HTMLVideoElement} video - that shows what this camera sees
   * @returns {Promise<Uint8Array>} a photo file. It comes as a Blob, which browsers may page out to the disk: it is read
   *   into memory at once, and let go
   */
  async shoot(video) {
    const blob = (await this.#still()) ?? (await frame(video));
    return new Uint8Array(await blob.arrayBuffer());
  }

  /** @returns {Promise<Blob | null>} of the sensor's full size; null where this browser makes none */
  async #still() {
    const track = this.#track;
    if (!track || !("ImageCapture" in window)) return null;
    try {
      const capture = new /** @type {any} */ (window).ImageCapture(track);
      const { imageWidth, imageHeight } = await capture.getPhotoCapabilities();
      const size = imageWidth && imageHeight ? { imageWidth: imageWidth.max, imageHeight: imageHeight.max } : {};
      const blob = await capture.takePhoto(size).catch(() => capture.takePhoto());
      return blob.type === "image/jpeg" || blob.type === "image/png" ? blob : null;
    } catch {
      return null; // there is a frame of the stream to fall back on
    }
  }

  get #track() {
    return this.#stream?.getVideoTracks()[0];
  }
}

/** @param {MediaStream} stream */
const stop = (stream) => stream.getTracks().forEach((track) => track.stop());

/** @param {HTMLVideoElement} video @returns {Promise<Blob>} what it shows, as a JPEG file @throws {Problem} */
async function frame(video) {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  canvas.width = canvas.height = 0; // Safari keeps its pixels otherwise
  if (blob) return blob;
  throw new Problem("camera", _("That photo could not be taken. Try again."));
}
