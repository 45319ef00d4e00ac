/**
 * The way to a hospital's own sign-in, from wherever people sign in, and back to that page by fromhospital.js. The
 * link's secret part goes nowhere: it stays in this tab (link.js).
 */

import * as api from "./api.js";
import * as keep from "./keep.js";
import { explain } from "./problems.js";
import { current, fill } from "./views.js";

const MINUTES = 15; // as long as a sign-in may take
const CAME_FROM = "came from";

/** Goes to the sign-in of the hospital whose button was pressed. @param {Event} event */
function pressed(event) {
  const button = event.target instanceof Element && event.target.closest("[data-hospital]");
  if (button instanceof HTMLElement) go(button.dataset.hospital ?? "");
}

/** @param {string} hospital */
async function go(hospital) {
  const view = current();
  if (view.ariaBusy === "true") return;
  view.ariaBusy = "true";
  fill(view, { error: "" });
  try {
    const { address } = await api.beginAtHospital(hospital);
    if (!view.isConnected) return;
    keep.put(CAME_FROM, location.pathname);
    location.assign(address);
  } catch (error) {
    fill(view, { error: explain(error).text });
  } finally {
    view.ariaBusy = "false";
  }
}

/** @returns {string} the page of ours on which a button was pressed in this tab; empty where there was none */
export const cameFrom = () => keep.get(CAME_FROM, MINUTES) ?? "";

addEventListener("click", pressed);
