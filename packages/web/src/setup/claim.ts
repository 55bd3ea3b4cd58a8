import { type Send, send } from "./api.ts";

/** How claiming the server ended. */
export type Claimed =
	| { readonly outcome: "made"; readonly adminKey: string }
	/** It has an operator already. */
	| { readonly outcome: "done" }
	| { readonly outcome: "bad-token" }
	| { readonly outcome: "failed" };

/** Whether the server has an operator's key; null where it does not say. */
export async function isClaimed(by: Send = send): Promise<boolean | null> {
	try {
		const { claimed } = (await (await by("api/v1/setup", {})).json()) as { claimed?: unknown };
		return typeof claimed === "boolean" ? claimed : null;
	} catch {
		return null;
	}
}

/** Trades the one-time token for the operator's key. Never rejects; nothing is kept anywhere. */
export async function claim(token: string, by: Send = send): Promise<Claimed> {
	try {
		const response = await by("api/v1/setup", { method: "POST", headers: { authorization: `Bearer ${token}` } });
		const body = (await response.json()) as { adminKey?: unknown; code?: unknown } | null;
		if (response.status === 201 && typeof body?.adminKey === "string") return { outcome: "made", adminKey: body.adminKey };
		if (body?.code === "setup_done") return { outcome: "done" };
		if (body?.code === "unauthorized") return { outcome: "bad-token" };
		return { outcome: "failed" };
	} catch {
		return { outcome: "failed" };
	}
}
