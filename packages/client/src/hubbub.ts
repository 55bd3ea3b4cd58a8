/**
 * The Hubbub SDK: the discussion beside a live stream, in any page. No dependencies.
 *
 * Two faces on one connection that heals itself: `connect(url).room("lobby")` with events and promises, and `HubbubSocket`, which
 * has the habits of the browser's own `WebSocket`.
 */
// biome-ignore-start lint/performance/noBarrelFile: the one entry file of the package

// biome-ignore-end lint/performance/noBarrelFile: the one entry file of the package
export type { Code } from "@hubbub/protocol/codes.ts";
export type { Fate, Repeat } from "@hubbub/protocol/downstream.ts";
export type { DeleteEvent, MessageEvent, RoomEvent, RoomSettings, SettingsEvent, Style, User } from "@hubbub/protocol/event.ts";
export { type Connection, type ConnectOptions, connect } from "./connect.ts";
export type { ConnectionEvents } from "./connection.ts";
export type { ConnectionState } from "./dialer.ts";
export type { Environment } from "./environment.ts";
export { HubbubError, type LocalCode } from "./error.ts";
export type { HistoryOptions, HistoryPage } from "./http/page.ts";
export type { Room, RoomEvents, RoomOptions, Said, SayOptions, View } from "./room.ts";
export { HubbubSocket } from "./socket.ts";
export type { TransportName } from "./transport.ts";
