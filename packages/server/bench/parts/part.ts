import type { Engine } from "../engines/engine.ts";
import type { Findings, Round } from "../report/result.ts";

/** What a part is told. */
export interface PartOptions {
	/** 1 is the full load. */
	readonly scale: number;
	/** How often everything is measured, in turn. */
	readonly rounds: number;
	/** Seconds that are measured in one run of one engine, where a part measures for a time. */
	readonly seconds: number;
	readonly engines: readonly Engine[];
	/** Folder of recorded chats; null where there is none. */
	readonly recordings: string | null;
	/** Minutes of the soak. */
	readonly minutes: number;
	/** Messages in the archive. */
	readonly messages: number;
	/** Says what is going on. */
	readonly say: (words: string) => void;
}

export interface Part {
	readonly name: string;
	readonly title: string;
	/** Whether it belongs to a run of everything; the others are asked for by name. */
	readonly when: "always" | "on demand";
	/** How often it is measured where nobody says; three times where it is not given. */
	readonly roundsUsual?: number;
	run(options: PartOptions): Promise<Findings>;
}

/** What is left of a load at this scale: at least one. */
export function scaled(full: number, scale: number): number {
	return Math.max(1, Math.round(full * scale));
}

/**
 * Measures `subjects` in turn, round by round, A B C A B C, so that what changes on the machine meanwhile strikes all alike. A run that
 * throws is a fault of that round.
 */
export async function inTurn<Subject extends { readonly name: string }>(
	subjects: readonly Subject[],
	{ rounds, say }: Pick<PartOptions, "rounds" | "say">,
	measure: (subject: Subject, round: number) => Promise<Round>,
): Promise<Map<string, Round[]>> {
	const measured = new Map(subjects.map(({ name }) => [name, [] as Round[]]));
	for (let round = 1; round <= rounds; round++)
		for (const subject of subjects) {
			const result = await measure(subject, round).catch((fault: Error): Round => ({ figures: {}, faults: [fault.message.trim()] }));
			measured.get(subject.name)?.push(result);
			const figures = Object.entries(result.figures).map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`);
			say(`round ${round} of ${rounds}, ${subject.name}: ${[...figures, ...result.faults].join(", ")}`);
		}
	return measured;
}
