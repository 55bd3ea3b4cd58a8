import type { RoomState as PublicState } from "@hubbub/protocol/downstream.ts";
import type { RoomEvent } from "@hubbub/protocol/event.ts";
import type { RoomSettings } from "@hubbub/protocol/kinds/settings.ts";
import { encodeCursor, type Position } from "@hubbub/protocol/wire/cursor.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import { isRetryOf } from "../engine/entry.ts";
import type { Entry, RoomLog, Subscription } from "../engine/log.ts";
import type { Presence } from "../engine/presence.ts";
import type { CpuShare } from "../fanout/cpu-share.ts";
import type { LoggedEvent } from "../fanout/lane.ts";
import { ambientIntervalMs } from "../fanout/schedule.ts";
import { type Barred, barredFromReading } from "../room/access.ts";
import { apply, shownState, stateKeyOf, touchesAccess } from "../room/apply.ts";
import { type Actor, type Command, type Found, foundNothing, type Lookup } from "../room/command.ts";
import { decide } from "../room/decide.ts";
import type { Decision } from "../room/decision.ts";
import { kindFor, kindOf } from "../room/kinds/table.ts";
import { initialState, type RoomState } from "../room/state.ts";
import type { Rate } from "../room/token-bucket.ts";
import type { Clock } from "../runtime/clock.ts";
import { EventIds } from "../runtime/event-ids.ts";
import { serverLimits } from "../runtime/limits.ts";
import type { Logger } from "../runtime/log.ts";
import type { Metrics } from "../runtime/metrics.ts";
import type { Random } from "../runtime/random.ts";
import { type AnswerSource, Answers } from "./answer.ts";
import { Backlog, type BacklogPage } from "./backlog.ts";
import type { CatchUp } from "./catch-up.ts";
import { Channel, type View } from "./channel.ts";
import { countingEncode } from "./encode.ts";
import { entriesOf } from "./entries.ts";
import { Headcount } from "./headcount.ts";
import type { Outcome } from "./outcome.ts";
import { firstFitting, latestFitting, Pages } from "./pages.ts";
import { type Placement, Placements } from "./placement.ts";
import type { HistoryPage, Reader } from "./reader.ts";
import { Recent } from "./recent.ts";
import { Turns } from "./turns.ts";
import { Verdicts } from "./verdicts.ts";

/** What a live room needs from around it. */
export interface HostServices {
	readonly log: RoomLog;
	readonly presence: Presence;
	readonly clock: Clock;
	readonly random: Random;
	readonly logger: Logger;
	readonly metrics: Metrics;
	readonly catchUp: CatchUp;
	/** What delivery may take of this node's core. */
	readonly share: CpuShare;
	/** What one person may write; null is no limit. */
	readonly rate: Rate | null;
	/** Chat messages a second that a room shows before it samples, where its settings say nothing else; 0 is all. */
	readonly deliveryBudget: number;
	/** For how many days the staff log keeps texts that were taken back; 0 is not at all. */
	readonly removedDays: number;
}

/** Runs one live room on this node: carries out what the rules decide, follows the log, and flushes to whoever reads. */
export class RoomHost implements AnswerSource {
	readonly room: string;
	readonly #services: HostServices;
	readonly #subscription: Subscription;
	readonly #epoch: string;
	readonly #state: RoomState;
	readonly #ids: EventIds;
	readonly #recent = new Recent({ eventsMax: serverLimits.recentEventsMax, unitsMax: serverLimits.recentUnitsMax });
	// Most rooms are quiet, and there are thousands: what only a busy one needs is made when it does.
	#pages: Pages | null = null;
	#backlog: Backlog | null = null;
	#placements: Placements | null = null;
	readonly #channels: Channel[] = [];
	#answers: Map<View, Answers> | null = null;
	readonly #people = new Headcount();
	readonly #verdicts: Verdicts;
	/** What is being said, by author and key. What was said is found in the log. */
	#saying: Map<string, { readonly command: Command; readonly outcome: Promise<Outcome> }> | null = null;
	/** Made for the first command whose decision rests on more than settings and pace. */
	#turns: Turns | null = null;
	/** Offset of the last event applied. */
	#head: number;
	#likes = 0;
	/** Commands and reads on their way: the room is in use. */
	#pending = 0;
	#ambientPlanned = false;
	/** When the last reader left or the last command came, monotonic. */
	#idleSinceMs: number;

