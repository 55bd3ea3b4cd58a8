import { createHash } from "node:crypto";

/** What every server appends to the client's key (RFC 6455 section 1.3). */
export const acceptGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** How `Sec-WebSocket-Accept` follows from `Sec-WebSocket-Key`: base64 of the SHA-1 of key and GUID (RFC 6455 section 4.2.2). */
export function acceptOf(key: string): string {
	return createHash("sha1")
		.update(key + acceptGuid)
		.digest("base64");
}

/** An opening handshake as a client writes it (RFC 6455 section 4.1). */
export function openingRequest(options: { path: string; host: string; key: string }): string {
	return [
		`GET ${options.path} HTTP/1.1`,
		`Host: ${options.host}`,
		"Upgrade: websocket",
		"Connection: Upgrade",
		`Sec-WebSocket-Key: ${options.key}`,
		"Sec-WebSocket-Version: 13",
		"",
		"",
	].join("\r\n");
}

/** The status line and headers of an HTTP/1.1 answer, once they are all there, and how many bytes they took. */
export function readResponseHead(bytes: Uint8Array): { readonly text: string; readonly size: number; readonly status: number } | null {
	const text = new TextDecoder("latin1").decode(bytes);
	const end = text.indexOf("\r\n\r\n");
	if (end < 0) return null;
	const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
	return { text: text.slice(0, end + 4), size: end + 4, status };
}
