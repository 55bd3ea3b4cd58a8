import { encodeCursor, type Position } from "@hubbub/protocol/cursor.ts";
import type { RoomState as PublicState } from "@hubbub/protocol/downstream.ts";
import type { RoomEvent, RoomSettings } from "@hubbub/protocol/event.ts";
import { limits } from "@hubbub/protocol/limits.ts";
import type { Entry, LogHead, RoomLog } from "../engine/log.ts";
import type { LoggedEvent } from "../fanout/lane.ts";
import { type Sampled, Sampler } from "../fanout/sample.ts";
import { ambientIntervalMs } from "../fanout/schedule.ts";
import { apply, isControl } from "../room/apply.ts";
import { type Command, isStaff } from "../room/command.ts";
import { decide } from "../room/decide.ts";
import type { Decision } from "../room/decision.ts";
import { initialState, type RoomState } from "../room/state.ts";
import type { Rate } from "../room/token-bucket.ts";
import type { Clock } from "../runtime/clock.ts";
import { EventIds } from "../runtime/event-ids.ts";
import { serverLimits } from "../runtime/limits.ts";
import type { Logger } from "../runtime/log.ts";
import type { Metrics } from "../runtime/metrics.ts";
import type { Random } from "../runtime/random.ts";
import { type AnswerSource, Answers } from "./answer.ts";
import type { CatchUp } from "./catch-up.ts";
import { Channel, type View } from "./channel.ts";
import { countingEncode } from "./encode.ts";
import { Missed, type MissedPage } from "./missed.ts";
import type { Outcome } from "./outcome.ts";
import { firstFitting, latestFitting, Pages } from "./pages.ts";
import type { HistoryPage, Placement, Reader } from "./reader.ts";
import { Recent } from "./recent.ts";

/** What a live room needs from around it. */
export interface HostServices {
	readonly log: RoomLog;
	readonly clock: Clock;
	readonly random: Random;
	readonly logger: Logger;
	readonly metrics: Metrics;
	readonly catchUp: CatchUp;
	/** What one person may write; null is no limit. */
	readonly rate: Rate | null;
	/** Chat messages a second that a room shows before it samples, where its settings say nothing else; 0 is all. */
	readonly deliveryBudget: number;
}

/** Runs one live room on this node: carries out what the rules decide, follows the log, and flushes to whoever reads. */
export class RoomHost implements AnswerSource {
	readonly room: string;
	readonly #services: HostServices;
	readonly #epoch: string;
	readonly #state: RoomState;
	readonly #ids: EventIds;
	readonly #recent = new Recent({ eventsMax: serverLimits.recentEventsMax, unitsMax: serverLimits.recentUnitsMax });
	readonly #sampler: Sampler;
	readonly #pages: Pages;
	readonly #missed: Missed;
	readonly #channels = new Map<View, Channel>();
	readonly #answers = new Map<View, Answers>();
	/** Offsets of the latest messages that this node did not show. */
	readonly #unshown = new Set<number>();
	/** What is being said, by author and key. What was said is found in the log. */
	readonly #saying = new Map<string, Promise<Outcome>>();
	/** Offset of the last event applied. */
	#head: number;
	#likes = 0;
	/** Commands and reads on their way: the room is in use. */
	#pending = 0;
	#ambientPlanned = false;
	#repairing = false;
	/** When the last reader left or the last command came, monotonic. */
	#idleSinceMs: number;

