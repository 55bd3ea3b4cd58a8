/** First byte of a binary frame, which says what the rest is: raw DEFLATE (RFC 1951) of one downstream frame's JSON. Others are for later versions. */
export const DEFLATE_TAG = 0x01;
