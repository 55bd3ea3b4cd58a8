/** How setting up ended. */
export type SetupOutcome =
	| { readonly phase: "made"; readonly adminKey: string }
	| { readonly phase: "done" }
	| { readonly phase: "bad-token" }
	| { readonly phase: "failed" };

/** Trades the one-time token for the operator's key: `POST /api/v1/setup`. Never rejects; nothing is kept anywhere. */
export async function requestKey(send: (url: string, init: RequestInit) => Promise<Response>, token: string): Promise<SetupOutcome> {
	try {
		const response = await send("/api/v1/setup", { method: "POST", headers: { authorization: `Bearer ${token}` } });
		const body = (await response.json().catch(() => null)) as { adminKey?: unknown; code?: unknown } | null;
		if (response.status === 201 && typeof body?.adminKey === "string") return { phase: "made", adminKey: body.adminKey };
		if (body?.code === "setup_done") return { phase: "done" };
		if (body?.code === "unauthorized") return { phase: "bad-token" };
		return { phase: "failed" };
	} catch {
		return { phase: "failed" };
	}
}
