/** Who the reader wants to be: a guest by some name, or whoever the token says. */
export interface Credentials {
	readonly name: string | null;
	readonly token: string | null;
}
