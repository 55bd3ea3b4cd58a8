import * as v from "valibot";
import type { Rate } from "../room/token-bucket.ts";
import { logLevels } from "../runtime/log.ts";
import { readTrustedProxies, type TrustedProxies } from "../transport/addresses.ts";
import { readOrigins } from "../transport/origin.ts";

/** One setting: where it comes from, what it may be, and what `--help` says of it. */
export interface Setting<T = unknown> {
	/** `HUBBUB_…`; the flag is the same in lower case with dashes, without the prefix. */
	readonly environment: string;
	/** What stands for its value in the help. */
	readonly value: string;
	readonly help: string;
	/** May be given as `…_FILE`, the path of a file that holds it. */
	readonly secret?: true;
	/** From the text given, or the default where undefined. Its issue's message completes "… must be …". */
	readonly schema: v.GenericSchema<string | undefined, T>;
}

const OnOff = v.pipe(
	v.picklist(["on", "off", "true", "false", "1", "0"], "on or off"),
	v.transform((word) => word === "on" || word === "true" || word === "1"),
);
const onOff = (fallback: "on" | "off") => v.optional(OnOff, fallback);
const wholeNumberText = (min: number, max: number) =>
	v.pipe(
		v.string(),
		v.check((text) => /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max, `a whole number from ${min} to ${max}`),
	);
const wholeNumber = (fallback: number, min: number, max: number) =>
	v.pipe(v.optional(wholeNumberText(min, max), String(fallback)), v.transform(Number));
const wholeNumberOrNone = (min: number, max: number) =>
	v.pipe(
		v.optional(v.nullable(wholeNumberText(min, max)), null),
		v.transform((text) => (text === null ? null : Number(text))),
	) as v.GenericSchema<string | undefined, number | null>;
const optionalText = v.optional(v.nullable(v.pipe(v.string(), v.minLength(1, "something, or left out"))), null) as v.GenericSchema<
	string | undefined,
	string | null
>;
const optionalUrl = v.optional(v.nullable(v.pipe(v.string(), v.regex(/^https?:\/\/\S+$/, "an http(s) address"))), null) as v.GenericSchema<
	string | undefined,
	string | null
>;
const text = (fallback: string) => v.optional(v.pipe(v.string(), v.minLength(1, "something")), fallback);

/** `5/5s` is five at once, refilled over five seconds; `off` is no limit. */
export const RateText = v.pipe(
	v.optional(v.pipe(v.string(), v.regex(/^(off|[1-9]\d{0,5}\/[1-9]\d{0,3}s)$/, "like 5/5s, or off")), "5/5s"),
	v.transform((words): Rate | null => {
		if (words === "off") return null;
		const [burst, seconds] = words.slice(0, -1).split("/").map(Number) as [number, number];
		return { burst, perMs: seconds * 1_000 };
	}),
);

const CpuShare = v.pipe(
	v.optional(v.pipe(v.string(), v.regex(/^(0?\.\d{1,3}|1(\.0{1,3})?)$/, "a number from 0.05 to 1")), "0.6"),
	v.transform(Number),
	v.minValue(0.05, "a number from 0.05 to 1"),
);

const Origins = v.pipe(
	v.optional(v.string(), ""),
	v.transform((list) => readOrigins(list.split(",").flatMap((origin) => origin.trim() || []))),
	v.rawTransform(({ dataset: { value: read }, addIssue, NEVER }) => {
		if (read.ok) return read.origins;
		addIssue({ message: `origins like https://example.org, separated by commas; ${read.complaint}` });
		return NEVER;
	}),
);

const Networks = v.pipe(
	v.optional(v.string(), ""),
	v.transform((list) => readTrustedProxies(list.split(",").flatMap((network) => network.trim() || []))),
	v.check((networks) => networks !== null, "networks like 10.0.0.0/8 or loopback, separated by commas"),
	v.transform((networks) => networks as TrustedProxies),
);

