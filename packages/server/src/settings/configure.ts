import { parseArgs } from "node:util";
import * as v from "valibot";
import { isOrchestrators } from "./orchestrators.ts";
import { flagOf, type SettingName, type Settings, settingsTable } from "./table.ts";
import { readTextFile } from "./text-file.ts";

export type Configured =
	/** `passedOver` names variables that begin as ours do and are not: see `orchestrators.ts`. */
	| { readonly outcome: "settings"; readonly settings: Settings; readonly passedOver: readonly string[] }
	| { readonly outcome: "help"; readonly text: string }
	/** One sentence for the operator. */
	| { readonly outcome: "mistake"; readonly text: string };

const names = Object.keys(settingsTable) as SettingName[];

/**
 * Reads the settings from flags, environment and config file, in that order of precedence (SPEC OPS-1). Reads files that are named;
 * touches nothing else.
 */
export function configure(args: readonly string[], wholeEnvironment: Record<string, string | undefined>): Configured {
	const options = Object.fromEntries(names.map((name) => [flagOf(name), { type: "string" as const }]));
	let flags: Record<string, string | boolean | undefined>;
	try {
		flags = parseArgs({ args: [...args], options: { ...options, help: { type: "boolean", short: "h" } }, strict: true })
			.values as typeof flags;
	} catch (fault) {
		const [first] = (fault as Error).message.split(/\. |\.?\n|\.$/);
		return mistake(`${first}. See --help.`);
	}
	if (flags.help) return { outcome: "help", text: helpText() };

	const passedOver = Object.keys(wholeEnvironment).filter((key) => key.startsWith("HUBBUB_") && isOrchestrators(key, wholeEnvironment));
	const environment = { ...wholeEnvironment };
	for (const key of passedOver) delete environment[key];
	const unknown = Object.keys(environment).find((key) => key.startsWith("HUBBUB_") && !isKnownVariable(key));
	if (unknown) return mistake(`There is no setting ${unknown}. See --help.`);

	const file = readConfigFile(String(flags.config ?? environment.HUBBUB_CONFIG ?? ""));
	if (typeof file === "string") return mistake(file);

	const settings: Record<string, unknown> = {};
	for (const name of names) {
		const given = givenValue(name, flags, environment, file);
		if ("mistake" in given) return mistake(given.mistake);
		const parsed = v.safeParse(settingsTable[name].schema as v.GenericSchema<string | undefined, unknown>, given.value);
		if (!parsed.success) return mistake(`${given.source} must be ${parsed.issues[0].message}.`);
		settings[name] = parsed.output;
	}
	const complaint = contradictions(settings as unknown as Settings);
	return complaint ? mistake(complaint) : { outcome: "settings", settings: settings as unknown as Settings, passedOver };
}

function mistake(text: string): Configured {
	return { outcome: "mistake", text };
}

function isKnownVariable(key: string): boolean {
	return names.some((name) => {
		const setting = settingsTable[name];
		return key === setting.environment || ("secret" in setting && key === `${setting.environment}_FILE`);
	});
}

type Given = { readonly value: string | undefined; readonly source: string } | { readonly mistake: string };

function givenValue(
	name: SettingName,
	flags: Record<string, string | boolean | undefined>,
	environment: Record<string, string | undefined>,
	file: ReadonlyMap<string, string>,
): Given {
	const setting = settingsTable[name];
	const flag = flagOf(name);
	if (typeof flags[flag] === "string") return { value: flags[flag], source: `--${flag}` };
	const fromEnvironment = environment[setting.environment];
	if (fromEnvironment !== undefined && fromEnvironment !== "") return { value: fromEnvironment, source: setting.environment };
	const secretFile = "secret" in setting ? environment[`${setting.environment}_FILE`] : undefined;
	if (secretFile) {
		try {
			return { value: readTextFile(secretFile).trim(), source: `${setting.environment}_FILE` };
		} catch (fault) {
			return { mistake: `${setting.environment}_FILE names ${secretFile}, which cannot be read: ${wordsOf(fault)}.` };
		}
	}
	return { value: file.get(flag), source: `${flag} in the config file` };
}

/** The config file's settings by flag, or a sentence about what is wrong with it. */
function readConfigFile(path: string): ReadonlyMap<string, string> | string {
	if (path === "") return new Map();
	let parsed: unknown;
	try {
		const content = readTextFile(path);
		parsed = path.endsWith(".toml") ? Bun.TOML.parse(content) : path.endsWith(".json") ? JSON.parse(content) : Bun.YAML.parse(content);
	} catch (fault) {
		return `The config file ${path} cannot be read: ${wordsOf(fault)}.`;
	}
	if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return `The config file ${path} holds no settings.`;
	const entries = Object.entries(parsed).map(([key, value]) => [key.replaceAll("_", "-"), valueText(value)] as const);
	const unknown = entries.find(([key]) => !names.some((name) => flagOf(name) === key && name !== "config"));
	return unknown ? `There is no setting ${unknown[0]}, which the config file ${path} names.` : new Map(entries);
}

function wordsOf(fault: unknown): string {
	return (fault as Error).message.split("\n", 1)[0] as string;
}

function valueText(value: unknown): string {
	if (typeof value === "boolean") return value ? "on" : "off";
	return Array.isArray(value) ? value.join(",") : String(value);
}

/** Settings that are right one by one and wrong together. */
function contradictions(settings: Settings): string | null {
	if (settings.lab === false && settings.labPort !== null) return "HUBBUB_LAB_PORT opens the lab's echo, and HUBBUB_LAB closes the lab.";
	if ((settings.tlsCert === null) !== (settings.tlsKey === null)) return "HUBBUB_TLS_CERT and HUBBUB_TLS_KEY go together.";
	if (settings.jwtSecret !== null && settings.jwksUrl !== null) return "Give HUBBUB_JWT_SECRET or HUBBUB_JWKS_URL, not both.";
	if (settings.adminKey !== null && !/^[\x21-\x7e]{16,}$/.test(settings.adminKey))
		return "HUBBUB_ADMIN_KEY must be at least 16 letters, digits and signs, without spaces.";
	if (settings.jwtSecret !== null && settings.jwtSecret.length < 32) return "HUBBUB_JWT_SECRET must be at least 32 characters.";
	return null;
}

function helpText(): string {
	const rows = names.map((name) => {
		const { environment, value, help } = settingsTable[name];
		const secret = "secret" in settingsTable[name] ? ` Or ${environment}_FILE.` : "";
		return `  --${flagOf(name)} ${value}\n      ${environment}\n      ${help}${secret}`;
	});
	return [
		"Hubbub: the discussion beside a live stream.",
		"",
		"  npm start -- [flags]",
		"",
		"Flags go before environment variables, and those before the config file.",
		"",
		...rows,
		"  --help",
		"      This text.",
	].join("\n");
}
