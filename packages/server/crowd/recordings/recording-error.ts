/** Says in one sentence, made for the person at the terminal, why a recording cannot be used. */
export class RecordingError extends Error {
	override name = "RecordingError";
}
