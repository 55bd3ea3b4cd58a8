import pino from "pino";
import type { LineOutput } from "./line-output.ts";

/** Structured facts of one log line. Never a message's text, a name or a token: ids, counts, codes and durations only (SPEC OPS-4). */
export type Facts = Record<string, string | number | boolean | null | undefined>;

export interface Logger {
	debug(facts: Facts, words: string): void;
	info(facts: Facts, words: string): void;
	warn(facts: Facts, words: string): void;
	error(facts: Facts, words: string): void;
}

export const logLevels = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** One JSON object a line. Addresses of people and anything token-like are redacted should they ever get in. */
export function createLogger(level: LogLevel, output: LineOutput): Logger {
	const logger = pino(
		{
			level,
			base: undefined,
			timestamp: pino.stdTimeFunctions.isoTime,
			formatters: { level: (label) => ({ level: label }) },
			redact: { paths: ["token", "text", "authorization", "adminKey"], censor: "[redacted]" },
		},
		output,
	);
	output.onResumed = (lines) => logger.warn({ lines }, "nobody took these log lines, and they were dropped");
	return logger;
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
