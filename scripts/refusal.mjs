/** Why the launcher cannot go on, in words for the person at the keyboard: printed without a stack trace. */
export class Refusal extends Error {}
