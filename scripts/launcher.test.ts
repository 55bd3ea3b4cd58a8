import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bunPackages, findBun } from "./bun.mjs";
import { explain, isInstalled } from "./install.mjs";
import { withLock } from "./lock.mjs";
import { adviseInstall, systemPackages } from "./system-packages.mjs";
import { addTotals, countTests, describeTotals } from "./totals.mjs";
import { arePagesFresh, rememberPages } from "./web-pages.mjs";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "hubbub-launcher-"));
});
afterEach(() => {
	rmSync(folder, { recursive: true, force: true });
});

function write(path: string, content: string): void {
	mkdirSync(dirname(join(folder, path)), { recursive: true });
	writeFileSync(join(folder, path), content);
}

describe("finding Bun", () => {
	const cases: [platform: string, arch: string, musl: boolean, names: string[]][] = [
		["linux", "x64", false, ["@oven/bun-linux-x64", "@oven/bun-linux-x64-baseline"]],
		["linux", "arm64", true, ["@oven/bun-linux-aarch64-musl"]],
		["android", "arm64", false, ["@oven/bun-linux-aarch64-android"]],
		["darwin", "arm64", false, ["@oven/bun-darwin-aarch64"]],
		["win32", "x64", false, ["@oven/bun-windows-x64", "@oven/bun-windows-x64-baseline"]],
		["linux", "s390x", false, []],
		["aix", "x64", false, []],
	];
	for (const [platform, arch, musl, names] of cases) {
		test(`${platform} on ${arch}${musl ? " with musl" : ""} takes ${names.join(" or ") || "nothing"}`, () => {
			expect(bunPackages({ platform, arch, musl })).toEqual(names);
		});
	}

	test("the binary is taken from the platform's package, the baseline build where only that is there", () => {
		const machine = { platform: "linux", arch: "x64", musl: false };
		expect(findBun(folder, machine)).toBeNull();
		write("node_modules/@oven/bun-linux-x64-baseline/bin/bun", "");
		expect(findBun(folder, machine)).toEndWith("/@oven/bun-linux-x64-baseline/bin/bun");
		write("node_modules/@oven/bun-linux-x64/bin/bun", "");
		expect(findBun(folder, machine)).toEndWith("/@oven/bun-linux-x64/bin/bun");
	});
});

describe("telling whether everything is installed", () => {
	const wanted = {
		"": { version: "0.1.0" },
		"packages/web": { version: "0.1.0" },
		"node_modules/@hubbub/web": { resolved: "packages/web", link: true },
		"node_modules/lit": { version: "3.3.3" },
		"node_modules/@oven/bun-darwin-x64": { version: "1.4.5", optional: true },
	};
	const installed = {
		"node_modules/@hubbub/web": { resolved: "packages/web", link: true },
		"node_modules/lit": { version: "3.3.3" },
	};
	const lock = (path: string, packages: object) => write(path, JSON.stringify({ packages }));

	test("another system's package may be absent", () => {
		lock("package-lock.json", wanted);
		lock("node_modules/.package-lock.json", installed);
		expect(isInstalled(folder)).toBe(true);
	});

	test("without npm's own record, written last, an installation counts for nothing", () => {
		lock("package-lock.json", wanted);
		mkdirSync(join(folder, "node_modules/lit"), { recursive: true });
		expect(isInstalled(folder)).toBe(false);
	});

	test("a new, another or a moved package asks for an installation", () => {
		for (const change of [
			{ "node_modules/jose": { version: "6.2.17" } },
			{ "node_modules/lit": { version: "3.3.4" } },
			{ "node_modules/@hubbub/web": { resolved: "packages/pages", link: true } },
		]) {
			lock("package-lock.json", { ...wanted, ...change });
			lock("node_modules/.package-lock.json", installed);
			expect(isInstalled(folder)).toBe(false);
		}
	});

	test("a lockfile that is no JSON is said to be so", () => {
		write("package-lock.json", "<<<<<<<");
		expect(() => isInstalled(folder)).toThrow(/package-lock\.json cannot be read/);
	});
});

describe("an installation that failed", () => {
	test("for want of a network is one clear line", () => {
		const line = explain("npm error code ENOTFOUND\nnpm error syscall getaddrinfo\nnpm error errno ENOTFOUND\n");
		expect(line).toContain("registry could not be reached (ENOTFOUND)");
		expect(line).not.toContain("\n");
	});

	test("for want of rights or space says so", () => {
		expect(explain("npm error code EACCES\n")).toContain("may not write");
		expect(explain("npm error code ENOSPC\n")).toContain("disk is full");
	});

	test("for a lockfile that does not agree names the gaps, without npm's page of usage", () => {
		const errors =
			"npm error code EUSAGE\nnpm error `npm ci` can only install packages when … are in sync.\nnpm error Missing: lit@3.3.3 from lock file\nnpm error --omit\n";
		expect(explain(errors)).toEndWith("commit both.\n  Missing: lit@3.3.3 from lock file");
	});

	test("for another reason repeats what npm said", () => {
		expect(explain("npm error code EINTEGRITY\nnpm error sha512 is not what was promised\n")).toContain("not what was promised");
	});
});

