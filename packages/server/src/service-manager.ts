import type { Logger } from "./runtime/log.ts";

/** What a service manager is told of a service (sd_notify): that it serves, or that it is about to end. */
export type ServiceState = "READY=1" | "STOPPING=1";

/**
 * Tells systemd, where it has asked to be told (`Type=notify`): so that whatever waits for this service waits until it serves. By systemd's own
 * tool, since a program on Bun has no datagram sockets. The unit needs `NotifyAccess=all`. A tool that is missing or fails is a line in the log.
 * Resolves when it has been told, or cannot be.
 *
 * @example await tellServiceManager(process.env, logger, "READY=1", "Serving at http://localhost:8080");
 */
export async function tellServiceManager(
	environment: Readonly<Record<string, string | undefined>>,
	logger: Logger,
	state: ServiceState,
	status: string,
): Promise<void> {
	const { NOTIFY_SOCKET: socket, PATH: path = "/usr/bin:/bin" } = environment;
	if (!socket) return;
	const tool = Bun.which("systemd-notify", { PATH: path });
	if (tool === null) {
		logger.warn({}, "systemd asked to be told, and its tool systemd-notify is not there");
		return;
	}
	const child = Bun.spawn([tool, state, `STATUS=${status}`], { env: { NOTIFY_SOCKET: socket }, stdio: ["ignore", "ignore", "ignore"] });
	await child.exited;
	if (child.exitCode !== 0) logger.warn({ code: child.exitCode, state }, "systemd could not be told");
}
