import { html, LitElement, nothing, type TemplateResult } from "lit";
import { root } from "../root.ts";
import { checkToken } from "../sign-in/check-token.ts";
import { rememberedCredentials, rememberToken } from "../sign-in/credentials.ts";
import type { SignedIn } from "../sign-in/sign-in-form.ts";
import { applyTheme, chooseLanguage, chosenLanguage, chosenTheme } from "../theme/choice.ts";
import { controls } from "../theme/controls.ts";
import { mark } from "../theme/mark.ts";
import { type Language, languages } from "../words/language.ts";
import { type Checklist, OperatorApi } from "./api.ts";
import "./checks-section.ts";
import { claim, isClaimed } from "./claim.ts";
import "./embed-section.ts";
import { type Passage, tryPassage, untried } from "./passage.ts";
import "./people-section.ts";
import "./room-section.ts";
import { pageStyles } from "./setup-styles.ts";
import { roomIdOf } from "./stream-address.ts";
import type { SetupWords } from "./words/setup-en.ts";
import { loadSetupWords } from "./words/setup-words.ts";
import type { Standing } from "./you-section.ts";
import "./you-section.ts";

/** The operator's own page: claims the server, and then leads on through a room, its stream, the line to embed, and what is open. `?room=` names a room. */
export class SetupPage extends LitElement {
	static override readonly styles = [controls, pageStyles];
	readonly #search = new URLSearchParams(location.search);
	/** The one-time token that the server printed. */
	readonly #token = location.hash.slice(1);
	#language: Language = chosenLanguage(this.#search, navigator.languages);
	#words: SetupWords | null = null;
	#standing: Standing = { phase: "looking" };
	#room = roomIdOf(this.#search.get("room") ?? "") || "lobby";
	#checklist: Checklist | null = null;
	#passage: Passage = untried;
	#stopTrying: () => void = () => {};