	private constructor(room: string, head: LogHead, services: HostServices) {
		this.room = room;
		this.#services = services;
		this.#epoch = head.epoch;
		this.#head = head.offset;
		this.#state = initialState(room, services);
		this.#ids = new EventIds(services.random);
		this.#sampler = new Sampler(services.deliveryBudget);
		this.#pages = new Pages(services.log, room);
		this.#missed = new Missed({
			room,
			cursorAt: (offset) => this.cursorAt(offset),
			between: async (after, to) => firstFitting(await this.#between(after, to, to - after)),
			encode: countingEncode(services.metrics),
		});
		this.#idleSinceMs = services.clock.monotonicMs();
	}

	/**
	 * Opens a room whose log ends at `head`: folds its control events, however old, and reads its latest ones.
	 * Throws `LogUnavailable` when the store cannot answer.
	 */
	static async open(room: string, head: LogHead, services: HostServices): Promise<RoomHost> {
		const host = new RoomHost(room, head, services);
		let after = 0;
		for (;;) {
			const page = await services.log.read(room, { after, before: head.offset + 1, limit: 1_000, controlOnly: true });
			for (const entry of page) apply(host.#state, JSON.parse(entry.json) as RoomEvent);
			const last = page.at(-1);
			if (!last || page.length < 1_000) break;
			after = last.offset;
		}
		const latest = await services.log.read(room, { before: head.offset + 1, limit: serverLimits.recentEventsMax });
		for (const entry of latest) host.#notePace(host.#remember(entry).event);
		host.#sampler.perSecond = host.settings.deliveryBudget;
		return host;
	}

	/** Where this node's readers wait who have much to catch up on. */
	get catchUp(): CatchUp {
		return this.#services.catchUp;
	}

	get settings(): RoomSettings {
		return this.#state.settings;
	}

	get viewers(): number {
		let viewers = 0;
		for (const channel of this.#channels.values()) viewers += channel.readers;
		return viewers;
	}

	get publicState(): PublicState {
		return { settings: this.#state.settings, viewers: this.viewers, likes: this.#likes };
	}

	/** Forgets the pages that nobody reads any more. Called every few seconds. */
	tidy(): void {
		this.#missed.tidy();
		this.#pages.tidy();
	}

	/** Milliseconds nobody has read or written here; 0 while somebody is in. */
	idleMs(): number {
		return this.viewers > 0 || this.#pending > 0 ? 0 : this.#services.clock.monotonicMs() - this.#idleSinceMs;
	}

	/** A view of the room, made when it is first asked for. */
	channel(view: View): Channel {
		const known = this.#channels.get(view);
		if (known) return known;
		const { clock, metrics } = this.#services;
		const cursorAt = (offset: number) => this.cursorAt(offset);
		const channel = new Channel({ room: this.room, view, through: this.#head, cursorAt, clock, metrics });
		this.#channels.set(view, channel);
		return channel;
	}

	/** What polls of a view are answered. */
	answers(view: View): Answers {
		const known = this.#answers.get(view);
		if (known) return known;
		const answers = new Answers(this, this.channel(view).window);
		this.#answers.set(view, answers);
		return answers;
	}

	/** Somebody is about to come in or to write: the room is not idle. */
	touch(): void {
		this.#idleSinceMs = this.#services.clock.monotonicMs();
	}

	cursorAt(offset: number): string {
		return encodeCursor({ epoch: this.#epoch, offset });
	}

	/** Whether a position is one of this room's log as it is now: its epoch, and not beyond its end. */
	isOwnPosition(position: Position): boolean {
		return position.epoch === this.#epoch && position.offset <= this.#head;
	}

	/**
	 * Decides on a command and, where it is accepted, waits until it is durable. A `say` with a key that its author used before answers
	 * what became of it the first time (SPEC SAY-3). Never throws.
	 */
	submit(command: Command): Promise<Outcome> {
		this.touch();
		if (command.kind !== "say") return this.#carryOut(command, null);
		const keyOfAuthor = JSON.stringify([command.actor.id, command.key]);
		const known = this.#saying.get(keyOfAuthor);
		if (known) return known;
		const outcome = this.#carryOut(command, command.key).finally(() => this.#saying.delete(keyOfAuthor));
		this.#saying.set(keyOfAuthor, outcome);
		return outcome;
	}

	#carryOut(command: Command, key: string | null): Promise<Outcome> {
		return this.#inUse(this.#decideAndAppend(command, key));
	}

	/** While this lasts the room is not put away: whoever waits for it would be left in a room that hears nothing. */
	async #inUse<T>(work: Promise<T>): Promise<T> {
		this.#pending++;
		try {
			return await work;
		} finally {
			this.#pending--;
			this.touch();
		}
	}

	async #decideAndAppend(command: Command, key: string | null): Promise<Outcome> {
		const { clock, log, metrics } = this.#services;
		const [startedMs, wallMs] = [clock.monotonicMs(), clock.wallMs()];
		const moment = { monotonicMs: startedMs, wallMs, id: this.#ids.next(wallMs) };
		const decision = decide(this.#state, command, moment);
		if (decision.verdict === "reject") return this.#refuse(command, key, decision);

		const { event, redacts } = decision;
		const appended = await log.append(this.room, {
			id: event.kind === "message" ? event.id : moment.id,
			kind: event.kind,
			author: command.actor.id,
			key,
			control: isControl(event.kind),
			body: JSON.stringify(event),
			redacts,
		});
		metrics.appendSeconds.observe((clock.monotonicMs() - startedMs) / 1_000);
		if (appended.outcome !== "appended" && command.kind === "say") this.#state.pace.giveBack(command.actor.id, startedMs);
		if (appended.outcome === "failed") return { ok: false, code: appended.reason, detail: appended.detail, retryAfterMs: 1_000 };
		if (appended.outcome === "appended") metrics.events.inc({ kind: event.kind });
		return this.#done(appended.entry);
	}

	/** A retry of a message that was kept is not "too fast": before a refusal, the log is asked whether the key is known. */
	async #refuse(command: Command, key: string | null, decision: Decision & { verdict: "reject" }): Promise<Outcome> {
		const { log, metrics } = this.#services;
		if (key !== null) {
			const kept = await log.find(this.room, { author: command.actor.id, key }).catch(() => null);
			if (kept) return this.#done(kept);
		}
		metrics.rejects.inc({ code: decision.code });
		return { ok: false, code: decision.code, detail: decision.detail, retryAfterMs: decision.retryAfterMs };
	}

	#done(entry: Entry): Outcome {
		// The follower may not have heard of it yet: its fate is decided when it is applied.
		if (entry.offset === this.#head + 1) this.onAppended([entry]);
		const fate = this.#unshown.has(entry.offset) ? "sampled" : "shown";
		return { ok: true, id: entry.id, cursor: this.cursorAt(entry.offset), fate, json: entry.json };
	}

	/** The message with this id as the rules want to know it; null where the log has none. Throws `LogUnavailable`. */
	async findMessage(id: string): Promise<{ id: string; authorId: string; deleted: boolean } | null> {
		const known =
			this.#recent.find(id)?.event ??
			(await this.#inUse(this.#services.log.find(this.room, { id })).then((entry) => entry && JSON.parse(entry.json)));
		if (known?.kind !== "message") return null;
		return { id: known.id, authorId: known.from.id, deleted: known.deleted === true };
	}

	/** Applause: summed, told with the next ambient figures. */
	like(count: number): void {
		this.#likes += count;
		this.#planAmbient();
	}

	/** Lets a reader into a view; it is woken when its turn comes from now on. */
	admit(reader: Reader, view: View): void {
		this.channel(view).admit(reader);
		this.#planAmbient();
	}

	release(reader: Reader, view: View): void {
		if (!this.#channels.get(view)?.release(reader)) return;
		this.touch();
		this.#planAmbient();
	}

	/**
	 * Where a reader with this position starts, in a view that has been flushed `through`. Null, another epoch, a position beyond the end or too far back starts over with the
	 * latest history; otherwise the first `eventsMax` of what it missed (SPEC LOG-6). Throws `LogUnavailable`.
	 */
	async place(after: Position | null, through: number, eventsMax: number = limits.recoveryPageMax): Promise<Placement> {
		if (!after || !this.isOwnPosition(after) || through - after.offset > limits.recoveryEventsMax) {
			const from = Math.max(0, through - limits.historyOnJoin);
			return { recovered: false, events: latestFitting(await this.#between(from, through, limits.historyOnJoin)), through };
		}
		const events = firstFitting(await this.#between(after.offset, through, eventsMax));
		return { recovered: true, events, through: events.at(-1)?.event.offset ?? Math.max(after.offset, through) };
	}

	/** The next page of what a reader at `after` misses up to `through`; null where there is none. Throws `LogUnavailable`. */
	missed(after: number, through: number): Promise<MissedPage | null> {
		return this.#missed.after(after, through);
	}

	/** A page of the archive before a position, or before the end. Throws `LogUnavailable`. */
	async history(before: Position | null, limit: number): Promise<HistoryPage> {
		const end = before && this.isOwnPosition(before) ? before.offset : this.#head + 1;
		const from = Math.max(0, end - 1 - limit);
		const events = latestFitting(await this.#between(from, end - 1, limit));
		const first = events[0]?.event.offset ?? 1;
		return { events: events.map((entry) => entry.json), before: first > 1 ? this.cursorAt(first) : null };
	}

	async #between(after: number, through: number, limit: number): Promise<readonly LoggedEvent[]> {
		const recent = this.#recent.between(after, through, limit);
		if (recent) return recent;
		const page = await this.#inUse(this.#pages.read(after, limit));
		const beyond = page.findIndex(({ offset }) => offset > through);
		return beyond < 0 ? page : page.slice(0, beyond);
	}

	/** The log has committed these, here or on another node. State changes only here. */
	onAppended(entries: readonly Entry[]): void {
		let arrived = 0;
		for (const entry of entries) {
			if (entry.offset <= this.#head) continue;
			if (entry.offset > this.#head + 1) {
				void this.#repair();
				break;
			}
			this.#head = entry.offset;
			const logged = this.#remember(entry);
			apply(this.#state, logged.event);
			this.#notePace(logged.event);
			if (logged.event.kind === "delete") this.#redact(logged.event.target);
			if (logged.event.kind === "settings") this.#sampler.perSecond = this.settings.deliveryBudget;
			const sampled = this.#sample(logged.event);
			for (const channel of this.#channels.values()) channel.offer(logged, sampled);
			arrived++;
		}
		if (arrived === 0) return;
		for (const channel of this.#channels.values()) {
			channel.arrived(arrived);
			if (!this.settings.guests) channel.turnOutGuests();
		}
	}

	/** No copy of a text outlives its being taken back: not the recent events', not the windows', not the answers'. */
	#redact(id: string): void {
		this.#recent.redact(id);
		for (const channel of this.#channels.values()) channel.redact(id);
		for (const answers of this.#answers.values()) answers.forget();
		this.#missed.retract();
		this.#pages.forget();
	}

	/** Chat is held to the room's budget; what those who run the room say, and everything that is not chat, never is. */
	#sample(event: RoomEvent): Sampled {
		if (event.kind !== "message" || isStaff(event.from)) return { verdict: "shown" };
		const sampled = this.#sampler.take({ id: event.id, authorId: event.from.id, text: event.text }, this.#services.clock.monotonicMs());
		if (sampled.verdict === "shown") return sampled;
		this.#unshown.add(event.offset);
		for (const oldest of this.#unshown) {
			if (this.#unshown.size <= serverLimits.unshownMax) break;
			this.#unshown.delete(oldest);
		}
		return sampled;
	}

	/** Slow mode holds across restarts and nodes: who said something when is read off the log. */
	#notePace(event: RoomEvent): void {
		if (event.kind !== "message") return;
		const { clock } = this.#services;
		const agoMs = Math.max(0, clock.wallMs() - event.at);
		if (agoMs < limits.slowModeSecondsMax * 1_000) this.#state.pace.noteSaid(event.from.id, clock.monotonicMs() - agoMs);
	}

	#remember(entry: Entry): LoggedEvent {
		const logged = { event: JSON.parse(entry.json) as RoomEvent, json: entry.json };
		this.#recent.push(logged);
		return logged;
	}

	/** What the log told last is ahead of what was heard: reads what lies between. */
	async #repair(): Promise<void> {
		if (this.#repairing) return;
		this.#repairing = true;
		try {
			for (;;) {
				const missed = await this.#services.log.read(this.room, { after: this.#head, limit: 1_000 });
				if (missed.length === 0) break;
				this.onAppended(missed);
			}
		} catch (fault) {
			this.#services.logger.error({ room: this.room, fault: String(fault) }, "could not read events that were missed");
			this.#services.clock.after(1_000, () => void this.#repair());
		} finally {
			this.#repairing = false;
		}
	}

	/** Viewer counts and likes, the larger the room the less often. */
	#planAmbient(): void {
		if (this.#ambientPlanned) return;
		this.#ambientPlanned = true;
		this.#services.clock.after(ambientIntervalMs(this.viewers), () => {
			this.#ambientPlanned = false;
			const figures = { viewers: this.viewers, likes: this.#likes };
			for (const channel of this.#channels.values()) channel.offerAmbient(figures);
		});
	}
}
