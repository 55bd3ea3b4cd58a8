/** Room ids as they stand in addresses (SPEC ROOM-1). */
export const roomIdPattern = /^[a-z0-9][a-z0-9_-]{0,63}$/;
