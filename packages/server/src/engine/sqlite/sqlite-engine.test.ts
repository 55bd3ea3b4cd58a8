import { directoryContract } from "../contract/directory.contract.ts";
import { roomLogContract } from "../contract/room-log.contract.ts";
import { serverStoreContract } from "../contract/server-store.contract.ts";
import { openIn, temporaryFolder } from "./faults/fixture.ts";

async function make() {
	const folder = temporaryFolder();
	const { engine } = await openIn(folder.path);
	return {
		engine,
		async dispose() {
			await engine.close();
			folder.remove();
		},
	};
}

roomLogContract("on SQLite", make);
serverStoreContract("on SQLite", make);
directoryContract("on SQLite", make);
