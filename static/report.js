/**
 * The page of a link: its report is opened and read.
 */

import { forget, link } from "./link.js"; // first: it takes the secret out of the address
import { linkHindrance } from "./hindrances.js";
import { Reader } from "./reading.js";

new Reader({ sought: link, forget, hindrance: () => linkHindrance(link), returns: "link" }).visitor.start();
