import { problem } from "@hubbub/protocol/problem.ts";
import { type Host, hostNameOf, parseHost } from "./origin.ts";

/** The name a request was sent to, as its `Host` says. `none`: an HTTP/1.0 request need not say it. */
export type Named = { readonly kind: "none" } | { readonly kind: "host"; readonly host: Host } | { readonly kind: "invalid" };

/** By which names this server may be called. */
export interface NamesTaken {
	/**
	 * Whether the server can be reached from this machine alone. Then a page from outside that gets here has bent its own name to this
	 * machine (DNS rebinding), and all its headers look like our own page's.
	 */
	readonly reach: "this-machine" | "network";
	readonly allowedOrigins: readonly string[];
	readonly trustsProxies: boolean;
}

/** `Host`, of which there may be one (RFC 9112 section 3.2). An empty one says as much as none. */
export function namedBy(header: string | null): Named {
	if (header === null || header === "") return { kind: "none" };
	if (header === lastNamed.header) return lastNamed.named;
	const host = parseHost(header);
	const named: Named = host ? { kind: "host", host } : { kind: "invalid" };
	lastNamed = { header, named };
	return named;
}

/** Nearly every request names the same host as the one before. */
let lastNamed: { readonly header: string; readonly named: Named } = { header: "", named: { kind: "none" } };

/** Whether a request to this name is taken: while only this machine is listened to, its own names alone, and those the operator named (SPEC SEC-7). */
export function isNameTaken({ name }: Host, { reach, allowedOrigins, trustsProxies }: NamesTaken): boolean {
	if (reach === "network" || trustsProxies || isLoopbackName(name)) return true;
	return allowedOrigins.some((origin) => origin === "*" || hostNameOf(origin) === name);
}

/** Whether an address to listen on is this machine's alone; null is the default, which is. */
export function reachOf(listensOn: string | null): NamesTaken["reach"] {
	const name = listensOn === null ? "localhost" : parseHost(listensOn.includes(":") ? `[${listensOn}]` : listensOn)?.name;
	return name !== undefined && isLoopbackName(name) ? "this-machine" : "network";
}

/** What to say of a request to another name: as a page to who looks with a browser, else as a problem. */
export function refuseName({ name }: Host, accept: string | null): Response {
	const settings = `HUBBUB_TRUSTED_PROXIES=loopback or HUBBUB_ALLOWED_ORIGINS=https://${name}`;
	const detail = `This server listens to this machine alone and does not take requests to ${name}. Behind a proxy, start it with ${settings}.`;
	if (!accept?.includes("text/html")) return problem("origin_not_allowed", detail);
	return new Response(pageOf(detail, `本服务器只监听本机，不接受发往 ${name} 的请求。若在反向代理之后，请这样启动：${settings}`), {
		status: 403,
		headers: {
			"content-type": "text/html; charset=utf-8",
			"cache-control": "no-store",
			"content-security-policy": "default-src 'none'; frame-ancestors 'none'",
			"x-content-type-options": "nosniff",
		},
	});
}

function isLoopbackName(name: string): boolean {
	return name === "localhost" || name.endsWith(".localhost") || name === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(name);
}

function pageOf(english: string, chinese: string): string {
	const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>Hubbub: 403</title>`;
	const paragraphs = `<p>${Bun.escapeHTML(english)}</p><p lang="zh-CN">${Bun.escapeHTML(chinese)}</p>`;
	return `<!doctype html><html lang="en"><head>${head}</head><body><main><h1>403</h1>${paragraphs}</main></body></html>\n`;
}
