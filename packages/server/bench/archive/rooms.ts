import { openWriter } from "./open-writer.ts";

/** Makes empty rooms in a new data folder, by the engine's own writer: `bun rooms.ts FOLDER NAME …`, each NAME `prefix:count` for `prefix0` and on. */
const [folder = "", ...wanted] = Bun.argv.slice(2);

const writer = openWriter(folder);
for (const kind of wanted) {
	const [prefix, count] = kind.split(":");
	const rooms = Array.from({ length: Number(count) }, (_, index) => ({
		kind: "open" as const,
		log: "public" as const,
		room: `${prefix}${index}`,
		epoch: "benchmark1",
	}));
	const failed = writer.commit(rooms, false).outcomes.find(({ outcome }) => outcome !== "opened");
	if (failed) throw new Error(`A room could not be made: ${JSON.stringify(failed)}`);
}
writer.close();
