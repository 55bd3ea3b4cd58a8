import { isatty } from "node:tty";
import { serverLimits } from "./runtime/limits.ts";
import { LineOutput } from "./runtime/line-output.ts";
import { createLogger } from "./runtime/log.ts";
import { type RunningServer, serve } from "./server.ts";
import { tellServiceManager } from "./service-manager.ts";
import { banner } from "./settings/banner.ts";
import { configure } from "./settings/configure.ts";
import type { Settings } from "./settings/table.ts";
import { onStopSignal } from "./stop-signals.ts";

// Whatever is written from here on is nobody else's to read.
process.umask(0o077);
const output = new LineOutput(1);
const configured = configure(Bun.argv.slice(2), process.env);
switch (configured.outcome) {
	case "help":
		output.write(`${configured.text}\n`);
		break;
	case "mistake":
		await leave(configured.text);
		break;
	case "settings":
		await run(configured.settings, configured.passedOver);
}

async function run(settings: Settings, passedOver: readonly string[]): Promise<void> {
	const logger = createLogger(settings.logLevel ?? (isatty(1) ? "warn" : "info"), output);
	if (passedOver.length > 0)
		logger.warn(
			{ variables: passedOver.join(", ") },
			"passed over: set by an orchestrator for a service called hubbub, they set nothing here",
		);
	let starting: Promise<RunningServer> | null = null;
	// Before anything is opened: a signal that comes in that moment is heard too.
	onStopSignal(async () => {
		const told = tellServiceManager(process.env, logger, "STOPPING=1", "Saying good-bye");
		await (await starting?.catch(() => null))?.stop();
		// What tells it would end with this process.
		await Promise.race([told, Bun.sleep(serverLimits.tellManagerMs)]);
		await output.flush(serverLimits.closeLogMs);
	});
	starting = serve(settings, { logger, logLinesDropped: () => output.dropped });
	const started = await starting.catch((fault: Error) => leave(fault.message));
	output.write(`${banner(started)}\n`);
	void tellServiceManager(process.env, logger, "READY=1", `Serving at ${started.url}`);
}

/** Says in one line why there is nothing to run. */
async function leave(sentence: string): Promise<never> {
	const complaints = new LineOutput(2);
	complaints.write(`hubbub: ${sentence}\n`);
	await Promise.all([output.flush(serverLimits.closeLogMs), complaints.flush(serverLimits.closeLogMs)]);
	process.exit(1);
}
