/**
 * The Hubbub SDK: the discussion beside a live stream, in any page. No dependencies.
 *
 * Two ways to use one connection that heals itself: `connect(url).room("lobby")` with events and promises, and `HubbubSocket`, which
 * has the habits of the browser's own `WebSocket`.
 */
export type { Fate, Repeat } from "@hubbub/protocol/downstream.ts";
export type { RoomEvent } from "@hubbub/protocol/event.ts";
export type { User } from "@hubbub/protocol/fields.ts";
export type { DeleteEvent } from "@hubbub/protocol/kinds/delete.ts";
export type { MessageEvent, Style } from "@hubbub/protocol/kinds/message.ts";
export type { RoomSettings, SettingsEvent } from "@hubbub/protocol/kinds/settings.ts";
export type { Code } from "@hubbub/protocol/wire/codes.ts";
export { type Connection, type ConnectOptions, connect } from "./connect.ts";
export type { ConnectionEvents } from "./connection-events.ts";
export type { ConnectionState } from "./dialer.ts";
export type { Environment } from "./environment.ts";
export { HubbubError, type LocalCode } from "./error.ts";
export type { HistoryOptions, HistoryPage } from "./http/history.ts";
export type * from "./room.ts";
export { HubbubSocket } from "./socket.ts";
export type { TransportName } from "./transport.ts";
