import { connect } from "@hubbub/client";
import type { Style } from "@hubbub/protocol/event.ts";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { browserClock } from "../clock.ts";
import { type DanmakuChoices, parseChoices, usualChoices } from "../danmaku/choices.ts";
import type { Stage } from "../stage/stage.ts";
import { chooseLanguage, chooseTheme, chosenLanguage, chosenTheme, type Language, recall, remember, type Theme } from "../theme/choice.ts";
import { controls } from "../theme/controls.ts";
import { icon } from "../theme/icons.ts";
import { mark } from "../theme/mark.ts";
import type { Words } from "../words/en.ts";
import { loadWords } from "../words/words.ts";
import { type Address, readAddress } from "./address.ts";
import type { Applause } from "./applause.ts";
import "./applause.ts";
import { closedTemplate } from "./closed.ts";
import type { Composer } from "./composer.ts";
import "./composer.ts";
import { rememberedCredentials, rememberName, rememberToken } from "./credentials.ts";
import { Digest } from "./digest.ts";
import { DrawPace } from "./draw-pace.ts";
import { type Head, head } from "./head.ts";
import { type KeyAction, keyAction, takesKeys } from "./keys.ts";
import { followLayout, type Layout } from "./layout.ts";
import { lineOf, linesOf } from "./lines.ts";
import type { MessageList } from "./message-list.ts";
import "./message-list.ts";
import { loadPanel, type Panel } from "./panel.ts";
import { isFull } from "./place.ts";
import { roomStyles } from "./room-styles.ts";
import type { MessageRow } from "./rows.ts";
import { type Credentials, type SayResult, Visit } from "./visit.ts";
import { refusalWords, writingOf } from "./writing.ts";

const danmakuKey = "hubbub.danmaku";
/** How long a passing word ("Copied") is shown. */
const toastMs = 2_000;

/** The room's page: stage, discussion and everything around them, for one visit. */
export class RoomPage extends LitElement {
	static override readonly styles = [controls, roomStyles];

	readonly #address: Address = readAddress(new URL(location.href));
	readonly #search = new URLSearchParams(location.search);
	#language: Language = chosenLanguage(this.#search, navigator.languages);
	#theme: Theme = chosenTheme(this.#search);
	#words: Words | null = null;
	#credentials: Credentials = rememberedCredentials();
	readonly #visit: Visit;
	readonly #digest = new Digest(browserClock, (count, toMe) => this.#readOut(count, toMe));
	readonly #layoutFollower = followLayout((layout) => this.#relayout(layout));
	#windowLayout: Layout = this.#layoutFollower.layout;
	#drawer: "open" | "shut" = "open";
	#panel: Panel = "none";
	#danmaku: DanmakuChoices = parseChoices(recall(danmakuKey), usualChoices(matchMedia("(prefers-reduced-motion: reduce)").matches));
	#answering: MessageRow | null = null;
	#version = 0;
	readonly #pace = new DrawPace(browserClock, () => this.requestUpdate());
	#spoken = "";
	#toast = "";
	#cancelToast: (() => void) | null = null;
	/** Messages that came while the tab was in the background, for its title. */
	#unseen = 0;

	constructor() {
		super();
		this.#visit = new Visit(
			this.#address.room,
			this.#credentials,
			({ name, token }) => connect(location.origin, { ...(name !== null && { name }), ...(token !== null && { token }) }),
			browserClock,
			{
				changed: () => {
					this.#version++;
					this.#pace.ask();
				},
				flew: (messages, spreadMs) => this.#stage?.fly(linesOf(messages, this.#visit.user?.id ?? null), spreadMs),
				arrived: (count, toMe) => {
					this.#digest.add(count, toMe);
					if (document.hidden) this.#unseen += count;
				},
				removed: (id) => this.#stage?.ground(id),
				applauded: (count) => this.#applause?.rise(count),
			},
		);
		void this.#speak(this.#language);
		// A file of its own, so that a discussion embedded without it is light; its place is reserved until it is here.
		if (this.#address.frame !== "chat") void import("../stage/stage.ts");
	}

