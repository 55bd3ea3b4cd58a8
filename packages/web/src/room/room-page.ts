import { connect } from "@hubbub/client";
import { Announcer } from "@hubbub/room-model/announcer.ts";
import { DrawPacing } from "@hubbub/room-model/draw-pacing.ts";
import { isFull } from "@hubbub/room-model/place.ts";
import type { MessageRow } from "@hubbub/room-model/rows.ts";
import { Unsent } from "@hubbub/room-model/unsent.ts";
import { Visit } from "@hubbub/room-model/visit.ts";
import { Writer } from "@hubbub/room-model/writer.ts";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { cache } from "lit/directives/cache.js";
import { browserClock } from "../clock.ts";
import { KindParts } from "../kinds/kind-parts.ts";
import { kindParts } from "../kinds/table.ts";
import { onMissingPart, part } from "../part.ts";
import { root } from "../root.ts";
import { ReaderIdentity } from "../sign-in/reader-identity.ts";
import type { SignedIn } from "../sign-in/sign-in-form.ts";
import type { Stage } from "../stage/stage.ts";
import { controls } from "../theme/controls.ts";
import { icon } from "../theme/icons.ts";
import { mark } from "../theme/mark.ts";
import type { Words } from "../words/en.ts";
import { type Address, readAddress } from "./address.ts";
import type { Applause } from "./applause.ts";
import "./applause.ts";
import { Choices } from "./choices.ts";
import { type ClosedActions, closedActions, closedTemplate } from "./closed.ts";
import type { Composer } from "./composer.ts";
import "./composer.ts";
import { announcementWords } from "./announcement-words.ts";
import { type Head, head } from "./head.ts";
import type { KeyAction } from "./keys.ts";
import { lineOf, linesOf } from "./lines.ts";
import type { MessageList } from "./message-list.ts";
import "./message-list.ts";
import { LiveRegion } from "./live-region.ts";
import { PageKeys } from "./page-keys.ts";
import { Panels } from "./panels.ts";
import { roomStyles } from "./room-styles.ts";
import { tabMemory } from "./tab-memory.ts";
import { TabTitle } from "./tab-title.ts";
import type { Theatre } from "./theatre.ts";
import { Toast } from "./toast.ts";
import { View } from "./view.ts";
import { refusalWords } from "./writing.ts";

/** The room's page: stage, discussion and everything around them, for one visit. */
export class RoomPage extends LitElement {
	static override readonly styles = [controls, roomStyles];

