import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The configurations that operators copy. */
export const documented = join(import.meta.dir, "../../../../docs/proxies");

export interface NginxOptions {
	/** Port of this machine that Hubbub listens on. */
	readonly origin: number;
	readonly port: number;
	/** Where everything goes that it writes, `access.log` among it. */
	readonly folder: string;
	/** Null for plain HTTP. */
	readonly certificate: { readonly certFile: string; readonly keyFile: string } | null;
	/** Lines for every server, which the documented ones go over. */
	readonly lines?: string;
	/** Changes the documented text before it is used. */
	readonly edit?: (text: string) => string;
}

/**
 * A whole configuration of nginx around the documented one, in which only what is particular to a machine is put in its place. Its
 * `access.log` has a line for each request that went on to the origin. Connections are kept however many requests they carry.
 */
export function nginxConfiguration({ origin, port, folder, certificate, lines = "", edit = (text) => text }: NginxOptions): string {
	const text = edit(readFileSync(join(documented, "nginx.conf"), "utf8"))
		.replace("127.0.0.1:8080", `127.0.0.1:${origin}`)
		.replace("listen 443 ssl http2", certificate ? `listen 127.0.0.1:${port} ssl http2` : `listen 127.0.0.1:${port}`)
		.replace("/var/cache/nginx/hubbub", join(folder, "cache"));
	const site = certificate
		? text.replace("/etc/ssl/chat.example.com.pem", certificate.certFile).replace("/etc/ssl/chat.example.com.key", certificate.keyFile)
		: text.replaceAll(/^\s*ssl_certificate.*$/gm, "");
	const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/temp-${name};`);
	return [
		...(process.getuid?.() === 0 ? ["user root;"] : []),
		`daemon off; worker_processes 1; worker_rlimit_nofile 16384; pid ${folder}/pid; error_log stderr warn;`,
		"events { worker_connections 8192; }",
		`http { ${temporary.join(" ")}`,
		`log_format origin "$request_method $request_uri $upstream_status"; log_subrequest on;`,
		`access_log ${folder}/access.log origin if=$upstream_addr; keepalive_requests 1000000;`,
		lines,
		site,
		"}",
	].join("\n");
}

/** Requests that went on to the origin: method, address and status. */
export function originRequests(folder: string): string[] {
	return readFileSync(join(folder, "access.log"), "utf8")
		.split("\n")
		.filter((line) => line !== "");
}