describe("a lock", () => {
	test("lets one piece of work in at a time, and the next after a failure", async () => {
		const events: string[] = [];
		const work = (name: string) => async () => {
			events.push(`${name} begins`);
			await Bun.sleep(5);
			events.push(`${name} ends`);
			if (name === "first") throw new Error("broken");
		};
		const first = withLock(folder, "trial", work("first")).catch((error: Error) => error.message);
		const second = withLock(folder, "trial", work("second"));
		expect(await first).toBe("broken");
		await second;
		expect(events).toEqual(["first begins", "first ends", "second begins", "second ends"]);
	});

	test("that another with this process's number left behind counts for nothing, as where a container is started again", async () => {
		write(".cache/trial.lock", String(process.pid));
		expect(await withLock(folder, "trial", async () => "done")).toBe("done");
	});

	test("of a process that is gone counts for nothing", async () => {
		const gone = Bun.spawn([process.execPath, "--version"], { stdout: "ignore" });
		await gone.exited;
		write(".cache/trial.lock", String(gone.pid));
		expect(await withLock(folder, "trial", async () => "done")).toBe("done");
	});
});

describe("the web pages", () => {
	test("are fresh until a source changes, comes or goes", () => {
		write("packages/web/src/a.ts", "1");
		write("packages/web/dist/a.js", "1");
		expect(arePagesFresh(folder)).toBe(false);
		rememberPages(folder);
		expect(arePagesFresh(folder)).toBe(true);
		write("packages/web/test/a.test.ts", "a test is no source");
		write("packages/web/dist/b.js", "nor is what was built");
		expect(arePagesFresh(folder)).toBe(true);
		write("packages/client/src/b.ts", "2");
		expect(arePagesFresh(folder)).toBe(false);
		rememberPages(folder);
		write("packages/web/src/a.ts", "3");
		expect(arePagesFresh(folder)).toBe(false);
		rememberPages(folder);
		rmSync(join(folder, "packages/client/src/b.ts"));
		expect(arePagesFresh(folder)).toBe(false);
	});

	test("are built again where they are gone", () => {
		write("packages/web/src/a.ts", "1");
		rememberPages(folder);
		expect(arePagesFresh(folder)).toBe(false);
	});
});

describe("counting tests", () => {
	const summary = (lines: string[]) => ["(pass) a", ...lines, " 5 expect() calls", "Ran 7 tests across 3 files. [72.00ms]", ""].join("\n");

	test("the closing summary is read, colours and all", () => {
		const output = summary(["\u001b[32m 2 pass\u001b[0m", " 1 skip", " 1 todo", "\u001b[31m 3 fail\u001b[0m", " 1 error"]);
		expect(countTests(output, 1)).toEqual({ totals: { passed: 2, failed: 3, skipped: 2 }, complete: true });
	});

	test("a summary that a test printed earlier counts for nothing", () => {
		expect(
			countTests(`${summary([" 90 pass", " 9 fail"])}${"(pass) b\n".repeat(9)}${summary([" 2 pass", " 0 fail"])}`, 0).totals.passed,
		).toBe(2);
	});

	test("an exit code of failure with nothing failed is one failure", () => {
		expect(countTests(summary([" 2 pass", " 0 fail"]), 1).totals.failed).toBe(1);
		expect(countTests(summary([" 2 pass", " 0 fail", " 1 error"]), 1).totals.failed).toBe(1);
	});

	test("a run that broke off is counted by its lines, and is one failure more", () => {
		const broken = countTests("(pass) a\n(fail) b\n(skip) c\npanic: Segmentation fault\n", 139);
		expect(broken).toEqual({ totals: { passed: 1, failed: 2, skipped: 1 }, complete: false });
	});

	test("sums are told in the form that the build reads", () => {
		const sum = addTotals({ passed: 1, failed: 0, skipped: 0 }, { passed: 41, failed: 2, skipped: 3 });
		expect(describeTotals(sum)).toBe("42 passed, 2 failed, 3 skipped");
	});
});

describe("system packages", () => {
	const host = (commands: string[], fonts: boolean) => ({
		debian: true,
		root: false,
		findCommand: (names: readonly string[]) => names.find((name) => commands.includes(name)) ?? null,
		hasFont: () => fonts,
		hasPython: () => true,
	});

	const strangers = ["ffmpeg", "curl", "openssl", "nginx", "haproxy", "caddy", "apache2", "varnishd", "systemd-analyze", "initdb"];

	test("any of Chromium's names will do", () => {
		const missing = (commands: string[], fonts: boolean) =>
			systemPackages.filter((row) => !row.isPresent(host([...strangers, ...commands], fonts))).map(({ name }) => name);
		expect(missing(["chromium"], true)).toEqual([]);
		expect(missing(["google-chrome"], true)).toEqual([]);
		expect(missing([], false)).toEqual(["chromium", "fonts-noto-cjk", "fonts-noto-color-emoji"]);
	});

	test("who may not install them is told the command", () => {
		expect(adviseInstall(systemPackages.slice(0, 1), { debian: true })).toContain("apt-get install -y --no-install-recommends chromium");
		expect(adviseInstall(systemPackages, { debian: false })).toContain("chromium fonts-noto-cjk");
	});
});