const BasePath = v.pipe(
	v.optional(v.string(), ""),
	// No dot segments: browsers and proxies take those out before anybody sees them.
	v.regex(/^(\/(?!\.{1,2}(\/|$))[\w.~!$&'()*+,;=:@%-]+)*\/?$/, "a path like /chat"),
	v.transform((path) => path.replace(/\/$/, "")),
);

/** Everything an operator can set (SPEC OPS-1). */
export const settingsTable = {
	port: {
		environment: "HUBBUB_PORT",
		value: "PORT",
		help: "Port to listen on; 0 takes a free one. Default 8080.",
		schema: wholeNumber(8080, 0, 65_535),
	},
	host: {
		environment: "HUBBUB_HOST",
		value: "ADDRESS",
		help: "Address to listen on. Default: this machine alone, 127.0.0.1 and ::1. For everybody: 0.0.0.0 or ::.",
		schema: optionalText,
	},
	data: {
		environment: "HUBBUB_DATA",
		value: "FOLDER",
		help: "Folder of the database; made if missing. Default ./data. The word memory keeps nothing.",
		schema: text("data"),
	},
	config: {
		environment: "HUBBUB_CONFIG",
		value: "FILE",
		help: "YAML, TOML or JSON file of settings, named like the flags.",
		schema: optionalText,
	},
	autoCreateRooms: {
		environment: "HUBBUB_AUTO_CREATE_ROOMS",
		value: "on|off",
		help: "Whether joining makes a room that does not exist. Default on.",
		schema: onOff("on"),
	},
	rateLimit: {
		environment: "HUBBUB_RATE_LIMIT",
		value: "N/Ss|off",
		help: "Messages a person may send in one room. Default 5/5s.",
		schema: RateText,
	},
	deliveryBudget: {
		environment: "HUBBUB_DELIVERY_BUDGET",
		value: "N",
		help: "Chat messages a second that a room shows each viewer before it samples; 0 is all. Default 100. Rooms may set their own.",
		schema: wholeNumber(100, 0, 10_000),
	},
	removedDays: {
		environment: "HUBBUB_REMOVED_DAYS",
		value: "N",
		help: "Days that texts which were taken back are kept for those who run the room; 0 is not at all. Default 30.",
		schema: wholeNumber(30, 0, 3_650),
	},
	cpuShare: {
		environment: "HUBBUB_CPU_SHARE",
		value: "0.05-1",
		help: "Share of a core that the process may take before viewers of a busy room wait, up to 250 ms. Default 0.6.",
		schema: CpuShare,
	},
	maxConnections: {
		environment: "HUBBUB_MAX_CONNECTIONS",
		value: "N",
		help: "Connections held at once: WebSockets, event streams and polls that wait. Default: what the limit of open files leaves.",
		schema: wholeNumberOrNone(1, 10_000_000),
	},
	maxConnectionsPerIp: {
		environment: "HUBBUB_MAX_CONNECTIONS_PER_IP",
		value: "N",
		help: "Connections from one address; this machine's own are exempt. Default 200.",
		schema: wholeNumber(200, 1, 1_000_000),
	},
	allowedOrigins: {
		environment: "HUBBUB_ALLOWED_ORIGINS",
		value: "LIST",
		help: "Origins of other sites' pages and apps that may connect, like https://example.org,capacitor://localhost; * is any. Default: this server's own.",
		schema: Origins,
	},
	basePath: {
		environment: "HUBBUB_BASE_PATH",
		value: "PATH",
		help: "Path that a reverse proxy leaves before every address, like /chat. Not needed where the proxy takes it off. Default none.",
		schema: BasePath,
	},
	trustedProxies: {
		environment: "HUBBUB_TRUSTED_PROXIES",
		value: "LIST",
		help: "Networks of reverse proxies whose X-Forwarded-For and X-Forwarded-Host are believed, like loopback,10.0.0.0/8. Default none.",
		schema: Networks,
	},
	lab: {
		environment: "HUBBUB_LAB",
		value: "on|off",
		help: "Whether /lab and its echo are open. Default on while the server listens on this machine alone.",
		schema: v.optional(v.nullable(OnOff), null) as v.GenericSchema<string | undefined, boolean | null>,
	},
	labPort: {
		environment: "HUBBUB_LAB_PORT",
		value: "PORT",
		help: "A second port, on this machine alone, whose echo takes messages up to 16 MiB, as conformance suites send them. Default none.",
		schema: wholeNumberOrNone(0, 65_535),
	},
	permessageDeflate: {
		environment: "HUBBUB_PERMESSAGE_DEFLATE",
		value: "on|off",
		help: "Whether rooms' sockets may compress each message for each viewer (RFC 7692). Costs memory and time. Default off.",
		schema: onOff("off"),
	},
	adminKey: {
		environment: "HUBBUB_ADMIN_KEY",
		value: "KEY",
		help: "The operator's key, at least 16 characters.",
		secret: true,
		schema: optionalText,
	},
	jwtSecret: {
		environment: "HUBBUB_JWT_SECRET",
		value: "SECRET",
		help: "Shared secret of sign-in tokens (HS256), at least 32 characters.",
		secret: true,
		schema: optionalText,
	},
	jwksUrl: {
		environment: "HUBBUB_JWKS_URL",
		value: "URL",
		help: "Public keys of sign-in tokens, instead of a secret.",
		schema: optionalUrl,
	},
	jwtIssuer: { environment: "HUBBUB_JWT_ISSUER", value: "TEXT", help: "Required issuer (iss) of sign-in tokens.", schema: optionalText },
	jwtAudience: {
		environment: "HUBBUB_JWT_AUDIENCE",
		value: "TEXT",
		help: "Required audience (aud) of sign-in tokens.",
		schema: optionalText,
	},
	tlsCert: { environment: "HUBBUB_TLS_CERT", value: "FILE", help: "Certificate chain (PEM): serve https and wss.", schema: optionalText },
	tlsKey: { environment: "HUBBUB_TLS_KEY", value: "FILE", help: "Private key (PEM) of the certificate.", schema: optionalText },
	logLevel: {
		environment: "HUBBUB_LOG_LEVEL",
		value: "LEVEL",
		help: `${logLevels.join(", ")}. Default warn on a terminal, else info.`,
		schema: v.optional(v.nullable(v.picklist(logLevels, `one of ${logLevels.join(", ")}`)), null) as v.GenericSchema<
			string | undefined,
			(typeof logLevels)[number] | null
		>,
	},
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof settingsTable;
export type Settings = { readonly [Name in SettingName]: v.InferOutput<(typeof settingsTable)[Name]["schema"]> };

/** The flag of a setting: `--max-connections-per-ip`. */
export function flagOf(name: SettingName): string {
	return settingsTable[name].environment.slice("HUBBUB_".length).toLowerCase().replaceAll("_", "-");
}
