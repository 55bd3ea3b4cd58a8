import { serve } from "./server.ts";
import { banner } from "./settings/banner.ts";
import { configure } from "./settings/configure.ts";

const configured = configure(Bun.argv.slice(2), process.env);
switch (configured.outcome) {
	case "help":
		console.log(configured.text);
		break;
	case "mistake":
		leave(configured.text);
		break;
	case "settings": {
		const started = await serve(configured.settings).catch((fault: Error) => leave(fault.message));
		console.log(banner(started));
		let leaving = false;
		for (const signal of ["SIGINT", "SIGTERM"] as const)
			process.on(signal, () => {
				// A second Ctrl-C does not wait for anybody.
				if (leaving) process.exit(1);
				leaving = true;
				void started.stop().then(() => process.exit(0));
			});
	}
}

function leave(sentence: string): never {
	console.error(`hubbub: ${sentence}`);
	process.exit(1);
}