	constructor() {
		super();
		applyTheme(chosenTheme(this.#search));
		void this.#speak(this.#language);
		void this.#look();
	}

	override render(): TemplateResult | typeof nothing {
		const words = this.#words;
		if (!words) return nothing;
		const standing = this.#standing;
		return html`<header class="top"><a href=${root} title=${words.lobby} aria-label=${words.lobby}>${mark()}</a><span class="space"></span>
				<label><span class="unseen">${words.language}</span><select @change=${(event: Event) => this.#speak((event.target as HTMLSelectElement).value as Language)}>${languages.map(({ id, own }) => html`<option value=${id} lang=${id} .selected=${id === this.#language}>${own}</option>`)}</select></label></header>
			<main><div class="intro"><h1>${words.title}</h1><p>${words.lead}</p></div>
				<hubbub-setup-you .words=${words} .language=${this.#language} .standing=${standing} @claim=${this.#claim} @again=${this.#look} @sign-in=${this.#onSignIn} @sign-out=${() => this.#leave("done")} @refused=${() => this.#leave("refused-key")} @named=${(event: CustomEvent<string>) => this.#named(event.detail)}></hubbub-setup-you>
				${standing.phase === "operator" ? this.#rest(words, standing.api) : nothing}
			</main>`;
	}

	#rest(words: SetupWords, api: OperatorApi): TemplateResult {
		const room = this.#room;
		const checklist = this.#checklist;
		return html`<hubbub-setup-room .words=${words} .language=${this.#language} .api=${api} .room=${room} @room=${(event: CustomEvent<string>) => this.#choose(event.detail)} @refused=${() => this.#leave("refused-key")}></hubbub-setup-room>
			<hubbub-setup-embed .words=${words} .room=${room}></hubbub-setup-embed>
			${
				checklist
					? html`<hubbub-setup-people .words=${words} .room=${room} .signIn=${checklist.signIn}></hubbub-setup-people>
						<hubbub-setup-checks .words=${words} .checklist=${checklist} .passage=${this.#passage} @look=${() => this.#check(api)}></hubbub-setup-checks>`
					: nothing
			}`;
	}

	/** Finds out where whoever opened the page stands. */
	readonly #look = async (): Promise<void> => {
		this.#stand({ phase: "looking" });
		const [claimed, { token }] = [await isClaimed(), rememberedCredentials()];
		if (claimed === null) return this.#stand({ phase: "unreachable" });
		if (!claimed) return this.#stand({ phase: "unclaimed", claim: this.#token === "" ? "no-token" : "ready" });
		this.#forgetSetUpToken();
		if (token === null) return this.#stand({ phase: "signed-out", why: "done" });
		const checked = await checkToken(token);
		if (checked.outcome === "unchecked") return this.#stand({ phase: "unreachable" });
		if (checked.outcome === "good" && checked.user.id === "operator") return this.#enter(token, checked.user.name, null);
		this.#stand({ phase: "signed-out", why: "done" });
	};

	readonly #claim = async (): Promise<void> => {
		this.#stand({ phase: "unclaimed", claim: "working" });
		const claimed = await claim(this.#token);
		// The token is spent or wrong: it has no more business in the address bar and the history.
		if (claimed.outcome !== "failed") this.#forgetSetUpToken();
		if (claimed.outcome === "made") {
			rememberToken(claimed.adminKey);
			return this.#enter(claimed.adminKey, "operator", claimed.adminKey);
		}
		if (claimed.outcome === "done") return this.#stand({ phase: "signed-out", why: "done" });
		this.#stand({ phase: "unclaimed", claim: claimed.outcome });
	};

	readonly #onSignIn = ({ detail: { token, user } }: CustomEvent<SignedIn>): void => {
		if (user.id !== "operator") return this.#stand({ phase: "signed-out", why: { stranger: user.name } });
		rememberToken(token);
		this.#enter(token, user.name, null);
	};

	#enter(key: string, name: string, freshKey: string | null): void {
		const api = new OperatorApi(key);
		this.#stand({ phase: "operator", api, name, freshKey });
		void this.#check(api);
	}

	#leave(why: "done" | "refused-key"): void {
		rememberToken(null);
		this.#stopTrying();
		this.#checklist = null;
		this.#stand({ phase: "signed-out", why });
	}

	#named(name: string): void {
		if (this.#standing.phase === "operator") this.#stand({ ...this.#standing, name });
	}

	#choose(room: string): void {
		this.#room = room;
		if (this.#standing.phase === "operator") void this.#check(this.#standing.api);
		this.requestUpdate();
	}

	async #check(api: OperatorApi): Promise<void> {
		const room = this.#room;
		const [checklist, tried] = await Promise.all([api.checklist(room), this.#roomToTry(api, room)]);
		if (room !== this.#room || this.#standing.phase !== "operator") return;
		if (checklist.ok) {
			this.#checklist = checklist.value;
			this.#try(api, tried);
		} else if (checklist.code === "unauthorized" || checklist.code === "forbidden") this.#leave("refused-key");
		this.requestUpdate();
	}

	/** The room whose event stream is tried: one that is there, since entering would make it. Null where there is none. */
	async #roomToTry(api: OperatorApi, room: string): Promise<string | null> {
		const found = await api.room(room);
		if (found.ok && found.value) return room;
		const rooms = await api.rooms();
		return (rooms.ok && rooms.value[0]) || null;
	}

	#try(api: OperatorApi, room: string | null): void {
		this.#stopTrying();
		this.#passage = untried;
		this.#stopTrying = tryPassage(room, api.key, (passage) => {
			this.#passage = passage;
			this.requestUpdate();
		});
	}

	#forgetSetUpToken(): void {
		if (location.hash !== "") history.replaceState(history.state, "", location.pathname + location.search);
	}

	async #speak(language: Language): Promise<void> {
		const isChoice = this.#words !== null;
		const words = await loadSetupWords(language).catch(() => null);
		if (!words) return;
		this.#words = words;
		this.#language = language;
		if (isChoice) chooseLanguage(language);
		document.documentElement.lang = language;
		document.title = `${words.title} · Hubbub`;
		this.requestUpdate();
	}

	#stand(standing: Standing): void {
		this.#standing = standing;
		this.requestUpdate();
	}
}

customElements.define("hubbub-setup", SetupPage);
