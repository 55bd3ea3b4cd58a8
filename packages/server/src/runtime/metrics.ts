import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** What is counted elsewhere and shown here. */
export interface CountedElsewhere {
	readonly logLinesDropped?: () => number;
}

/** The figures this process shows at `/metrics`, in Prometheus's text format. One value, made at start and handed down. */
export function createMetrics({ logLinesDropped = () => 0 }: CountedElsewhere = {}) {
	const registry = new Registry();
	const registers = [registry];
	// Not prom-client's own defaults: their heap statistics took 6 ms of the event loop at each scrape.
	new Gauge({
		name: "hubbub_process_cpu_seconds_total",
		help: "CPU time of the process, user and system",
		registers,
		collect() {
			const { user, system } = process.cpuUsage();
			this.set((user + system) / 1e6);
		},
	});
	new Gauge({
		name: "hubbub_process_resident_memory_bytes",
		help: "Memory of the process",
		registers,
		collect() {
			this.set(process.memoryUsage.rss());
		},
	});
	const writes = { total: 0 };
	counting(registry, "hubbub_batch_writes_total", "Batches written to viewers", () => writes.total);
	counting(registry, "hubbub_log_lines_dropped_total", "Log lines that nobody took", logLinesDropped);
	return {
		registry,
		eventLoopLag: new Gauge({
			name: "hubbub_event_loop_lag_seconds",
			help: "How late the last tick of a second came: above 0.1 the core is full",
			registers,
		}),
		connections: new Gauge({ name: "hubbub_connections", help: "Connections open now", labelNames: ["transport"], registers }),
		closes: new Counter({
			name: "hubbub_closes_total",
			help: "Connections closed by the server, by code",
			labelNames: ["code"],
			registers,
		}),
		rooms: new Gauge({ name: "hubbub_rooms_live", help: "Rooms live on this node", registers }),
		frames: new Counter({ name: "hubbub_upstream_frames_total", help: "Frames received, by type", labelNames: ["type"], registers }),
		events: new Counter({ name: "hubbub_events_total", help: "Events logged, by kind", labelNames: ["kind"], registers }),
		rejects: new Counter({ name: "hubbub_rejects_total", help: "Commands and frames rejected, by code", labelNames: ["code"], registers }),
		storeReady: new Gauge({ name: "hubbub_store_ready", help: "1 while the store takes in what is said, else 0", registers }),
		appendSeconds: new Histogram({
			name: "hubbub_append_seconds",
			help: "From a command's decision to its being durable",
			buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5],
			registers,
		}),
		batchEvents: new Histogram({
			name: "hubbub_batch_events",
			help: "Events in one flush of a view of a room",
			labelNames: ["view"],
			buckets: [1, 2, 5, 10, 20, 50, 100, 500],
			registers,
		}),
		flushSeconds: new Histogram({
			name: "hubbub_flush_seconds",
			help: "Encoding one batch and writing it to the viewers whose turn it is",
			labelNames: ["view"],
			buckets: [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25],
			registers,
		}),
		flushInterval: new Histogram({
			name: "hubbub_flush_interval_seconds",
			help: "Time from one flush to the next that a viewer is given, as the room chose it",
			labelNames: ["view"],
			buckets: [0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 1],
			registers,
		}),
		laneLag: new Histogram({
			name: "hubbub_lane_lag_seconds",
			help: "How long the first of what a flush takes has waited to be flushed, by lane: chat, control (all that is not chat), ambient; a viewer's turn comes up to the flush interval later",
			labelNames: ["view", "lane"],
			buckets: [0.001, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
			registers,
		}),
		omitted: new Counter({
			name: "hubbub_omitted_total",
			help: "Chat messages left out of a view by its budget",
			labelNames: ["view"],
			registers,
		}),
		encodes: new Counter({ name: "hubbub_batch_encodes_total", help: "Batches encoded, by codec", labelNames: ["codec"], registers }),
		/** Counted by plain addition: it happens once a viewer and flush, and prom-client's own took 2 % of the busiest room. */
		writes,
		readersBehind: new Gauge({
			name: "hubbub_readers_behind",
			help: "Readers waiting for their turn to be written what they missed",
			registers,
		}),
		gaps: new Counter({ name: "hubbub_gaps_total", help: "Readers told of a gap", registers }),
	};
}

/** What a store tells of itself: `EngineStats`, of which these are shown. */
export interface StoreFigures {
	readonly waiting: number;
	readonly appended: number;
	readonly batches: number;
	readonly failed: number;
	readonly restarts: number;
}

/** Shows a store's figures beside the others, as `stats` answers them whenever they are asked for. */
export function showStore({ registry }: Pick<Metrics, "registry">, stats: () => StoreFigures): void {
	new Gauge({
		name: "hubbub_store_waiting",
		help: "Writes waiting for the store",
		registers: [registry],
		collect() {
			this.set(stats().waiting);
		},
	});
	counting(registry, "hubbub_store_entries_total", "Entries made durable", () => stats().appended);
	counting(registry, "hubbub_store_commits_total", "Commits they took", () => stats().batches);
	counting(registry, "hubbub_store_failures_total", "Writes the store did not take", () => stats().failed);
	counting(registry, "hubbub_store_restarts_total", "Times a storage thread was lost and started again", () => stats().restarts);
}

/** A counter whose value is asked for when it is shown. */
function counting(registry: Registry, name: string, help: string, total: () => number): void {
	new Counter({
		name,
		help,
		registers: [registry],
		collect() {
			this.reset();
			this.inc(total());
		},
	});
}

export type Metrics = ReturnType<typeof createMetrics>;
