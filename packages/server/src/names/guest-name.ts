import { cleanName } from "@hubbub/protocol/text.ts";
import { isHouseName } from "./house-names.ts";

/**
 * What a guest is called: as they wish, with the end of their id behind it where that is a name of the house. Who wishes nothing
 * readable is `guest-` and the end of their id, a name nobody can choose (SPEC NAME-1, NAME-3).
 */
export function guestName(id: string, wished?: string): string {
	const given = `guest-${id.slice(-4)}`;
	const cleaned = cleanName(wished ?? "");
	if (cleaned === "" || cleaned === given) return given;
	// Whoever comes back wishes for the name they were given.
	const mark = marked("", id);
	const name = cleaned.endsWith(mark) ? cleaned.slice(0, -mark.length).trimEnd() : cleaned;
	if (name === "") return given;
	return isHouseName(name) ? marked(name, id) : name;
}

/** A name with the end of its bearer's id, which nobody can choose. */
export function marked(name: string, id: string): string {
	return `${name}·${id.slice(-4)}`;
}
