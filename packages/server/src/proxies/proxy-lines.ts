/** Proxies whose configuration is known here; `docs/proxies` has a whole one of each. */
export const proxyNames = ["nginx", "HAProxy", "Caddy", "Apache", "Varnish"] as const;
export type ProxyName = (typeof proxyNames)[number];

/**
 * What a proxy can stand in the way of: `websocket` takes `Upgrade` off, so that no WebSocket comes through; `streams` gathers an event stream
 * until it is over; `quiet` ends what nothing passes over for less than the 25 s within which the server is heard from.
 */
export const obstacles = ["websocket", "streams", "quiet"] as const;
export type Obstacle = (typeof obstacles)[number];

/** What mends an obstacle in one proxy, as it stands in its configuration; a newline is one there. */
export interface ProxyLine {
	readonly proxy: ProxyName;
	readonly line: string;
}

/** Proxies that are left out do it right by themselves. The tests put each of these into the proxy's barest configuration. */
export const proxyLines: Readonly<Record<Obstacle, readonly ProxyLine[]>> = {
	websocket: [
		{
			proxy: "nginx",
			line: "proxy_http_version 1.1;\nproxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection upgrade;",
		},
		{ proxy: "Apache", line: "ProxyPass / http://127.0.0.1:8080/ upgrade=websocket" },
		{
			proxy: "Varnish",
			line: 'sub vcl_recv { if (req.http.Upgrade ~ "(?i)websocket") { return (pipe); } }\nsub vcl_pipe { set bereq.http.Upgrade = req.http.Upgrade; set bereq.http.Connection = req.http.Connection; }',
		},
	],
	streams: [
		{ proxy: "nginx", line: "proxy_buffering off;" },
		{ proxy: "Caddy", line: "flush_interval -1" },
		{ proxy: "Apache", line: "ProxyPass / http://127.0.0.1:8080/ upgrade=websocket flushpackets=on" },
		{ proxy: "Varnish", line: "sub vcl_backend_response { set beresp.do_stream = true; }" },
	],
	quiet: [
		{ proxy: "nginx", line: "proxy_read_timeout 60s;" },
		{ proxy: "HAProxy", line: "timeout client 60s\ntimeout server 60s\ntimeout tunnel 60s" },
		{ proxy: "Caddy", line: "transport http {\n\tread_timeout 60s\n}" },
		{ proxy: "Apache", line: "ProxyTimeout 60" },
		{ proxy: "Varnish", line: ".first_byte_timeout = 60s;\n.between_bytes_timeout = 60s;" },
	],
};

/** Those of one proxy where it is known which stands in front and it has any, else all. */
export function linesFor(obstacle: Obstacle, proxy: ProxyName | null): readonly ProxyLine[] {
	const own = proxyLines[obstacle].filter((line) => line.proxy === proxy);
	return own.length > 0 ? own : proxyLines[obstacle];
}
