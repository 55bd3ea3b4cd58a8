import { systemRandom } from "../../runtime/random.ts";
import { directoryContract } from "../contract/directory.contract.ts";
import { roomLogContract } from "../contract/room-log.contract.ts";
import { serverStoreContract } from "../contract/server-store.contract.ts";
import { openMemoryEngine } from "./memory-engine.ts";

async function make() {
	const engine = openMemoryEngine({ random: systemRandom });
	return { engine, dispose: () => engine.close() };
}

roomLogContract("in memory", make);
serverStoreContract("in memory", make);
directoryContract("in memory", make);