	override connectedCallback(): void {
		super.connectedCallback();
		document.addEventListener("keydown", this.#onKey);
		document.addEventListener("visibilitychange", this.#onVisibility);
		document.addEventListener("fullscreenchange", this.#onFullscreen);
		document.addEventListener("pointerdown", this.#onPointer);
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		document.removeEventListener("keydown", this.#onKey);
		document.removeEventListener("visibilitychange", this.#onVisibility);
		document.removeEventListener("fullscreenchange", this.#onFullscreen);
		document.removeEventListener("pointerdown", this.#onPointer);
		this.#layoutFollower.stop();
		this.#visit.end();
	}

	override updated(): void {
		if (!this.#words) return;
		document.title = `${this.#unseen > 0 ? `(${this.#unseen > 99 ? "99+" : this.#unseen}) ` : ""}${this.#title(this.#words)} · ${this.#words.product}`;
	}

	override render(): TemplateResult | typeof nothing {
		const words = this.#words;
		if (!words) return nothing;
		const { frame } = this.#address;
		const layout = this.#layout;
		const drawer = layout === "side" ? this.#drawer : "open";
		return html`<div class="room frame-${frame}" data-layout=${layout} data-drawer=${drawer}>
			${frame === "stage" ? nothing : html`<button class="button skip" @click=${() => this.#composer?.write()}>${words.skipToComposer}</button>`}
			${frame === "chat" ? nothing : this.#theatre(words)}
			${frame === "stage" ? nothing : this.#talk(words, drawer)}
			<div class="unseen" role="status">${this.#spoken}</div>
			${this.#toast === "" ? nothing : html`<div class="toast" role="status">${this.#toast}</div>`}
			${this.#dialog(words)}
		</div>`;
	}

	#theatre(words: Words): TemplateResult {
		const { settings } = this.#visit;
		const isIdle = !settings || settings.streamUrl === "";
		const isStageOnly = this.#address.frame === "stage";
		const parts = this.#head(words);
		return html`<main>
			<hubbub-stage class=${isIdle ? "idle" : ""} role="region" aria-label=${words.stage} .words=${words} .settings=${settings} .shut=${this.#visit.place.phase === "closed"} .heading=${this.#isTitled ? settings?.title : words.idleTitle} .danmaku=${this.#danmaku} .settingsOpen=${this.#panel === "danmaku"} @danmaku=${() => this.#setDanmaku({ ...this.#danmaku, on: !this.#danmaku.on })} @danmaku-settings=${() => this.#open("danmaku")}>
				${this.#layout === "side" ? html`<button slot="tools" class="tool" title=${this.#drawer === "open" ? words.hideDiscussion : words.showDiscussion} aria-label=${words.discussion} aria-expanded=${this.#drawer === "open"} @click=${this.#toggleDrawer}>${icon("talk")}</button>` : nothing}
				<button slot="tools" class="tool" title="${document.fullscreenElement ? words.leaveFullscreen : words.fullscreen} (F)" aria-label=${document.fullscreenElement ? words.leaveFullscreen : words.fullscreen} @click=${this.#toggleFullscreen}>${icon(document.fullscreenElement ? "shrink" : "expand")}</button>
				${isStageOnly && this.#visit.connection.phase !== "live" ? html`<div slot="over" class="trouble">${parts.pill}</div>` : nothing}
				${this.#panel === "danmaku" ? html`<hubbub-danmaku-panel slot="over" class="danmaku-panel card" .words=${words} .choices=${this.#danmaku} @change=${(event: CustomEvent<DanmakuChoices>) => this.#setDanmaku(event.detail)} @close=${this.#close}></hubbub-danmaku-panel>` : nothing}
			</hubbub-stage>
			${this.#layout === "side" || this.#address.frame !== "page" ? nothing : html`<header class="head under">${this.#layout === "wide" ? html`<a href="/" title=${words.lobby} aria-label=${words.lobby}>${mark()}</a>` : nothing}${parts.titles}${parts.applause}${this.#layout === "tall" ? parts.pill : nothing}${parts.menu}</header>`}
		</main>`;
	}

	#talk(words: Words, drawer: "open" | "shut"): TemplateResult {
		const isWidePage = this.#address.frame === "page" && this.#layout === "wide";
		const parts = this.#head(words);
		const isTallPage = this.#address.frame === "page" && this.#layout === "tall";
		return html`<aside aria-label=${words.discussion} ?hidden=${drawer === "shut"}>
			${
				isWidePage
					? html`<header class="head talk-head"><h2>${words.discussion}</h2>${parts.pill}</header>`
					: isTallPage
						? nothing
						: html`<header class="head talk-head">${parts.titles}${parts.applause}${parts.pill}${parts.menu}</header>`
			}
			${this.#conversation(words)}
		</aside>`;
	}

	#conversation(words: Words): TemplateResult {
		const visit = this.#visit;
		const { place, discussion, connection } = visit;
		const actions = {
			signIn: () => this.#open("sign-in"),
			asGuest: () => this.#become({ ...this.#credentials, token: null }),
			retry: () => this.#become(this.#credentials),
		};
		if (place.phase === "entering") {
			if (isFull(connection))
				return closedTemplate("overloaded", visit.roomId, words, { ...actions, retry: () => visit.retryNow() }, false);
			return html`<div class="entering" role="status"><span class="unseen">${words.enteringRoom}</span>${Array.from({ length: 9 }, () => html`<span></span>`)}</div>`;
		}
		const isShut = place.phase === "closed";
		if (isShut && (discussion.rows.length === 0 || place.reason === "banned"))
			return closedTemplate(place.reason, visit.roomId, words, actions, false);
		const mayReply = !isShut && writingOf(visit.settings, visit.user).phase === "open";
		return html`
			<hubbub-messages .discussion=${discussion} .version=${this.#version} .words=${words} .language=${this.#language} .user=${visit.user} .older=${visit.older} .mayReply=${mayReply} @answer=${(event: CustomEvent<MessageRow>) => this.#answer(event.detail)} @take-back=${(event: CustomEvent<MessageRow>) => this.#takeBack(event.detail)} @copied=${() => this.#show(words.copied)} @older=${() => visit.loadOlder()}></hubbub-messages>
			${isShut ? closedTemplate(place.reason, visit.roomId, words, actions, true) : html`<hubbub-composer .words=${words} .settings=${visit.settings} .user=${visit.user} .answering=${this.#answering} .connection=${connection.phase} .say=${this.#say} @cancel-answer=${() => this.#answer(null)} @rename=${this.#rename} @sign-in=${() => this.#open("sign-in")}></hubbub-composer>`}
		`;
	}

	/** The parts of a header, in the order they stand; which of them, the layout says. */
	#head(words: Words): Head {
		const visit = this.#visit;
		return head({
			...{ words, visit, language: this.#language, title: this.#title(words), theme: this.#theme, panel: this.#panel },
			open: (panel) => this.#open(panel),
			close: this.#close,
			chooseTheme: this.#chooseTheme,
			speak: (language) => this.#speak(language),
			signOut: () => this.#become({ ...this.#credentials, token: null }),
		});
	}

	#dialog(words: Words): TemplateResult | typeof nothing {
		const { settings } = this.#visit;
		switch (this.#panel) {
			case "sign-in":
				return html`<hubbub-sign-in .words=${words} @close=${this.#close} @sign-in=${(event: CustomEvent<string>) => this.#become({ ...this.#credentials, token: event.detail })}></hubbub-sign-in>`;
			case "shortcuts":
				return html`<hubbub-shortcuts .words=${words} @close=${this.#close}></hubbub-shortcuts>`;
			case "settings":
				return settings
					? html`<hubbub-room-settings .words=${words} .settings=${settings} .configure=${(changes: Partial<typeof settings>) => this.#visit.configure(changes)} @close=${this.#close}></hubbub-room-settings>`
					: nothing;
			default:
				return nothing;
		}
	}

	/** The drawer is for a phone in the hand; an embed that is low and wide keeps both parts beside each other. */
	get #layout(): Layout {
		return this.#windowLayout === "side" && this.#address.frame !== "page" ? "wide" : this.#windowLayout;
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

	#title(words: Words): string {
		if (this.#isTitled) return this.#visit.settings?.title ?? "";
		return this.#address.room === "lobby" ? words.lobby : words.roomCalled(this.#address.room);
	}

	/** A room that was never given a title has its id for one. */
	get #isTitled(): boolean {
		const { room } = this.#address;
		const title = this.#visit.settings?.title ?? "";
		return title !== "" && title !== room;
	}

	/** Opens a panel, fetching it first, or shuts it if it is open. */
	async #open(panel: Exclude<Panel, "none">): Promise<void> {
		if (this.#panel === panel) return this.#close();
		try {
			await loadPanel(panel);
		} catch {
			return this.#show(this.#words?.offline ?? "");
		}
		this.#panel = panel;
		this.requestUpdate();
	}

	readonly #close = (): void => {
		this.#panel = "none";
		this.requestUpdate();
	};

	async #speak(language: Language): Promise<void> {
		const isChoice = this.#words !== null;
		try {
			this.#words = await loadWords(language);
		} catch {
			// The table could not be fetched: what is spoken now goes on being spoken.
			return;
		}
		this.#language = language;
		if (isChoice) chooseLanguage(language);
		document.documentElement.lang = language;
		this.requestUpdate();
	}

	readonly #chooseTheme = (theme: Theme): void => {
		this.#theme = theme;
		chooseTheme(theme);
		this.requestUpdate();
	};

	#setDanmaku(choices: DanmakuChoices): void {
		this.#danmaku = choices;
		remember(danmakuKey, JSON.stringify(choices));
		this.requestUpdate();
	}

	readonly #say = (text: string, options: { replyTo: string | null; style: Style | null }): Promise<SayResult> => {
		this.#stage?.flyOwn(lineOf("", text, options.style, true));
		return this.#visit.say(text, options);
	};

	#answer(row: MessageRow | null): void {
		this.#answering = row;
		this.requestUpdate();
	}

	async #takeBack(row: MessageRow): Promise<void> {
		const words = this.#words;
		if (row.id === null || !words) return;
		const result = await this.#visit.remove(row.id);
		this.#show(result.outcome === "accepted" ? words.removed : `${words.removeFailed} ${refusalWords(result.code, words)}`);
	}

	readonly #rename = (event: CustomEvent<string>): void => {
		rememberName(event.detail);
		this.#become({ ...this.#credentials, name: event.detail });
	};

	#become(credentials: Credentials): void {
		this.#credentials = credentials;
		rememberToken(credentials.token);
		this.#panel = "none";
		this.#visit.become(credentials);
	}

	#show(words: string): void {
		this.#toast = words;
		this.#cancelToast?.();
		this.#cancelToast = browserClock.after(toastMs, () => {
			this.#toast = "";
			this.requestUpdate();
		});
		this.requestUpdate();
	}

	#readOut(count: number, toMe: number): void {
		this.#spoken = this.#words?.digest(count, toMe) ?? "";
		this.requestUpdate();
	}

	#relayout(layout: Layout): void {
		this.#windowLayout = layout;
		this.requestUpdate();
	}

	readonly #toggleDrawer = (): void => {
		this.#drawer = this.#drawer === "open" ? "shut" : "open";
		this.requestUpdate();
	};

	readonly #toggleFullscreen = (): void => {
		if (document.fullscreenElement) void document.exitFullscreen();
		// A phone that cannot show an element full screen (iOS) leaves everything as it is.
		else void this.requestFullscreen?.().catch(() => {});
	};

	readonly #onFullscreen = (): void => this.requestUpdate();

	readonly #onVisibility = (): void => {
		if (!document.hidden) this.#unseen = 0;
		this.requestUpdate();
	};

	/** A press beside an open card shuts it. */
	readonly #onPointer = (event: PointerEvent): void => {
		if (this.#panel !== "menu" && this.#panel !== "danmaku") return;
		const isInside = event
			.composedPath()
			.some(
				(target) =>
					target instanceof Element &&
					(target.matches("hubbub-menu, hubbub-danmaku-panel, .anchor") || target.getAttribute("aria-expanded") === "true"),
			);
		if (!isInside) this.#close();
	};

	readonly #onKey = (event: KeyboardEvent): void => {
		const action = takesKeys(event.composedPath()[0]) ? null : keyAction(event);
		if (!action || !this.#words || document.querySelector("dialog[open]")) return;
		if (this.#do(action)) event.preventDefault();
	};

	#do(action: KeyAction): boolean {
		switch (action) {
			case "write":
				this.#composer?.write();
				return true;
			case "down":
			case "up":
				this.#list?.moveFocus(action === "down" ? 1 : -1);
				return true;
			case "reply": {
				const row = this.#list?.focused();
				if (row?.id) this.#answer(row);
				return row?.id != null;
			}
			case "newest":
				this.#list?.toNewest();
				return true;
			case "danmaku":
				this.#setDanmaku({ ...this.#danmaku, on: !this.#danmaku.on });
				this.#show(this.#danmaku.on ? (this.#words?.danmakuOn ?? "") : (this.#words?.danmakuOff ?? ""));
				return true;
			case "like":
				this.#applause?.applaud();
				return true;
			case "mute":
				this.#stage?.toggleMuted();
				return true;
			case "fullscreen":
				this.#toggleFullscreen();
				return true;
			case "help":
				void this.#open("shortcuts");
				return true;
			case "close":
				if (this.#panel !== "none") this.#close();
				else if (this.#answering) this.#answer(null);
				return false;
			default:
				return action satisfies never;
		}
	}
}

customElements.define("hubbub-room", RoomPage);
