/**
 * Where a hospital's sign-in leads back to: takes its answer out of the address, signs in by it, and goes on to the page
 * on which the button was pressed.
 */

import * as api from "./api.js";
import { cameFrom } from "./hospital.js";
import * as keep from "./keep.js";
import { explain } from "./problems.js";
import { show } from "./views.js";

const answer = Object.fromEntries(new URLSearchParams(location.search));
const hospital = location.pathname.split("/")[2] ?? "";
history.replaceState(null, "", location.pathname);

// In the place of this page: going back leads to where the sign-in began, not to an answer that is used up.
const goOn = () => location.replace(location.origin + (cameFrom() || "/"));

try {
  await api.signInAtHospital({ ...answer, hospital });
  keep.drop("code");
  if (cameFrom()) goOn();
  else show("lost");
} catch (error) {
  const { title, text } = explain(error);
  show("problem", { title, text }, { again: goOn });
}