	private constructor(room: string, subscription: Subscription, services: HostServices) {
		this.room = room;
		this.#services = services;
		this.#subscription = subscription;
		this.#epoch = subscription.epoch;
		this.#head = subscription.offset;
		this.#state = initialState(room, services);
		this.#verdicts = new Verdicts(services.deliveryBudget);
		this.#ids = new EventIds(services.random);
		this.#idleSinceMs = services.clock.monotonicMs();
	}

	/**
	 * Opens a room, made where it does not exist and `create` says so; null where it may not be. Reads what holds in it, however long it has,
	 * and its latest events; hears its log until `close()`. Throws `LogUnavailable` when the store cannot answer.
	 */
	static async open(room: string, options: { create: boolean }, services: HostServices): Promise<RoomHost | null> {
		// What is committed while the room is being read.
		const heard: Entry[] = [];
		let hear = (entries: readonly Entry[]): void => void heard.push(...entries);
		const subscription = await services.log.subscribe(room, options, (entries) => hear(entries));
		if (!subscription) return null;
		try {
			const host = new RoomHost(room, subscription, services);
			if (subscription.offset > 0) await host.#recall(subscription.offset);
			hear = (entries) => host.onAppended(entries);
			host.onAppended(heard);
			return host;
		} catch (fault) {
			subscription.stop();
			throw fault;
		}
	}

