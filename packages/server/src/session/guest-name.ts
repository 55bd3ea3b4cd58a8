import { cleanName, skeleton } from "@hubbub/protocol/text.ts";

/** Names that would pass for the house itself or for those who run a room, as skeletons. */
const reserved: ReadonlySet<string> = new Set(
	[
		"admin",
		"administrator",
		"moderator",
		"mod",
		"host",
		"system",
		"server",
		"operator",
		"owner",
		"staff",
		"official",
		"hubbub",
		"everyone",
		"all",
		"管理员",
		"管理員",
		"房管",
		"主播",
		"系统",
		"系統",
		"官方",
		"客服",
		"运营",
		"所有人",
		"全体成员",
		"運営",
		"管理者",
	].map(skeleton),
);

/** Chinese titles are made by adding to them (主播1, 官方号); and what the house gives begins with `guest`. */
const reservedBeginnings: readonly string[] = [...reserved].filter((word) => /\p{Script=Han}/u.test(word)).concat(skeleton("guest"));

/** Whether a name looks like one that only the house may give or bear (SPEC NAME-3). */
export function isReserved(name: string): boolean {
	const looks = skeleton(name);
	return reserved.has(looks) || reservedBeginnings.some((beginning) => looks.startsWith(beginning));
}

/**
 * What a guest is called: as they wish, with the end of their id behind it where that is a name of the house. Who wishes nothing
 * readable is `guest-` and the end of their id, a name nobody can choose (SPEC NAME-1, NAME-3).
 */
export function guestName(id: string, wished?: string): string {
	const given = `guest-${id.slice(-4)}`;
	const name = cleanName(wished ?? "");
	if (name === "" || name === given) return given;
	return isReserved(name) ? `${name}·${id.slice(-4)}` : name;
}

/**
 * The names worn by live sessions, by what they look like, so that no guest passes for somebody who is here. One person may wear their
 * name on many connections.
 */
export class NamesInUse {
	/** Most looks are one person's: a map of their own would be most of what a quiet viewer holds in memory. */
	readonly #worn = new Map<string, { readonly id: string; connections: number } | Map<string, number>>();

	/**
	 * Takes a name for a guest and answers what they are called: the name itself, or with the end of their id behind it where somebody
	 * else here looks the same (SPEC NAME-2). `release` with the answered name when the connection ends.
	 */
	take(name: string, id: string): string {
		const taken = this.whatToCall(name, id);
		// A name the house gave is nobody else's, and most of a large audience wears one.
		if (taken !== guestName(id)) this.wear(taken, id);
		return taken;
	}

	/** What a guest is called who comes without a connection of their own: as `take` says, but nothing is taken. */
	whatToCall(name: string, id: string): string {
		return name !== guestName(id) && this.#isWornByOther(name, id) ? `${name}·${id.slice(-4)}` : name;
	}

	/** Notes the name of somebody who keeps it whoever else is here. `release` it when the connection ends. */
	wear(name: string, id: string): void {
		const key = skeleton(name);
		const worn = this.#worn.get(key);
		if (worn === undefined) this.#worn.set(key, { id, connections: 1 });
		else if (worn instanceof Map) worn.set(id, (worn.get(id) ?? 0) + 1);
		else if (worn.id === id) worn.connections++;
		else
			this.#worn.set(
				key,
				new Map([
					[worn.id, worn.connections],
					[id, 1],
				]),
			);
	}

	/** Looks that are worn now. */
	get size(): number {
		return this.#worn.size;
	}

	release(name: string, id: string): void {
		const key = skeleton(name);
		const worn = this.#worn.get(key);
		if (worn === undefined) return;
		if (!(worn instanceof Map)) {
			if (worn.id === id && --worn.connections === 0) this.#worn.delete(key);
			return;
		}
		const count = worn.get(id);
		if (count === undefined) return;
		if (count > 1) worn.set(id, count - 1);
		else worn.delete(id);
		if (worn.size === 0) this.#worn.delete(key);
	}

	#isWornByOther(name: string, id: string): boolean {
		const worn = this.#worn.get(skeleton(name));
		if (worn === undefined) return false;
		return worn instanceof Map ? worn.size > 1 || !worn.has(id) : worn.id !== id;
	}
}
