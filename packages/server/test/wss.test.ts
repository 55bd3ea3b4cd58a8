import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { connect, shown, until } from "./client.ts";
import { makeFolder, startServer, type TestServer } from "./start-server.ts";

const folder = makeFolder();
let server: TestServer;
let certificate: string;

beforeAll(async () => {
	const [cert, key] = [join(folder.path, "cert.pem"), join(folder.path, "key.pem")];
	const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
	const made = Bun.spawnSync(
		[
			"openssl",
			"req",
			"-x509",
			"-newkey",
			"ec",
			"-pkeyopt",
			"ec_paramgen_curve:P-256",
			"-nodes",
			"-days",
			"2",
			...subject,
			"-keyout",
			key,
			"-out",
			cert,
		],
		{ stderr: "pipe" },
	);
	if (made.exitCode !== 0) throw new Error(made.stderr.toString());
	certificate = await Bun.file(cert).text();
	server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_TLS_CERT: cert, HUBBUB_TLS_KEY: key });
});
afterAll(async () => {
	await server.stop();
	folder.remove();
});

test("[WS-9] rooms are reached over wss, and pages over https, where a certificate and key are given", async () => {
	expect(server.http).toStartWith("https://");
	expect((await server.request("/healthz", { tls: { ca: certificate } } as RequestInit)).status).toBe(200);
	const client = await connect(`${server.ws}/rooms/lobby`, {}, { tls: { ca: certificate } });
	expect((await client.say("encrypted")).type).toBe("ack");
	await until(() => shown(client).includes("encrypted"));
	await client.close();
});

test("[WS-9] a client that does not know the certificate does not get in, and plain HTTP is not spoken there", async () => {
	const client = await connect(`${server.ws}/rooms/lobby`);
	expect((await client.closed).wasClean).toBe(false);
	expect(client.frames).toEqual([]);
	await expect(fetch(`${server.http.replace("https", "http")}/healthz`)).rejects.toThrow();
});
