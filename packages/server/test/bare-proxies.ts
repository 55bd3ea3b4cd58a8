import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type RunningProxy, startProxy } from "./proxy.ts";

/** What an operator writes who has read nothing: what a package comes with, and the one line that passes requests on. */
export interface BareOptions {
	/** How long the proxy waits for anything; its own default where left out, and the minute of many examples for HAProxy, which has none. */
	readonly waitSeconds?: number;
	/** What was found to be missing, put where such lines go. */
	readonly line?: string;
	/** What HAProxy says before each connection of whom it speaks for. */
	readonly sendProxy?: "send-proxy" | "send-proxy-v2";
}

type StartBare = (origin: number, options?: BareOptions) => Promise<RunningProxy>;

const address = "127.0.0.1";

export const startNginx: StartBare = (origin, { waitSeconds = 60, line = "" } = {}) =>
	startProxy({ tls: "off" }, address, (port, folder) => {
		const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/temp-${name};`);
		const lines = [
			...(process.getuid?.() === 0 ? ["user root;"] : []),
			`daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr crit; events {}`,
			`http { access_log off; ${temporary.join(" ")} proxy_read_timeout ${waitSeconds}s; proxy_send_timeout ${waitSeconds}s;`,
			`server { listen 127.0.0.1:${port}; location / {`,
			`proxy_pass http://127.0.0.1:${origin};`,
			line,
			"} } }",
		];
		writeFileSync(join(folder, "bare.conf"), lines.join("\n"));
		return ["nginx", "-c", join(folder, "bare.conf"), "-p", folder];
	});

export const startHaproxy: StartBare = (origin, { waitSeconds = 60, line = "", sendProxy = "" } = {}) =>
	startProxy({ tls: "off" }, address, (port, folder) => {
		const lines = [
			"defaults",
			"\tmode http",
			...["connect", "client", "server"].map((what) => `\ttimeout ${what} ${waitSeconds}s`),
			"listen hubbub",
			`\tbind 127.0.0.1:${port}`,
			...line.split("\n").map((each) => `\t${each}`),
			`\tserver hubbub 127.0.0.1:${origin} ${sendProxy}`,
		];
		writeFileSync(join(folder, "bare.cfg"), `${lines.join("\n")}\n`);
		return ["haproxy", "-db", "-f", join(folder, "bare.cfg")];
	});

export const startCaddy: StartBare = (origin, { waitSeconds, line = "" } = {}) =>
	startProxy({ tls: "off" }, address, (port, folder) => {
		const wait = waitSeconds === undefined || line.startsWith("transport") ? "" : `transport http {\nread_timeout ${waitSeconds}s\n}`;
		const site = `http://127.0.0.1:${port} {\nbind 127.0.0.1\nreverse_proxy 127.0.0.1:${origin} {\n${wait}\n${line}\n}\n}\n`;
		writeFileSync(join(folder, "Caddyfile"), `{\nadmin off\n}\n${site}`);
		const home = ["env", `HOME=${folder}`, `XDG_DATA_HOME=${folder}`, `XDG_CONFIG_HOME=${folder}`];
		return [...home, "caddy", "run", "--adapter", "caddyfile", "--config", join(folder, "Caddyfile")];
	});

/** What Debian has on, and what `a2enmod proxy_http` adds. */
const apacheModules = [
	...["mpm_event", "access_compat", "alias", "auth_basic", "authn_core", "authn_file", "authz_core", "authz_host", "authz_user"],
	...["autoindex", "deflate", "dir", "env", "filter", "mime", "negotiation", "reqtimeout", "setenvif", "status", "proxy", "proxy_http"],
];

export const startApache: StartBare = (origin, { waitSeconds, line = "" } = {}) =>
	startProxy({ tls: "off" }, address, (port, folder) => {
		const pass = "ProxyPass / http://127.0.0.1:8080/";
		const lines = [
			`ServerRoot ${folder}`,
			...apacheModules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
			"TypesConfig /etc/mime.types",
			...["deflate", "reqtimeout"].map((name) => `Include /etc/apache2/mods-available/${name}.conf`),
			`Listen 127.0.0.1:${port}`,
			"ServerName localhost",
			`PidFile ${folder}/pid`,
			`DefaultRuntimeDir ${folder}`,
			`Mutex file:${folder}`,
			`ErrorLog ${folder}/error.log`,
			...(process.getuid?.() === 0 ? ["User www-data", "Group www-data"] : []),
			...(waitSeconds === undefined || line.startsWith("ProxyTimeout") ? [] : [`ProxyTimeout ${waitSeconds}`]),
			...(line.startsWith(pass) ? [line] : [pass, line]).map((each) => each.replace(":8080/", `:${origin}/`)),
		];
		writeFileSync(join(folder, "bare.conf"), lines.join("\n"));
		return ["apache2", "-DFOREGROUND", "-f", join(folder, "bare.conf")];
	});

export const startVarnish: StartBare = (origin, { waitSeconds = 60, line = "" } = {}) =>
	startProxy({ tls: "off" }, address, (port, folder) => {
		mkdirSync(join(folder, "varnish"));
		const [inBackend, beside] = line.startsWith(".") ? [line, ""] : ["", line];
		const vcl = `vcl 4.1;\nbackend default { .host = "127.0.0.1"; .port = "${origin}";\n${inBackend}\n}\n${beside}\n`;
		writeFileSync(join(folder, "bare.vcl"), vcl);
		const waits = ["first_byte_timeout", "between_bytes_timeout"].flatMap((name) => ["-p", `${name}=${waitSeconds}`]);
		const place = ["-j", "none", "-n", join(folder, "varnish"), "-a", `127.0.0.1:${port}`, "-s", "malloc,16m"];
		return ["varnishd", "-F", ...place, ...waits, "-f", join(folder, "bare.vcl")];
	});

export const bareProxies = {
	nginx: startNginx,
	HAProxy: startHaproxy,
	Caddy: startCaddy,
	Apache: startApache,
	Varnish: startVarnish,
} as const;
