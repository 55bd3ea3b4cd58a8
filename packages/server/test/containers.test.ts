import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { serverLimits } from "../src/runtime/limits.ts";
import { settingsTable } from "../src/settings/table.ts";
import { connect, until } from "./client.ts";
import { makeFolder, printedUrl, startServer } from "./start-server.ts";

// No container can be run in a test. What one is made of can: a first process, a file system that is only read, a user nobody has heard of.

const repository = join(import.meta.dir, "../../..");
const read = (path: string) => readFileSync(join(repository, path), "utf8");
const dockerfile = read("docs/containers/Dockerfile");
const instruction = (name: string) => new RegExp(`^${name} (.*)$`, "m").exec(dockerfile)?.[1] ?? "";
const entry = JSON.parse(instruction("ENTRYPOINT")) as string[];
const known = new Set(Object.values(settingsTable).flatMap(({ environment }) => [environment, `${environment}_FILE`]));

describe("docs/containers", () => {
	test("the image starts the launcher, as a user with a number, with settings that there are", () => {
		expect(entry).toEqual(["node", "scripts/run.mjs", "start"]);
		expect(instruction("USER")).toMatch(/^[1-9]\d*:[1-9]\d*$/);
		const variables = instruction("ENV")
			.split(" ")
			.map((pair) => pair.split("=")[0] ?? "");
		expect(variables.filter((name) => !known.has(name))).toEqual([]);
	});

	test("the Kubernetes manifest asks at addresses that answer, and waits longer than a good-bye takes", async () => {
		const [set] = Bun.YAML.parse(read("docs/containers/kubernetes.yaml")) as [StatefulSet];
		const { containers, terminationGracePeriodSeconds, enableServiceLinks } = set.spec.template.spec;
		const [container] = containers;
		expect([set.spec.replicas, enableServiceLinks]).toEqual([1, false]);
		const { drainMs, closeStoreMs, tellManagerMs, closeLogMs } = serverLimits;
		expect(terminationGracePeriodSeconds * 1_000).toBeGreaterThan(drainMs + closeStoreMs + tellManagerMs + closeLogMs);
		expect(container.env.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
		const server = await startServer();
		for (const probe of [container.readinessProbe, container.livenessProbe, container.startupProbe])
			expect((await server.request(probe.httpGet.path)).status).toBe(200);
		await server.stop();
	});
});

interface Probe {
	readonly httpGet: { readonly path: string };
}

interface StatefulSet {
	readonly spec: {
		readonly replicas: number;
		readonly template: {
			readonly spec: {
				readonly terminationGracePeriodSeconds: number;
				readonly enableServiceLinks: boolean;
				readonly containers: [
					{
						readonly env: readonly { readonly name: string }[];
						readonly readinessProbe: Probe;
						readonly livenessProbe: Probe;
						readonly startupProbe: Probe;
					},
				];
			};
		};
	};
}

const node = Bun.which("node") ?? "node";
const stranger = 54_321;

/** Why a container cannot be played here; null where it can. */
function obstacle(): string | null {
	if (process.platform !== "linux" || process.getuid?.() !== 0) return "it needs root on Linux";
	if (!Bun.spawnSync(["unshare", "--mount", "--pid", "--fork", "--kill-child", "true"]).success) return "namespaces are not allowed here";
	// Folders above the repository do not matter: it is mounted elsewhere.
	for (const path of [...pathsDownTo(node), ...["", "package.json", "scripts", "packages"].map((name) => join(repository, name))])
		if ((statSync(path).mode & 0o005) === 0) return `${path} cannot be read by another user`;
	return null;
}

function pathsDownTo(path: string): string[] {
	return path === dirname(path) ? [path] : [...pathsDownTo(dirname(path)), path];
}

const why = obstacle();

describe.skipIf(why !== null)(why === null ? "in a container that is played" : `in a container that is played (skipped: ${why})`, () => {
	let folder: ReturnType<typeof makeFolder>;
	let data: string;
	beforeEach(() => {
		folder = makeFolder();
		chmodSync(folder.path, 0o755);
		for (const name of ["app", "data"]) mkdirSync(join(folder.path, name));
		data = join(folder.path, "data");
		chownSync(data, stranger, stranger);
	});
	afterEach(() => folder.remove());

	/** Runs this as the first process of namespaces of its own, as a stranger, where nothing can be written but `data`; with these variables alone. */
	function contain(command: readonly string[], variables: Record<string, string> = {}) {
		const script = `
			mount --bind '${repository}' '${folder.path}/app' && mount --bind '${data}' '${data}' && mount -t proc proc /proc || exit 99
			while read -r _device place type _rest; do
				case "$type" in proc|sysfs|devpts|devtmpfs|mqueue|cgroup*) continue ;; esac
				[ "$place" = '${data}' ] || mount -o remount,bind,ro "$place" 2>/dev/null || true
			done < /proc/self/mounts
			touch /tmp/it-can-be-written 2>/dev/null && exit 98
			cd '${folder.path}/app' && exec setpriv --reuid ${stranger} --regid ${stranger} --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all env -i "$@"`;
		const pairs = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
		const child = Bun.spawn(["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script, "sh", ...pairs, ...command], {
			stdin: "ignore",
			stdout: "pipe",
			stderr: "pipe",
		});
		let output = "";
		for (const stream of [child.stdout, child.stderr])
			void (async () => {
				const decoder = new TextDecoder();
				for await (const chunk of stream) output += decoder.decode(chunk, { stream: true });
			})();
		return { child, output: () => output };
	}

	/** The number that the first process of the container has outside of it. */
	function firstOf(child: Bun.Subprocess): number {
		return childrenOf(child.pid)[0] ?? 0;
	}

	function childrenOf(process: number): number[] {
		return readFileSync(`/proc/${process}/task/${process}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
	}

	function familyOf(process: number): number[] {
		return childrenOf(process).flatMap((each) => [each, ...familyOf(each)]);
	}

	test("[OPS-10] as first process, on a file system that is only read, as a user without a name or a home: it serves, and SIGTERM is a good-bye", async () => {
		const variables = {
			PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
			HOSTNAME: "hubbub-0",
			KUBERNETES_SERVICE_HOST: "10.0.0.1",
			HUBBUB_SERVICE_HOST: "10.0.0.9",
			HUBBUB_PORT_80_TCP: "tcp://10.0.0.9:80",
			HUBBUB_DATA: join(data, "hubbub"),
		};
		const { child, output } = contain([node, ...entry.slice(1), "--port", "0"], variables);
		await until(() => {
			if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}: ${output()}`);
			return printedUrl(output()) !== null;
		});
		const url = printedUrl(output()) as string;
		const client = await connect(`${url.replace(/^http/, "ws")}/rooms/lobby`);
		expect((await client.say("kept")).type).toBe("ack");
		expect((await fetch(`${url}/readyz`)).status).toBe(200);
		const first = firstOf(child);
		expect(readFileSync(`/proc/${first}/status`, "utf8")).toMatch(/^NSpid:\s+\d+\s+1$/m);
		const states = familyOf(first).map((each) => /^State:\s+(\S)/m.exec(readFileSync(`/proc/${each}/status`, "utf8"))?.[1]);
		expect(states).toHaveLength(1);
		expect(states).not.toContain("Z");
		const folderMode = statSync(join(data, "hubbub"));
		expect([folderMode.mode & 0o777, folderMode.uid]).toEqual([0o700, stranger]);
		process.kill(first, "SIGTERM");
		expect(await client.closed).toMatchObject({ code: 4100 });
		expect(await child.exited).toBe(0);
		expect(output()).not.toContain("EROFS");
	}, 300_000);

	test("[OPS-10] a data folder that the user may not write is one clear line", async () => {
		chownSync(data, 0, 0);
		chmodSync(data, 0o755);
		const { child, output } = contain([node, ...entry.slice(1)], { PATH: "/usr/bin:/bin", HUBBUB_PORT: "0", HUBBUB_DATA: data });
		expect(await child.exited).toBe(1);
		await until(() => output().includes("\n"));
		expect(output()).toBe(`hubbub: The data folder ${data} cannot be written.\n`);
	}, 300_000);

	test("a first process that has nobody to pass a signal on to ends by it", async () => {
		const program = 'await import("./scripts/child.mjs"); setInterval(() => {}, 1000); console.log("here");';
		const { child, output } = contain([node, "--input-type=module", "-e", program]);
		await until(() => {
			if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}: ${output()}`);
			return output().includes("here");
		});
		process.kill(firstOf(child), "SIGTERM");
		expect(await child.exited).toBe(128 + 15);
	}, 300_000);

	test("what is still to be built where nothing can be written is one clear line", async () => {
		const program =
			'const { withLock } = await import("./scripts/lock.mjs"); for (const root of [".", "packages"]) await withLock(root, "pages", async () => {}).catch((error) => console.log(error.message));';
		const { child, output } = contain([node, "--input-type=module", "-e", program]);
		expect(await child.exited).toBe(0);
		await until(() => output().split("\n").length > 2);
		for (const line of output().trimEnd().split("\n"))
			expect(line).toMatch(
				/^Something is still to be installed or built, and \S+ cannot be written \(E\w+\): run `npm run build` where it can\.$/,
			);
	}, 300_000);
});
