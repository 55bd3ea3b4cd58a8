/** How an event may be treated when a room is fuller than its viewers can read. */
export type Lane = "control" | "paid" | "chat" | "ambient";