	/** Of a short log the latest events are all there are: one read. */
	async #recall(head: number): Promise<void> {
		const { log } = this.#services;
		const isShort = head <= serverLimits.recentEventsMax;
		const held = isShort ? [] : await log.state(this.room);
		for (const entry of held) apply(this.#state, JSON.parse(entry.json) as RoomEvent);
		for (const entry of await log.read(this.room, { before: head + 1, limit: serverLimits.recentEventsMax })) {
			const { event } = this.#remember(entry);
			if (isShort) apply(this.#state, event);
			this.#noteRate(event);
		}
	}

	/** Hears nothing any more: the room is put away. */
	close(): void {
		this.#subscription.stop();
	}

	/** Where this node's readers wait who have much to catch up on. */
	get catchUp(): CatchUp {
		return this.#services.catchUp;
	}

	get settings(): RoomSettings {
		return this.#state.settings;
	}

	/** People who are in, each once, on this node and on others. */
	get viewers(): number {
		return this.#services.presence.people(this.room);
	}

	get publicState(): PublicState {
		return { ...shownState(this.#state, this.#services.clock.wallMs()), viewers: this.viewers, likes: this.#likes };
	}

	/** Forgets the pages that nobody reads any more. Called every few seconds. */
	tidy(): void {
		this.#placements = null;
		if (this.#backlog?.tidy()) this.#backlog = null;
		if (this.#pages?.tidy()) this.#pages = null;
	}

	/** Milliseconds nobody has read or written here; 0 while somebody is in. */
	idleMs(): number {
		return this.#people.size > 0 || this.#pending > 0 ? 0 : this.#services.clock.monotonicMs() - this.#idleSinceMs;
	}

	/** A view of the room, made when it is first asked for. */
	channel(view: View): Channel {
		const known = this.#channelOf(view);
		if (known) return known;
		const { clock, metrics, share } = this.#services;
		const cursorAt = (offset: number) => this.cursorAt(offset);
		const channel = new Channel({ room: this.room, view, through: this.#head, cursorAt, clock, metrics, share });
		this.#channels.push(channel);
		return channel;
	}

	#channelOf(view: View): Channel | undefined {
		return this.#channels.find((channel) => channel.view === view);
	}

	/** What polls of a view are answered. */
	answers(view: View): Answers {
		this.#answers ??= new Map();
		const known = this.#answers.get(view);
		if (known) return known;
		const answers = new Answers(this, this.channel(view).window);
		this.#answers.set(view, answers);
		return answers;
	}

	/** Why somebody may not be in the room; null where they may. */
	barred(actor: Actor): Barred | null {
		return barredFromReading(this.#state, actor);
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
	 * Decides on a command and, where it is accepted, waits until it is durable. One with a key that its author used before answers
	 * what became of it the first time where it says the same, and else that there is a `conflict` (SPEC SAY-3). Never throws.
	 */
	submit(command: Command): Promise<Outcome> {
		this.touch();
		const key = ("key" in command && command.key) || null;
		if (key === null) return this.#carryOut(command, null);
		const keyOfAuthor = JSON.stringify([command.actor.id, key]);
		this.#saying ??= new Map();
		const known = this.#saying.get(keyOfAuthor);
		if (known && isSame(known.command, command)) return known.outcome;
		// Whether there is a conflict shows when it is known what becomes of the first.
		if (known) return known.outcome.then(() => this.submit(command));
		const outcome = this.#carryOut(command, key).finally(() => this.#said(keyOfAuthor));
		this.#saying.set(keyOfAuthor, { command, outcome });
		return outcome;
	}

	#said(keyOfAuthor: string): void {
		this.#saying?.delete(keyOfAuthor);
		if (this.#saying?.size === 0) this.#saying = null;
	}

	#carryOut(command: Command, key: string | null): Promise<Outcome> {
		const { stateKey, lookup, refuses } = kindFor(command);
		const refused = refuses?.(command.actor);
		if (refused) return this.#inUse(this.#refuse(command, key, refused));
		const work = () => this.#decideAndAppend(command, key);
		if (!stateKey && !lookup) return this.#inUse(work());
		this.#turns ??= new Turns();
		return this.#inUse(stateKey ? this.#turns.change(work) : this.#turns.between(work));
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
		for (let tries = 1; ; tries++) {
			const outcome = await this.#tryToAppend(command, key);
			if (outcome !== "moved") return outcome;
			if (tries >= serverLimits.movedTriesMax) return contended;
		}
	}

	/** `moved`: what was decided by an older state was not kept, and the newer state is known now. */
	async #tryToAppend(command: Command, key: string | null): Promise<Outcome | "moved"> {
		const { clock, log, metrics } = this.#services;
		const lookup = kindFor(command).lookup?.(command);
		const found = lookup ? await this.#find(lookup).catch(() => null) : foundNothing;
		if (!found)
			return { ok: false, code: "unavailable", detail: "The archive cannot be read now.", retryAfterMs: serverLimits.retrySoonMs };
		const [startedMs, wallMs] = [clock.monotonicMs(), clock.wallMs()];
		const moment = { monotonicMs: startedMs, wallMs, id: this.#ids.next(wallMs) };
		const decision = decide(this.#state, command, moment, found);
		if (decision.verdict === "reject") return this.#refuse(command, key, decision);

		const { event } = decision;
		const entries = entriesOf(decision, { command, id: moment.id, key, keepsRemoved: this.#services.removedDays > 0 });
		const stateKey = stateKeyOf(event);
		const expect = stateKey === undefined ? undefined : { [stateKey]: this.#state.latest.get(stateKey)?.offset ?? 0 };
		const appended = await log.append(this.room, entries, { expect });
		metrics.appendSeconds.observe((clock.monotonicMs() - startedMs) / 1_000);
		if (appended.outcome === "moved") return this.#hearThrough(appended.offset);
		if (appended.outcome !== "appended" && command.type === "say") this.#state.rates.giveBack(command.actor.id, startedMs);
		if (appended.outcome === "conflict") return conflict;
		if (appended.outcome === "failed")
			return { ok: false, code: appended.reason, detail: appended.detail, retryAfterMs: serverLimits.retrySoonMs };
		if (appended.outcome === "appended") metrics.events.inc({ kind: event.kind });
		return this.#done(appended.entry);
	}

	/** Reads as far as another node has come with this room, where this one has not heard of it yet. */
	async #hearThrough(offset: number): Promise<"moved" | Outcome> {
		try {
			while (this.#head < offset) {
				const page = await this.#services.log.read(this.room, { after: this.#head, limit: 1_000 });
				if (page.length === 0) return contended;
				this.onAppended(page);
			}
			return "moved";
		} catch (fault) {
			return { ok: false, code: "unavailable", detail: String(fault), retryAfterMs: serverLimits.retrySoonMs };
		}
	}

	/** A retry of a message that was kept is not "too fast": before a refusal, the log is asked whether the key is known. */
	async #refuse(command: Command, key: string | null, decision: Decision & { verdict: "reject" }): Promise<Outcome> {
		if (key !== null) {
			const kept = await this.#services.log.find(this.room, { author: command.actor.id, key }).catch(() => null);
			if (kept) return isRetry(kept, command) ? this.#done(kept) : conflict;
		}
		return { ok: false, code: decision.code, detail: decision.detail, retryAfterMs: decision.retryAfterMs };
	}

	#done(entry: Entry): Outcome {
		const fate = this.#verdicts.isUnshown(entry.offset) ? "sampled" : "shown";
		return { ok: true, id: entry.id, cursor: this.cursorAt(entry.offset), fate, json: entry.json };
	}

	/** What a decision needs of the log. Throws `LogUnavailable`. */
	async #find({ message: id }: Lookup): Promise<Found> {
		const known = this.#recent.find(id)?.event;
		const kept = known ? null : await this.#services.log.find(this.room, { id });
		const event = known ?? (kept && (JSON.parse(kept.json) as RoomEvent));
		return { message: event?.kind === "message" ? event : null };
	}

	/** Applause: summed, told with the next ambient figures. */
	like(count: number): void {
		this.#likes += count;
		this.#planAmbient();
	}

	/** Lets a reader into a view; it is woken when its turn comes from now on. */
	admit(reader: Reader, view: View): void {
		this.channel(view).admit(reader);
		this.#people.enter(reader.actor.id);
		this.#services.presence.announce(this.room, this.#people.size);
		this.#planAmbient();
		// They may have come to the door just before it was shut to them, and hear of it here.
		const barred = this.barred(reader.actor);
		if (barred) reader.evict(barred);
	}

	release(reader: Reader, view: View): void {
		if (!this.#channelOf(view)?.release(reader)) return;
		this.#people.leave(reader.actor.id);
		this.#services.presence.announce(this.room, this.#people.size);
		this.touch();
		this.#planAmbient();
	}

	/** Where a reader with this position starts, in a view that has been flushed `through`: `Placements.place`. */
	place(after: Position | null, through: number, eventsMax: number = limits.recoveryPageMax): Promise<Placement> {
		this.#placements ??= new Placements({
			isOwnPosition: (position) => this.isOwnPosition(position),
			recent: (after, through, limit) => this.#recent.between(after, through, limit),
			read: (after, through, limit) => this.#read(after, through, limit),
		});
		return this.#placements.place(after, through, eventsMax);
	}

	/** The next page of what a reader at `after` misses up to `through`; null where there is none. Throws `LogUnavailable`. */
	backlog(after: number, through: number): Promise<BacklogPage | null> {
		this.#backlog ??= new Backlog({
			room: this.room,
			cursorAt: (offset) => this.cursorAt(offset),
			between: async (after, to) => firstFitting(await this.#between(after, to, to - after)),
			encode: countingEncode(this.#services.metrics),
		});
		return this.#backlog.after(after, through);
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
		return this.#recent.between(after, through, limit) ?? this.#read(after, through, limit);
	}

	async #read(after: number, through: number, limit: number): Promise<readonly LoggedEvent[]> {
		this.#pages ??= new Pages(this.#services.log, this.room);
		const page = await this.#inUse(this.#pages.read(after, limit));
		const beyond = page.findIndex(({ offset }) => offset > through);
		return beyond < 0 ? page : page.slice(0, beyond);
	}

	/** The log has committed these, here or on another node. State changes only here. */
	onAppended(entries: readonly Entry[]): void {
		let arrived = 0;
		let isAccessTouched = false;
		for (const entry of entries) {
			if (entry.offset <= this.#head) continue;
			this.#head = entry.offset;
			const logged = this.#remember(entry);
			isAccessTouched ||= touchesAccess(this.#state, logged.event);
			apply(this.#state, logged.event);
			this.#noteRate(logged.event);
			if (logged.event.kind === "delete") this.#redact(logged.event.target);
			const sampled = this.#verdicts.take(logged.event, this.settings.deliveryBudget, () => this.#recent.all());
			for (const channel of this.#channels) channel.offer(logged, sampled);
			arrived++;
		}
		if (arrived === 0) return;
		for (const channel of this.#channels) {
			channel.arrived();
			if (isAccessTouched) channel.evict((actor) => this.barred(actor));
		}
	}

	/** No copy of a text outlives its being taken back: not the recent events', not the windows', not the answers'. */
	#redact(id: string): void {
		this.#recent.redact(id);
		this.#placements?.forget();
		for (const channel of this.#channels) channel.redact(id);
		for (const answers of this.#answers?.values() ?? []) answers.forget();
		this.#backlog?.retract();
		this.#pages?.forget();
	}

	/** Slow mode holds across restarts and nodes: who said something when is read off the log. */
	#noteRate(event: RoomEvent): void {
		if (event.kind !== "message") return;
		const { clock } = this.#services;
		const agoMs = Math.max(0, clock.wallMs() - event.at);
		if (agoMs < limits.slowModeSecondsMax * 1_000) this.#state.rates.noteSaid(event.from.id, clock.monotonicMs() - agoMs);
	}

	#remember(entry: Entry): LoggedEvent {
		const logged = { event: JSON.parse(entry.json) as RoomEvent, json: entry.json };
		this.#recent.push(logged);
		return logged;
	}

	/** Viewer counts and likes, the larger the room the less often. */
	#planAmbient(): void {
		if (this.#ambientPlanned) return;
		this.#ambientPlanned = true;
		this.#services.clock.after(ambientIntervalMs(this.viewers), () => {
			this.#ambientPlanned = false;
			const figures = { viewers: this.viewers, likes: this.#likes };
			for (const channel of this.#channels) channel.offerAmbient(figures);
		});
	}
}

const contended: Outcome = {
	ok: false,
	code: "unavailable",
	detail: "Others are changing the same in this moment.",
	retryAfterMs: serverLimits.retrySoonMs,
};

const conflict: Outcome = {
	ok: false,
	code: "conflict",
	detail: "The key was used for another message. Send this one under a key of its own.",
};

/** Whether two commands under one key are one, sent twice. */
function isSame(one: Command, other: Command): boolean {
	return Bun.deepEquals({ ...one, actor: null }, { ...other, actor: null });
}

/** Whether what was refused now is what was kept under its key before. */
function isRetry(kept: Entry, command: Command): boolean {
	const { content } = kindFor(command);
	const fields = content?.of(command);
	if (!fields) return false;
	const { kind } = JSON.parse(kept.json) as RoomEvent;
	if (kindOf({ kind }) !== kindFor(command)) return false;
	return isRetryOf({ kind, body: kept.json }, { kind, body: JSON.stringify(fields), content: Object.keys(fields) });
}