	readonly #address: Address = readAddress(new URL(location.href));
	readonly #identity: ReaderIdentity;
	readonly #visit: Visit;
	readonly #region = new LiveRegion();
	readonly #choices = new Choices(this, (words) => {
		this.#region.label = words.announcements;
	});
	readonly #announcer = new Announcer(browserClock, (announcement) => {
		if (this.#words) this.#region.announce(announcementWords(announcement, this.#words));
	});
	readonly #toast = new Toast(this);
	readonly #panels = new Panels(this, () => this.#toast.show(this.#words?.offline ?? ""));
	readonly #title = new TabTitle(this, () => this.#words && `${this.#heading(this.#words)} · ${this.#words.product}`);
	readonly #parts = new KindParts({
		redraw: () => this.requestUpdate(),
		show: (words) => this.#toast.show(words),
		announce: (words) => this.#region.announce(words),
	});
	readonly #view = new View(this.#address.frame, () => this.requestUpdate());
	#theatre: Theatre | null = null;
	readonly #writer: Writer;
	/** Whether there was anything in the box when the page was last drawn. */
	#hasText = false;
	#version = 0;
	readonly #pace = new DrawPacing(browserClock, () => this.requestUpdate());
	/** Whether the page is older than its server: what works goes on, and loading it again helps. */
	#isOutdated = false;
	readonly #stopMissing = onMissingPart(() => this.#visit.connection.phase === "live" && this.#age());

	constructor() {
		super();
		new PageKeys(this, (action) => this.#words !== null && this.#do(action));
		// A page that stands alone, opened without a token, has nothing to be guided by.
		const isGuided = window.parent !== window || Boolean(history.state?.hubbubToken);
		const guide = async (identity: ReaderIdentity) =>
			(await import("../sign-in/open-guide.ts")).openGuide(identity, this.#address.room, () => this.#visit.clockSkewMs);
		this.#identity = new ReaderIdentity(
			(credentials, isSamePerson) => {
				this.#panels.close();
				this.#visit.become(credentials, isSamePerson);
			},
			isGuided ? guide : null,
		);
		this.#visit = new Visit(
			this.#address.room,
			this.#identity.credentials,
			({ name }) => connect(new URL("ws", root), { token: this.#identity.present, name }),
			browserClock,
			{
				met: () => this.#identity.met(),
				watches: () => kindParts.map(({ name }) => name),
				changed: () => {
					this.#version++;
					this.#identity.look(this.#visit.place);
					this.#writer.look();
					this.#pace.ask();
				},
				flew: (messages, spreadMs) => this.#stage?.fly(linesOf(messages, this.#visit.user?.id ?? null), spreadMs),
				arrived: (rows) => {
					this.#announcer.heard(rows);
					this.#title.came(rows.filter((row) => row.stance !== "mine").length);
				},
				noticed: (notice) => this.#announcer.noticed(notice),
				removed: (id) => {
					this.#stage?.ground(id);
					this.#announcer.removed(id);
				},
				settled: (key, id, fate) => {
					this.#stage?.settle(key, id);
					const row = this.#visit.discussion.find(id);
					if (row) this.#announcer.heard([row]);
					// Nobody else sees it before a moderator has.
					if (fate === "held") this.#stage?.ground(id);
				},
				repeated: (repeats) => {
					for (const { id, count } of repeats) {
						this.#stage?.countOn(id, count);
						this.#announcer.heardAgain(count);
					}
				},
				applauded: (count) => this.#applause?.rise(count),
				aged: () => this.#age(),
			},
		);
		this.#writer = new Writer(this.#visit, new Unsent(this.#address.room, tabMemory, browserClock), tabMemory, browserClock, {
			changed: () => {
				this.#composer?.requestUpdate();
				// Only whether there is anything in the box matters to the page around it.
				if (this.#hasText !== (this.#writer.text !== "")) this.requestUpdate();
			},
			left: ({ key, text, style }) => this.#stage?.flyOwn(lineOf(key, text, style, true)),
		});
		this.#writer.look();
		// A file of its own, so that a discussion embedded without it is light; its place is reserved until it is here.
		if (this.#address.frame !== "chat") void this.#furnish().catch(() => {});
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		this.#stopMissing();
		this.#view.end();
		this.#theatre?.end();
		this.#writer.end();
		this.#identity.end();
		this.#visit.end();
	}

	override render(): TemplateResult | typeof nothing {
		const words = this.#words;
		if (!words) return nothing;
		const { frame } = this.#address;
		const { layout, isTheatre, isFull } = this.#view;
		const isTalkShown = this.#isTalkShown;
		this.#parts.look({ words, language: this.#choices.language, visit: this.#visit });
		return html`<div class="room frame-${frame} ${isTheatre ? "theatre" : ""} ${isFull ? "full" : ""}" data-layout=${layout} data-talk=${isTalkShown ? "shown" : "away"}>
			${frame === "stage" ? nothing : html`<button class="button skip" @click=${this.#write}>${words.skipToComposer}</button>`}
			${frame === "chat" ? nothing : this.#main(words)}
			${frame === "stage" ? nothing : this.#talk(words, isTalkShown)}
			${this.#region.element}
			${this.#toast.template}
			${this.#isOutdated ? html`<div class="outdated card" role="status"><span>${words.outdated}</span><button class="button" @click=${() => location.reload()}>${words.loadAgain}</button></div>` : nothing}
			${cache(this.#dialog(words))}
			${this.#parts.over}
		</div>`;
	}

	#main(words: Words): TemplateResult {
		const { settings, place } = this.#visit;
		const { layout } = this.#view;
		const parts = this.#head(words);
		const stage = this.#theatre?.template({
			...{
				words,
				settings,
				language: this.#choices.language,
				danmaku: this.#choices.danmaku,
				panel: this.#panels.shown,
				isTalkShown: this.#isTalkShown,
			},
			opener: this.#panels.opener,
			isShut: place.phase === "closed",
			heading: (this.#isTitled && settings?.title) || words.idleTitle,
			above: this.#above(parts),
			setDanmaku: (choices) => this.#choices.setDanmaku(choices),
			open: (panel, opener) => this.#panels.toggle(panel, opener),
			close: this.#panels.close,
		});
		const below = html`<header class="head under">${layout === "wide" ? html`<a href=${root} title=${words.lobby} aria-label=${words.lobby}>${mark()}</a>` : nothing}${parts.titles}${parts.applause}${layout === "wide" && this.#isTalkShown ? nothing : parts.pill}${parts.menu}</header>`;
		const unseenTitle = this.#address.frame === "stage" ? html`<h1 class="unseen">${this.#heading(words)}</h1>` : nothing;
		return html`<main>${unseenTitle}${stage ?? html`<hubbub-stage></hubbub-stage>`}${this.#hasHeadBelow ? below : nothing}</main>`;
	}

	/** What stands at the top of the stage, where the room has no other head in sight. */
	#above(parts: Head): TemplateResult | typeof nothing {
		if (this.#address.frame === "stage")
			return this.#visit.connection.phase === "live" ? nothing : html`<div slot="over" class="trouble">${parts.pill}</div>`;
		if (this.#hasHeadBelow || (this.#isTalkShown && !this.#view.isDrawer)) return nothing;
		return html`<header slot="top" class="head over">${parts.titles}${this.#isTalkShown ? nothing : html`${parts.applause}${parts.pill}${parts.menu}`}</header>`;
	}

	#talk(words: Words, isShown: boolean): TemplateResult {
		const isAlone = this.#address.frame === "chat";
		const talk = html`<aside role=${isAlone ? "region" : nothing} aria-label=${words.discussion} ?hidden=${!isShown}>
			${isShown ? this.#talkHead(words) : nothing}
			${this.#conversation(words)}
		</aside>`;
		return isAlone ? html`<main>${talk}</main>` : talk;
	}

	#talkHead(words: Words): TemplateResult | typeof nothing {
		const { titles, applause, pill, menu } = this.#head(words);
		const name = html`<h2>${words.discussion}</h2>`;
		if (this.#view.isDrawer)
			return html`<header class="head talk-head">${name}${applause}${pill}${menu}<button class="tool" title="${words.hideDiscussion} (H)" aria-label=${words.hideDiscussion} @click=${() => this.#view.showTalk(false)}>${icon("close")}</button></header>`;
		if (!this.#hasHeadBelow) return html`<header class="head talk-head">${titles}${applause}${pill}${menu}</header>`;
		return this.#view.layout === "tall" ? nothing : html`<header class="head talk-head">${name}${pill}</header>`;
	}

	#conversation(words: Words): TemplateResult {
		const visit = this.#visit;
		const { place, discussion } = visit;
		const { writing, text } = this.#writer;
		this.#hasText = text !== "";
		const actions = {
			signIn: () => this.#panels.toggle("sign-in"),
			asGuest: () => this.#identity.choose(null),
			retry: () => this.#identity.retry(),
		};
		const isReadable = place.phase === "open" || (place.phase === "closed" && place.reason !== "banned" && discussion.rows.length > 0);
		// Where there is nothing to read and nothing written, the words about the room stand alone.
		const hasComposer = isReadable || text !== "";
		const remedies = isReadable && writing.phase === "shut" ? closedActions(writing.reason, visit.roomId, words, actions) : nothing;
		return html`
			${isReadable ? this.#parts.above : nothing}
			${isReadable ? this.#messages(words, writing.phase === "open") : this.#instead(words, actions)}
			${hasComposer ? html`<hubbub-composer .words=${words} .writer=${this.#writer} .user=${visit.user} .version=${this.#version} @rename=${this.#rename} @unreachable=${() => this.#toast.show(words.offline)}>${remedies}</hubbub-composer>` : nothing}
		`;
	}

	/** What stands where the discussion cannot. */
	#instead(words: Words, actions: ClosedActions): TemplateResult {
		const visit = this.#visit;
		const { place, connection } = visit;
		if (place.phase === "closed") return closedTemplate(place.reason, visit.roomId, words, actions);
		if (isFull(connection)) return closedTemplate("overloaded", visit.roomId, words, { ...actions, retry: () => visit.retryNow() });
		return html`<div class="entering" role="status"><span class="unseen">${words.enteringRoom}</span>${Array.from({ length: 9 }, () => html`<span></span>`)}</div>`;
	}

	#messages(words: Words, mayReply: boolean): TemplateResult {
		const visit = this.#visit;
		return html`<hubbub-messages .discussion=${visit.discussion} .version=${this.#version} .words=${words} .language=${this.#choices.language} .user=${visit.user} .older=${visit.older} .mayReply=${mayReply} .deeds=${this.#parts.messageDeeds} @answer=${(event: CustomEvent<MessageRow>) => this.#answer(event.detail)} @take-back=${(event: CustomEvent<MessageRow>) => this.#takeBack(event.detail)} @copied=${() => this.#toast.show(words.copied)} @older=${() => visit.loadOlder()}></hubbub-messages>`;
	}

	/** The parts of a header, in the order they stand; which of them, the layout says. */
	#head(words: Words): Head {
		const visit = this.#visit;
		return head({
			...{
				words,
				visit,
				language: this.#choices.language,
				title: this.#heading(words),
				theme: this.#choices.theme,
				panel: this.#panels.shown,
			},
			deeds: this.#parts.roomDeeds,
			open: (panel) => this.#panels.toggle(panel),
			close: this.#panels.close,
			chooseTheme: this.#choices.chooseTheme,
			speak: (language) => this.#choices.speak(language),
			signOut: () => this.#identity.choose(null),
		});
	}

	/** Modal panels. They are kept as they are when they close, so that what was typed is there when they open again. */
	#dialog(words: Words): TemplateResult | typeof nothing {
		const { settings } = this.#visit;
		switch (this.#panels.shown) {
			case "sign-in":
				return html`<hubbub-sign-in .words=${words} .language=${this.#choices.language} @close=${this.#panels.close} @sign-in=${(event: CustomEvent<SignedIn>) => this.#identity.choose(event.detail.token)}></hubbub-sign-in>`;
			case "shortcuts":
				return html`<hubbub-shortcuts .words=${words} @close=${this.#panels.close}></hubbub-shortcuts>`;
			case "settings":
				return settings
					? html`<hubbub-room-settings .words=${words} .language=${this.#choices.language} .settings=${settings} .configure=${(changes: Partial<typeof settings>) => this.#visit.configure(changes)} @close=${this.#panels.close}></hubbub-room-settings>`
					: nothing;
			default:
				return nothing;
		}
	}

	/** Why a reader is not let in stands where the discussion would: it is never away then. */
	get #isTalkShown(): boolean {
		return this.#view.isTalkShown || this.#visit.place.phase === "closed";
	}

	/** Whether title, applause and menu stand below the stage. */
	get #hasHeadBelow(): boolean {
		return this.#address.frame === "page" && !this.#view.isDrawer && !this.#view.isTheatre;
	}

	get #words(): Words | null {
		return this.#choices.words;
	}

	get #stage(): Stage | null {
		return this.renderRoot.querySelector<Stage>("hubbub-stage:defined");
	}

	get #applause(): Applause | null {
		return this.renderRoot.querySelector<Applause>("hubbub-applause");
	}

	get #composer(): Composer | null {
		return this.renderRoot.querySelector<Composer>("hubbub-composer");
	}

	get #list(): MessageList | null {
		return this.renderRoot.querySelector<MessageList>("hubbub-messages");
	}

	#heading(words: Words): string {
		if (this.#isTitled) return this.#visit.settings?.title ?? "";
		return this.#address.room === "lobby" ? words.lobby : words.roomCalled(this.#address.room);
	}

	/** A room that was never given a title has its id for one. */
	get #isTitled(): boolean {
		const { room } = this.#address;
		const title = this.#visit.settings?.title ?? "";
		return title !== "" && title !== room;
	}

	/** Fetches the stage, for which the page has kept a place. */
	async #furnish(): Promise<void> {
		const { Theatre } = await part(() => import("./theatre.ts"));
		this.#theatre = new Theatre(this, this.#view);
		this.requestUpdate();
	}

	#answer({ id, from, text }: MessageRow): void {
		if (id === null) return;
		this.#writer.answer({ id, name: from.name, text });
		this.#composer?.write();
	}

	async #takeBack(row: MessageRow): Promise<void> {
		const words = this.#words;
		if (row.id === null || !words) return;
		const result = await this.#visit.remove(row.id);
		this.#toast.show(result.outcome === "accepted" ? words.removed : `${words.removeFailed} ${refusalWords(result.code, words)}`);
	}

	readonly #rename = (event: CustomEvent<string>): void => this.#identity.rename(event.detail);

	#age(): void {
		this.#isOutdated = true;
		this.requestUpdate();
	}

	/** Puts the cursor into the box, wherever the discussion was put. */
	readonly #write = async (): Promise<void> => {
		this.#view.showTalk(true);
		await this.updateComplete;
		this.#composer?.write();
	};

	#do(action: KeyAction): boolean {
		switch (action) {
			case "write":
				void this.#write();
				return true;
			case "down":
			case "up":
				this.#list?.moveFocus(action === "down" ? 1 : -1);
				return true;
			case "reply": {
				const row = this.#list?.focused();
				if (row) this.#answer(row);
				return row?.id != null;
			}
			case "newest":
				this.#list?.toNewest();
				return true;
			case "danmaku":
				this.#choices.setDanmaku({ ...this.#choices.danmaku, on: !this.#choices.danmaku.on });
				this.#toast.show(this.#choices.danmaku.on ? (this.#words?.danmakuOn ?? "") : (this.#words?.danmakuOff ?? ""));
				return true;
			case "like":
				this.#applause?.applaud();
				return true;
			case "mute":
				this.#stage?.toggleMuted();
				return true;
			case "talk":
				this.#view.showTalk(!this.#view.isTalkShown);
				return true;
			case "theatre":
				this.#view.toggleTheatre();
				return true;
			case "fullscreen":
				this.#theatre?.toggleFullScreen();
				return true;
			case "help":
				void this.#panels.toggle("shortcuts");
				return true;
			case "close":
				if (this.#writer.answering) this.#writer.answer(null);
				else this.#theatre?.leaveWindow();
				return false;
			default:
				return action satisfies never;
		}
	}
}

customElements.define("hubbub-room", RoomPage);
