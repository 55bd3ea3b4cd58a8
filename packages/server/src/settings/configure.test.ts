import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configure } from "./configure.ts";
import { flagOf, type SettingName, settingsTable } from "./table.ts";

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "hubbub-test-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
	const path = join(folder, name);
	writeFileSync(path, content);
	return path;
}

function settings(args: string[], environment: Record<string, string> = {}) {
	const configured = configure(args, environment);
	if (configured.outcome !== "settings") throw new Error(configured.text);
	return configured.settings;
}

function complaint(args: string[], environment: Record<string, string> = {}): string {
	const configured = configure(args, environment);
	expect(configured.outcome).toBe("mistake");
	const { text } = configured as { text: string };
	expect(text).not.toContain("\n");
	return text;
}

describe("where settings come from", () => {
	test("[OPS-1] flags go before the environment, that before the config file, and that before the default", () => {
		const path = file("order.yaml", "port: 1\nhost: 10.0.0.1\nauto-create-rooms: false\n");
		expect(settings([]).port).toBe(8080);
		expect(settings(["--config", path])).toMatchObject({ port: 1, host: "10.0.0.1", autoCreateRooms: false });
		expect(settings([], { HUBBUB_CONFIG: path, HUBBUB_PORT: "2" })).toMatchObject({ port: 2, host: "10.0.0.1" });
		expect(settings(["--port", "3", `--config=${path}`], { HUBBUB_PORT: "2", HUBBUB_HOST: "::" })).toMatchObject({ port: 3, host: "::" });
	});

	test("[OPS-1] a variable that is empty is not set", () => {
		expect(settings([], { HUBBUB_PORT: "", HUBBUB_ADMIN_KEY: "" })).toMatchObject({ port: 8080, adminKey: null });
	});

	test.each([
		["yaml", "rate-limit: 2/10s\nallowed-origins: [https://a.example, https://b.example]\nmax_connections_per_ip: 7\n"],
		["toml", 'rate-limit = "2/10s"\nallowed-origins = ["https://a.example", "https://b.example"]\nmax_connections_per_ip = 7\n'],
		["json", '{"rate-limit":"2/10s","allowed-origins":["https://a.example","https://b.example"],"max_connections_per_ip":7}'],
	])("[OPS-1] a config file may be %s", (ending, content) => {
		expect(settings(["--config", file(`format.${ending}`, content)])).toMatchObject({
			rateLimit: { burst: 2, perMs: 10_000 },
			allowedOrigins: ["https://a.example", "https://b.example"],
			maxConnectionsPerIp: 7,
		});
	});

	test("[OPS-1] files are read as editors and shells write them, in UTF-8 or UTF-16 with a mark, and nothing else is taken for a secret", () => {
		const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, "utf16le");
		const yaml = "port: 84\nhost: 10.0.0.2\n";
		for (const [name, bytes] of [
			["marked.yaml", Buffer.from(`\ufeff${yaml.replaceAll("\n", "\r\n")}`)],
			["wide.yaml", utf16(yaml)],
			["wide-other.yaml", Buffer.from(utf16(yaml)).swap16()],
			["marked.json", Buffer.from('\ufeff{"port":84,"host":"10.0.0.2"}')],
			["marked.toml", Buffer.from('\ufeffport = 84\nhost = "10.0.0.2"\n')],
		] as const)
			expect(settings(["--config", file(name, bytes)])).toMatchObject({ port: 84, host: "10.0.0.2" });
		const secret = "a-secret-of-more-than-thirty-two-letters";
		expect(settings([], { HUBBUB_JWT_SECRET_FILE: file("wide-secret", utf16(`${secret}\r\n`)) }).jwtSecret).toBe(secret);
		expect(settings([], { HUBBUB_JWT_SECRET_FILE: file("marked-secret", Buffer.from(`\ufeff${secret}\n`)) }).jwtSecret).toBe(secret);
		const foreign = file("foreign-secret", Buffer.from([0xd6, 0xf7, ...Buffer.from(secret)]));
		expect(complaint([], { HUBBUB_JWT_SECRET_FILE: foreign })).toContain("which cannot be read: it is not UTF-8");
	});

	test("[OPS-1] secrets may stand in files, and what is given directly goes before", () => {
		const path = file("key", "a key that stands in a file\n".replaceAll(" ", "-"));
		expect(settings([], { HUBBUB_ADMIN_KEY_FILE: path }).adminKey).toBe("a-key-that-stands-in-a-file");
		expect(settings([], { HUBBUB_ADMIN_KEY_FILE: path, HUBBUB_ADMIN_KEY: "a-key-given-directly" }).adminKey).toBe("a-key-given-directly");
		expect(complaint([], { HUBBUB_ADMIN_KEY_FILE: join(folder, "none") })).toContain("cannot be read");
		expect(complaint([], { HUBBUB_PORT_FILE: path })).toContain("There is no setting HUBBUB_PORT_FILE");
	});

	test("[SEC-1] allowed origins are kept as they are compared, those of apps too", () => {
		const allowedOrigins = "https://Shop.Example:443,capacitor://localhost , http://[0:0:0:0:0:0:0:1]:8080,";
		expect(settings([], { HUBBUB_ALLOWED_ORIGINS: allowedOrigins }).allowedOrigins).toEqual([
			"https://shop.example",
			"capacitor://localhost",
			"http://[::1]:8080",
		]);
	});

	test("other programs' variables are none of ours", () => {
		expect(settings([], { PORT: "1", HUBBUBX: "y", NODE_ENV: "production" }).port).toBe(8080);
	});

	test.each<[string, Record<string, string>]>([
		[
			"Kubernetes sets for a Service called hubbub",
			{
				HUBBUB_SERVICE_HOST: "10.0.0.9",
				HUBBUB_SERVICE_PORT: "80",
				HUBBUB_SERVICE_PORT_HTTP: "80",
				HUBBUB_SERVICE_PORT_METRICS_V2: "9090",
				HUBBUB_PORT: "tcp://10.0.0.9:80",
				HUBBUB_PORT_80_TCP: "tcp://10.0.0.9:80",
				HUBBUB_PORT_80_TCP_PROTO: "tcp",
				HUBBUB_PORT_80_TCP_PORT: "80",
				HUBBUB_PORT_80_TCP_ADDR: "10.0.0.9",
			},
		],
		[
			"Kubernetes sets for Services whose names begin so, over IPv6 and other protocols",
			{
				HUBBUB_REDIS_SERVICE_HOST: "fd00::9",
				HUBBUB_REDIS_SERVICE_PORT: "6379",
				HUBBUB_REDIS_PORT: "tcp://[fd00::9]:6379",
				HUBBUB_REDIS_PORT_6379_TCP: "tcp://[fd00::9]:6379",
				HUBBUB_REDIS_PORT_6379_TCP_ADDR: "fd00::9",
				HUBBUB_STREAM_ORIGIN_PORT_8443_UDP: "udp://10.0.0.8:8443",
				HUBBUB_STREAM_ORIGIN_PORT_8443_UDP_PROTO: "udp",
			},
		],
		[
			"Docker sets for a linked container called hubbub",
			{
				HUBBUB_NAME: "/web/hubbub",
				HUBBUB_PORT: "tcp://172.17.0.5:8080",
				HUBBUB_PORT_8080_TCP: "tcp://172.17.0.5:8080",
				HUBBUB_PORT_8080_TCP_START: "tcp://172.17.0.5:8080",
				HUBBUB_PORT_8080_TCP_PORT_END: "8090",
				HUBBUB_ENV_HUBBUB_PORT: "8080",
				HUBBUB_ENV_NODE_VERSION: "24",
			},
		],
	])("[OPS-1] what %s is passed over, and named", (_what, variables) => {
		expect(configure([], variables)).toMatchObject({ outcome: "settings", passedOver: Object.keys(variables), settings: { port: 8080 } });
		const both = configure([], { ...variables, HUBBUB_LAB: "off", HUBBUB_DATA: "elsewhere" });
		expect(both).toMatchObject({ settings: { lab: false, data: "elsewhere" }, passedOver: Object.keys(variables) });
		expect(configure(["--port", "81"], variables)).toMatchObject({ settings: { port: 81 } });
		expect(configure([], { HUBBUB_CONFIG: file("port.yaml", "port: 82\n"), ...variables })).toMatchObject({ settings: { port: 82 } });
		expect(complaint([], { ...variables, HUBBUB_PROT: "80" })).toContain("There is no setting HUBBUB_PROT.");
	});

	test("--help names every flag and every variable", () => {
		const help = configure(["--help", "--port", "x"], {});
		expect(help.outcome).toBe("help");
		for (const name of Object.keys(settingsTable) as SettingName[]) {
			expect((help as { text: string }).text).toContain(`--${flagOf(name)} `);
			expect((help as { text: string }).text).toContain(settingsTable[name].environment);
		}
	});
});

