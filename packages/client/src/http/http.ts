import { readHistory } from "./history.ts";
import { openSelector } from "./transport-selector.ts";

/**
 * What the SDK needs of plain HTTP: pages of history, and the other transports. A module of its own, loaded when the first of it is
 * needed, so that whoever has a WebSocket does not pay for it. It takes nothing from the rest at run time but what it is given.
 */
export const http = { readHistory, openSelector };
export type Http = typeof http;
