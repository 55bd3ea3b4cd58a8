/** Chance as a value that can be replaced. */
export interface Random {
	/** Uniform in [0, 1). For jitter and what only has to differ, never for secrets. */
	unit(): number;
	/** `length` characters of `[a-z0-9]`, about 5 bits each, unguessable in the system's implementation. */
	token(length: number): string;
}

// 32 signs, so that a byte's low five bits choose one without bias. No l, o, 0 or 1 that people mistake when reading aloud.
const alphabet = "abcdefghijkmnpqrstuvwxyz23456789";

export const systemRandom: Random = {
	unit: () => Math.random(),
	token(length) {
		let token = "";
		for (const byte of crypto.getRandomValues(new Uint8Array(length))) token += alphabet[byte & 31];
		return token;
	},
};
