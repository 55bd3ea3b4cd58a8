import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../bench/machine/port.ts";
import { originRequests } from "../bench/pollers/nginx.ts";
import { makeFolder } from "./start-server.ts";

/** What a proxy's origin sees it come from, where it lets itself be told: on this machine, and not where clients come from. */
export const proxyAddress = "127.0.0.2";

/** A proxy of its own for one test. */
export interface RunningProxy {
	readonly port: number;
	/** `https://localhost:…`, or `http://127.0.0.1:…` where there is no TLS. */
	readonly http: string;
	readonly ws: string;
	/** Where its requests come from, as Hubbub sees them. */
	readonly address: string;
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
	/** Changes the documented text before it is used. */
	readonly edit?: (text: string) => string;
}

/** Writes what a proxy needs into its folder, and answers the command that starts it on that port. */
export type Prepare = (port: number, folder: string, certificate: Certificate) => string[];

/** Starts a proxy on a free port. `address` is where its requests come from. */
export async function startProxy({ tls }: ProxyOptions, address: string, prepare: Prepare): Promise<RunningProxy> {
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
				...{ port, http, address, ws: http.replace(/^http/, "ws"), tls: { ca: certificate.pem } },
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
