import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { documented, freePort, nginxConfiguration, originRequests } from "../bench/pollers/nginx.ts";
import { makeFolder } from "./start-server.ts";

/** What a proxy's origin sees it come from: on this machine, and not where clients come from. */
export const proxyAddress = "127.0.0.2";

/** A proxy of its own for one test. */
export interface RunningProxy {
	readonly port: number;
	/** `https://localhost:…`, or `http://127.0.0.1:…` where there is no TLS. */
	readonly http: string;
	readonly ws: string;
	/** What makes a client believe the certificate. */
	readonly tls: { readonly ca: string };
	/** Requests that went on to the origin: method, address and status. nginx only. */
	originRequests(): string[];
	stop(): Promise<void>;
}

export interface Certificate {
	readonly certFile: string;
	readonly keyFile: string;
	readonly pem: string;
}

/** A certificate for localhost that nobody else signed. */
export function makeCertificate(folder: string): Certificate {
	const [certFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
	const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
	const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", keyFile];
	const made = Bun.spawnSync(["openssl", "req", "-x509", "-days", "2", ...key, ...subject, "-out", certFile]);
	if (made.exitCode !== 0) throw new Error(made.stderr.toString());
	return { certFile, keyFile, pem: readFileSync(certFile, "utf8") };
}

export interface ProxyOptions {
	readonly tls?: "off";
	/** Lines for every server, which the documented ones go over. nginx only. */
	readonly lines?: string;
	/** Changes the documented text before it is used. nginx only. */
	readonly edit?: (text: string) => string;
}

/** Starts nginx with the documented configuration in front of `origin`, a port of this machine. */
export function startNginx(origin: number, options: ProxyOptions = {}): Promise<RunningProxy> {
	const { lines = "", edit } = options;
	return startProxy(options, (port, folder, certificate) => {
		const path = join(folder, "proxy.conf");
		const bind = `proxy_bind ${proxyAddress};`;
		const isPlain = options.tls === "off";
		writeFileSync(path, nginxConfiguration({ origin, port, folder, certificate: isPlain ? null : certificate, lines: bind + lines, edit }));
		return ["nginx", "-c", path, "-p", folder];
	});
}

/** Starts HAProxy with the documented configuration in front of `origin`. */
export function startHaproxy(origin: number): Promise<RunningProxy> {
	return startProxy({}, (port, folder, certificate) => {
		writeFileSync(join(folder, "both.pem"), certificate.pem + readFileSync(certificate.keyFile, "utf8"));
		const text = readFileSync(join(documented, "haproxy.cfg"), "utf8")
			.replace("server hubbub 127.0.0.1:8080", `server hubbub 127.0.0.1:${origin} source ${proxyAddress}`)
			.replace("bind :443", `bind 127.0.0.1:${port}`)
			.replace("/etc/haproxy/chat.example.com.pem", join(folder, "both.pem"));
		writeFileSync(join(folder, "proxy.cfg"), text);
		return ["haproxy", "-db", "-f", join(folder, "proxy.cfg")];
	});
}

type Prepare = (port: number, folder: string, certificate: Certificate) => string[];

async function startProxy({ tls }: ProxyOptions, prepare: Prepare): Promise<RunningProxy> {
	const folder = makeFolder();
	mkdirSync(join(folder.path, "cache"));
	const certificate = makeCertificate(folder.path);
	// A port that is free now may be taken a moment later: then another is tried.
	for (let attempt = 1; ; attempt++) {
		const port = freePort();
		const child = Bun.spawn(prepare(port, folder.path, certificate), { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
		if (await accepts(port, child)) {
			const http = tls === "off" ? `http://127.0.0.1:${port}` : `https://localhost:${port}`;
			return {
				...{ port, http, ws: http.replace(/^http/, "ws"), tls: { ca: certificate.pem } },
				originRequests: () => originRequests(folder.path),
				async stop() {
					child.kill("SIGTERM");
					await child.exited;
					folder.remove();
				},
			};
		}
		const said = await new Response(child.stderr).text();
		if (attempt < 5 && /in use|cannot bind/i.test(said)) continue;
		folder.remove();
		throw new Error(`The proxy did not start: ${said}`);
	}
}

/** Whether the proxy takes connections; false where it has ended instead. */
async function accepts(port: number, child: Bun.Subprocess): Promise<boolean> {
	while (child.exitCode === null && child.signalCode === null) {
		const opened = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } }).catch(() => null);
		opened?.end();
		if (opened) return true;
		await Bun.sleep(10);
	}
	return false;
}
