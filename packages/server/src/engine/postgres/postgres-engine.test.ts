import { afterAll, beforeAll } from "bun:test";
import { systemRandom } from "../../runtime/random.ts";
import { directoryContract } from "../contract/directory.contract.ts";
import { roomLogContract } from "../contract/room-log.contract.ts";
import { serverStoreContract } from "../contract/server-store.contract.ts";
import { type OwnPostgres, startPostgres } from "./faults/own-postgres.ts";
import { openPostgresEngine } from "./postgres-engine.ts";

let server: OwnPostgres;
let url: string;
beforeAll(async () => {
	server = await startPostgres();
	url = await server.createDatabase();
}, 300_000);
afterAll(() => server?.stop());

/** Tables that are emptied are ready sooner than a database that is made. */
async function make() {
	const engine = await openPostgresEngine({ url, random: systemRandom, onFault() {} });
	return {
		engine,
		async dispose() {
			await engine.close();
			await server.run("TRUNCATE hubbub.rooms, hubbub.entries, hubbub.keys, hubbub.states, hubbub.facts", url);
		},
	};
}

roomLogContract("on PostgreSQL", make);
serverStoreContract("on PostgreSQL", make);
directoryContract("on PostgreSQL", make);
