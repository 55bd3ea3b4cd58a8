import { createHash, timingSafeEqual } from "node:crypto";
import type { ServerStore } from "../engine/store.ts";
import type { Random } from "../runtime/random.ts";
import type { SetUp } from "./caller.ts";

const stored = "operator-key-sha256";

/** The operator's key: set by configuration, or made once in exchange for a set-up token. Only its hash is kept. */
export interface OperatorKey {
	/** Compared in constant time. */
	isKey(presented: string): boolean;
	/** Whether there is a key. */
	readonly isClaimed: boolean;
	/** To be shown to whoever started the server; null once there is a key. */
	readonly setUpToken: string | null;
	/** Trades the set-up token for a new key, once ever (SPEC SEC-5). */
	setUp(token: string): Promise<SetUp>;
}

export async function openOperatorKey(options: { configured: string | null; store: ServerStore; random: Random }): Promise<OperatorKey> {
	const { configured, store, random } = options;
	let keyHash = configured === null ? await store.get(stored) : sha256(configured);
	const setUpToken = keyHash === null ? random.token(24) : null;
	return {
		isKey: (presented) => keyHash !== null && equal(sha256(presented), keyHash),
		get isClaimed() {
			return keyHash !== null;
		},
		get setUpToken() {
			return keyHash === null ? setUpToken : null;
		},
		async setUp(token) {
			if (keyHash !== null || setUpToken === null) return { ok: false, code: "setup_done" };
			if (!equal(sha256(token), sha256(setUpToken))) return { ok: false, code: "unauthorized" };
			const adminKey = random.token(32);
			// Two who ask at once, or two nodes: the store keeps one hash, and only its maker is told a key.
			keyHash = await store.putIfAbsent(stored, sha256(adminKey));
			return equal(sha256(adminKey), keyHash) ? { ok: true, adminKey } : { ok: false, code: "setup_done" };
		},
	};
}

function sha256(text: string): string {
	return createHash("sha256").update(text).digest("hex");
}

function equal(a: string, b: string): boolean {
	return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