describe("a setting that is wrong", () => {
	test.each<[string[], Record<string, string>, string]>([
		[["--port", "http"], {}, "--port must be"],
		[["--port", "70000"], {}, "--port must be"],
		[["--port", "-1"], {}, "--port"],
		[[], { HUBBUB_PORT: "1e3" }, "HUBBUB_PORT must be"],
		[[], { HUBBUB_RATE_LIMIT: "fast" }, "HUBBUB_RATE_LIMIT must be like 5/5s"],
		[[], { HUBBUB_RATE_LIMIT: "0/5s" }, "HUBBUB_RATE_LIMIT must be"],
		[[], { HUBBUB_AUTO_CREATE_ROOMS: "maybe" }, "HUBBUB_AUTO_CREATE_ROOMS must be on or off"],
		[[], { HUBBUB_ALLOWED_ORIGINS: "example.org" }, "HUBBUB_ALLOWED_ORIGINS must be"],
		[[], { HUBBUB_ALLOWED_ORIGINS: "https://example.org/path" }, "HUBBUB_ALLOWED_ORIGINS must be"],
		[[], { HUBBUB_ALLOWED_ORIGINS: "https://a.example,https://*.b.example" }, "https://*.b.example has a * in it"],
		[["--allowed-origins", "wss://a.example"], {}, "--allowed-origins must be origins like https://example.org"],
		[[], { HUBBUB_MAX_CONNECTIONS_PER_IP: "0" }, "HUBBUB_MAX_CONNECTIONS_PER_IP must be"],
		[[], { HUBBUB_LOG_LEVEL: "loud" }, "HUBBUB_LOG_LEVEL must be one of"],
		[[], { HUBBUB_JWKS_URL: "file:///etc/passwd" }, "HUBBUB_JWKS_URL must be an http(s) address"],
		[[], { HUBBUB_ADMIN_KEY: "short" }, "HUBBUB_ADMIN_KEY must be at least 16"],
		[[], { HUBBUB_ADMIN_KEY: "a long key with spaces in it" }, "HUBBUB_ADMIN_KEY must be"],
		[[], { HUBBUB_JWT_SECRET: "short" }, "HUBBUB_JWT_SECRET must be at least 32"],
		[[], { HUBBUB_JWT_SECRET: "x".repeat(32), HUBBUB_JWKS_URL: "https://a.example/keys" }, "not both"],
		[[], { HUBBUB_TLS_CERT: "cert.pem" }, "go together"],
		[[], { HUBBUB_TYPO: "1" }, "There is no setting HUBBUB_TYPO"],
		[[], { HUBBUB_PORT: "tcp://10.0.0.9" }, "HUBBUB_PORT must be"],
		[[], { HUBBUB_PORT: "http://10.0.0.9:80" }, "HUBBUB_PORT must be"],
		[[], { HUBBUB_PROT: "tcp://10.0.0.9:80" }, "There is no setting HUBBUB_PROT"],
		[[], { HUBBUB_SERVICE_HOST: "0.0.0.0:80" }, "There is no setting HUBBUB_SERVICE_HOST"],
		[[], { HUBBUB_SERVICE_NAME: "chat" }, "There is no setting HUBBUB_SERVICE_NAME"],
		[[], { HUBBUB_NAME: "chat" }, "There is no setting HUBBUB_NAME"],
		[[], { HUBBUB_ENV_PORT: "80" }, "There is no setting HUBBUB_ENV_PORT"],
		[[], { HUBBUB_PORT_FILE: "/run/secrets/port" }, "There is no setting HUBBUB_PORT_FILE"],
		[["--typo", "1"], {}, "--typo"],
		[["lobby"], {}, "lobby"],
		[["--port"], {}, "--port"],
		[["--config", "/nowhere/hubbub.yaml"], {}, "cannot be read"],
	])("[OPS-1] %j with %j is one clear line: %s", (args, environment, words) => {
		expect(complaint(args, environment)).toContain(words);
	});

	test.each([
		["broken.yaml", "port: [1"],
		["broken.toml", "port = "],
		["broken.json", "{"],
		["list.yaml", "- port"],
		["word.yaml", "port"],
		["empty.json", ""],
	])("[OPS-1] a config file %s that holds %p is one clear line that names it", (name, content) => {
		const path = file(name, content);
		expect(complaint(["--config", path])).toContain(path);
	});

	test("[OPS-1] a config file with an unknown setting is one clear line that names both", () => {
		const path = file("unknown.yaml", "prot: 1\n");
		expect(complaint(["--config", path])).toContain("prot");
		expect(complaint(["--config", path])).toContain(path);
		expect(complaint(["--config", file("itself.yaml", "config: other.yaml\n")])).toContain("config");
	});

	test("[OPS-4] no complaint repeats a secret", () => {
		for (const name of ["HUBBUB_ADMIN_KEY", "HUBBUB_JWT_SECRET"]) expect(complaint([], { [name]: "hush" })).not.toContain("hush");
	});
});
