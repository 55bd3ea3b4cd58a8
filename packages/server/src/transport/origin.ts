/** A host as it stands in a `Host` header: its name, spelled in one way, and its port where one was written. */
export interface Host {
	/** In lower case and ASCII, without a trailing dot; an IPv6 address in brackets. */
	readonly name: string;
	readonly port: number | null;
}

/** What `HUBBUB_ALLOWED_ORIGINS` comes to. */
export type ReadOrigins = { readonly ok: true; readonly origins: readonly string[] } | { readonly ok: false; readonly complaint: string };

const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443 };
/** Schemes whose pages have no origin that could be named, or that no page has. */
const schemesOfNoPage = new Set(["ws", "wss", "ftp", "file", "data", "blob", "about", "javascript", "mailto"]);

/**
 * Reads a `Host` header (RFC 9110 section 7.2). Null where it is no host and port, or more than one. What is spelled in several ways (case,
 * IPv6, punycode, a trailing dot) comes out in one.
 */
export function parseHost(text: string): Host | null {
	if (!/^[^\s/?#@\\,%]+$/.test(text)) return null;
	const url = URL.parse(`http://${text}/`);
	const port = /:(\d*)$/.exec(text)?.[1];
	if (!url || url.hostname === "" || (port === undefined && text.endsWith(":"))) return null;
	return { name: withoutDot(url.hostname), port: port ? Number(port) : null };
}

/**
 * Reads a web origin (RFC 6454) as scheme, host and port, and writes it in the one way by which origins are compared: `https://example.org`,
 * `http://[::1]:8080`, `capacitor://localhost`. Null where it is none, as the `null` of a page that has no origin to name.
 */
export function parseOrigin(text: string): string | null {
	const [, written = "", rest = ""] = /^([a-z][a-z0-9+.-]*):\/\/([^\s/?#@\\,]+)$/i.exec(text) ?? [];
	const scheme = written.toLowerCase();
	if (scheme === "" || schemesOfNoPage.has(scheme)) return null;
	const host = scheme in defaultPorts ? parseHost(rest) : appHost(rest);
	if (!host || host.port === 0) return null;
	return `${scheme}://${host.name}${host.port === null || host.port === defaultPorts[scheme] ? "" : `:${host.port}`}`;
}

/**
 * Whether a page of this origin was served by this host, by one of these schemes. By which, only a proxy in front knows, where there is one:
 * so a port that is one scheme's default, or none at all, is the default of either (`Host: example.org:80` behind a proxy that ends TLS).
 */
export function isOriginOf(origin: string, host: Host, schemes: readonly string[] = Object.keys(defaultPorts)): boolean {
	const [, scheme = "", rest = ""] = /^([a-z]+):\/\/(.+)$/.exec(origin) ?? [];
	const own = parseHost(rest);
	if (!schemes.includes(scheme) || own?.name !== host.name) return false;
	const port = own.port ?? defaultPorts[scheme];
	const isUnsaid = host.port === null || Object.values(defaultPorts).includes(host.port);
	return port === host.port || (isUnsaid && port === defaultPorts[scheme]);
}

/** The host that an origin names, without its port; null for `*`. */
export function hostNameOf(origin: string): string | null {
	return /^[a-z][a-z0-9+.-]*:\/\/(.*?)(?::\d+)?$/.exec(origin)?.[1] ?? null;
}

/** Reads a list of origins that an operator named, each as it is compared. One that no page can ever have is refused, with its reason. */
export function readOrigins(list: readonly string[]): ReadOrigins {
	const origins: string[] = [];
	for (const entry of list) {
		const origin = entry === "*" ? entry : entry.includes("*") ? null : parseOrigin(entry);
		if (origin === null) return { ok: false, complaint: `${entry} ${faultOf(entry)}` };
		origins.push(origin);
	}
	return { ok: true, origins };
}

/** Why no page has this origin, as the end of a sentence. */
function faultOf(entry: string): string {
	if (entry.toLowerCase() === "null") return "is every page without an origin of its own, which only * takes in";
	const [, scheme, rest = ""] = /^([a-z][a-z0-9+.-]*):(?:\/\/)?(.*)$/i.exec(entry) ?? [];
	if (scheme === undefined || !entry.includes("://")) return "has no scheme";
	if (/^wss?$/i.test(scheme)) return `is an address of WebSockets; a page's origin begins with http${scheme.length === 3 ? "s" : ""}://`;
	if (schemesOfNoPage.has(scheme.toLowerCase()))
		return `names pages without an origin of their own (${scheme.toLowerCase()}), which only * takes in`;
	if (rest.includes("*")) return "has a * in it, and only a * alone stands for others";
	if (rest.includes("@")) return "has a name or password";
	if (/[/\\?#]/.test(rest)) return "has something behind the host, which no origin has";
	return "names no host that can be";
}

/** The host of an app's own scheme, which has no rules but its own; compared without regard to case. */
function appHost(text: string): Host | null {
	const [, name, port] = /^([^:]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
	return name === undefined ? null : { name: name.toLowerCase(), port: port === undefined ? null : Number(port) };
}

function withoutDot(name: string): string {
	return name.endsWith(".") ? name.slice(0, -1) : name;
}
