import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { documented, nginxConfiguration } from "../bench/pollers/nginx.ts";
import { type ProxyOptions, proxyAddress, type RunningProxy, startProxy } from "./proxy.ts";

/** Starts nginx with the documented configuration in front of `origin`, a port of this machine. */
export function startNginx(origin: number, options: ProxyOptions = {}): Promise<RunningProxy> {
	const { lines = "", edit } = options;
	return startProxy(options, proxyAddress, (port, folder, certificate) => {
		const path = join(folder, "proxy.conf");
		const bind = `proxy_bind ${proxyAddress};`;
		const isPlain = options.tls === "off";
		writeFileSync(path, nginxConfiguration({ origin, port, folder, certificate: isPlain ? null : certificate, lines: bind + lines, edit }));
		return ["nginx", "-c", path, "-p", folder];
	});
}

/** Starts HAProxy with the documented configuration in front of `origin`. */
export function startHaproxy(origin: number, { edit = (text) => text }: Pick<ProxyOptions, "edit"> = {}): Promise<RunningProxy> {
	return startProxy({}, proxyAddress, (port, folder, certificate) => {
		writeFileSync(join(folder, "both.pem"), certificate.pem + readFileSync(certificate.keyFile, "utf8"));
		const text = edit(read("haproxy.cfg"))
			.replace("server hubbub 127.0.0.1:8080", `server hubbub 127.0.0.1:${origin} source ${proxyAddress}`)
			.replace("bind :443", `bind 127.0.0.1:${port}`)
			.replace("/etc/haproxy/chat.example.com.pem", join(folder, "both.pem"));
		writeFileSync(join(folder, "proxy.cfg"), text);
		return ["haproxy", "-db", "-f", join(folder, "proxy.cfg")];
	});
}

/** Starts Caddy with the documented configuration in front of `origin`. */
export function startCaddy(origin: number): Promise<RunningProxy> {
	return startProxy({}, ordinaryAddress, (port, folder, certificate) => {
		const text = read("Caddyfile")
			.replace("127.0.0.1:8080", `127.0.0.1:${origin}`)
			.replace("chat.example.com {", `https://localhost:${port} {\n\tbind 127.0.0.1`)
			.replace("/etc/ssl/chat.example.com.pem", certificate.certFile)
			.replace("/etc/ssl/chat.example.com.key", certificate.keyFile);
		writeFileSync(join(folder, "Caddyfile"), `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${text}`);
		const home = ["env", `HOME=${folder}`, `XDG_DATA_HOME=${folder}`, `XDG_CONFIG_HOME=${folder}`];
		return [...home, "caddy", "run", "--adapter", "caddyfile", "--config", join(folder, "Caddyfile")];
	});
}

const apacheModules = ["mpm_event", "authz_core", "headers", "ssl", "socache_shmcb", "http2", "proxy", "proxy_http"];

/** Starts Apache with the documented site in front of `origin`. */
export function startApache(origin: number): Promise<RunningProxy> {
	return startProxy({}, ordinaryAddress, (port, folder, certificate) => {
		const site = read("apache.conf")
			.replaceAll("127.0.0.1:8080", `127.0.0.1:${origin}`)
			.replace("*:443", `127.0.0.1:${port}`)
			.replace("/etc/ssl/chat.example.com.pem", certificate.certFile)
			.replace("/etc/ssl/chat.example.com.key", certificate.keyFile);
		const around = [
			`ServerRoot ${folder}`,
			...apacheModules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
			`Listen 127.0.0.1:${port}`,
			`ServerName localhost`,
			`PidFile ${folder}/pid`,
			`DefaultRuntimeDir ${folder}`,
			`Mutex file:${folder}`,
			`ErrorLog ${folder}/error.log`,
			...(process.getuid?.() === 0 ? ["User www-data", "Group www-data"] : []),
		];
		writeFileSync(join(folder, "httpd.conf"), [...around, site].join("\n"));
		return ["apache2", "-DFOREGROUND", "-f", join(folder, "httpd.conf")];
	});
}

/** Starts Varnish with the documented rules in front of `origin`: plain HTTP, TLS is another's business there. */
export function startVarnish(origin: number): Promise<RunningProxy> {
	return startProxy({ tls: "off" }, ordinaryAddress, (port, folder) => {
		writeFileSync(join(folder, "hubbub.vcl"), read("varnish.vcl").replace('.port = "8080"', `.port = "${origin}"`));
		mkdirSync(join(folder, "varnish"));
		const jail = ["-j", "none"];
		return [
			"varnishd",
			"-F",
			...jail,
			"-n",
			join(folder, "varnish"),
			"-a",
			`127.0.0.1:${port}`,
			"-f",
			join(folder, "hubbub.vcl"),
			"-s",
			"malloc,16m",
		];
	});
}

/** These cannot be told from where to connect. */
const ordinaryAddress = "127.0.0.1";

function read(file: string): string {
	return readFileSync(join(documented, file), "utf8");
}
