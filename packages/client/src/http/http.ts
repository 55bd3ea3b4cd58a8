import { openGuide } from "./guide.ts";
import { walkBack } from "./page.ts";

/**
 * What the SDK needs of plain HTTP: pages of history, and the other ways of travelling. A module of its own, loaded when the first of it is
 * needed, so that whoever has a WebSocket does not pay for it. It takes nothing from the rest at run time but what it is given.
 */
export const http = { walkBack, openGuide };
export type Http = typeof http;
