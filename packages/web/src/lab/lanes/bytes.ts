const encoder = new TextEncoder();

/** Bytes of a text in UTF-8. */
export function utf8Bytes(text: string): number {
	return encoder.encode(text).length;
}

/** Bytes of a WebSocket frame with this payload (RFC 6455 section 5.2). Clients mask theirs, which takes four more. */
export function frameBytes(payloadBytes: number, from: "client" | "server"): number {
	const extended = payloadBytes < 126 ? 0 : payloadBytes < 65_536 ? 2 : 8;
	return 2 + extended + (from === "client" ? 4 : 0) + payloadBytes;
}

/** What of the browser goes into every request's head. */
export interface BrowserFacts {
	readonly host: string;
	readonly origin: string;
	/** The path of the service's root, a slash at its end. */
	readonly root: string;
	readonly userAgent: string;
	readonly languages: readonly string[];
}

/**
 * About how many bytes a browser writes before a request's body over HTTP/1.1. A page cannot see them, so this writes the head that
 * browsers are known to write, with this page's own address, user agent and languages. `path` is below the service's root, without a slash at the front.
 */
export function requestHeadBytes(path: string, facts: BrowserFacts, extra: readonly string[] = []): number {
	const { host, origin, root, userAgent, languages } = facts;
	const lines = [
		`GET ${root}${path} HTTP/1.1`,
		`Host: ${host}`,
		"Connection: keep-alive",
		`User-Agent: ${userAgent}`,
		"Accept: */*",
		"Sec-Fetch-Site: same-origin",
		"Sec-Fetch-Mode: cors",
		"Sec-Fetch-Dest: empty",
		`Referer: ${origin}${root}lab`,
		"Accept-Encoding: gzip, deflate, br, zstd",
		`Accept-Language: ${languages.join(",")};q=0.9`,
		...extra,
	];
	return headBytes(lines);
}

/** About how many bytes the opening handshake of a WebSocket takes, there and back (RFC 6455 section 1.3). */
export function handshakeBytes(path: string, protocol: string, facts: BrowserFacts): { readonly up: number; readonly down: number } {
	const keys = ["Sec-WebSocket-Version: 13", `Sec-WebSocket-Key: ${"k".repeat(24)}`, `Sec-WebSocket-Protocol: ${protocol}`];
	const offer = ["Upgrade: websocket", `Origin: ${facts.origin}`, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"];
	const answer = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
	return {
		up: requestHeadBytes(path, facts, [...keys, ...offer]),
		down: headBytes([...answer, `Sec-WebSocket-Accept: ${"a".repeat(28)}`, `Sec-WebSocket-Protocol: ${protocol}`]),
	};
}

/** Bytes of an answer's head, as far as the page may read it: on its own origin, all of it but how the connection is kept. */
export function responseHeadBytes(response: Pick<Response, "status" | "statusText" | "headers">): number {
	const lines = [`HTTP/1.1 ${response.status} ${response.statusText}`];
	response.headers.forEach((value, name) => {
		lines.push(`${name}: ${value}`);
	});
	return headBytes(lines);
}

/** Bytes of a body on the wire: what the head says where it came compressed, else its own length. */
export function bodyBytes(response: Pick<Response, "headers">, text: string): number {
	const said = Number(response.headers.get("content-length"));
	return response.headers.has("content-encoding") && said > 0 ? said : utf8Bytes(text);
}

function headBytes(lines: readonly string[]): number {
	return utf8Bytes(`${lines.join("\r\n")}\r\n\r\n`);
}
