// The script of a campaign's page. All that the page says is there without it.

import { addCopyButtons } from "./copy.js";

addCopyButtons();
