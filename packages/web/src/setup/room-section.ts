import type { RoomSettings } from "@hubbub/protocol/kinds/settings.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { addressOf, root } from "../root.ts";
import { changesOf, readSettings, settingField, settingKeys, settingStyles } from "../settings/setting-fields.ts";
import { settingWords } from "../settings/setting-words.ts";
import { controls } from "../theme/controls.ts";
import type { Language } from "../words/language.ts";
import type { OperatorApi, Refusal } from "./api.ts";
import { sectionStyles } from "./setup-styles.ts";
import { roomIdOf } from "./stream-address.ts";
import "./stream-preview.ts";
import type { SetupWords } from "./words/setup-en.ts";

/** The film that comes with the server, repeated. */
const sampleAddress = "/sample.webm#loop";
/** These stand in the open; the others under one heading, once the room is there. */
const firstKeys = ["title", "streamUrl"] as const satisfies readonly (keyof RoomSettings)[];
const otherKeys = settingKeys.filter((key) => !firstKeys.some((first) => first === key));

type Saving = { readonly phase: "editing" | "saving" | "saved" } | { readonly phase: "refused"; readonly words: string };

/**
 * A room, new or there already, with its title, its stream and every other setting. Fires `room` with the room's id when another is chosen
 * or its settings have been saved, and `refused` where the server does not take the key any more.
 */
export class RoomSection extends LitElement {
	static override readonly properties = {
		words: { attribute: false },
		language: { type: String },
		api: { attribute: false },
		room: { type: String },
	};
	static override readonly styles = [
		controls,
		sectionStyles,
		settingStyles,
		css`
			.two { display: grid; gap: 20px 24px; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); align-items: start; }
			.two > div { display: grid; gap: 16px; }
			.setting .wait { display: inline; }
			@media (max-width: 760px) { .two { grid-template-columns: minmax(0, 1fr); } }
		`,
	];
	declare words: SetupWords;
	declare language: Language;
	declare api: OperatorApi;
	declare room: string;
	#rooms: readonly string[] = [];
	/** As the server has them, or would begin with; null until it has answered. */
	#settings: RoomSettings | null = null;
	#isNew = false;
	/** Rises with each room that is fetched, so that a late answer and an old form are dropped. */
	#turn = 0;
	#typedStream = "";
	#saving: Saving = { phase: "editing" };

	override connectedCallback(): void {
		super.connectedCallback();
		void this.api.rooms().then((rooms) => {
			if (rooms.ok) this.#rooms = rooms.value;
			this.requestUpdate();
		});
		void this.#fetch(this.room);
	}

	override render(): TemplateResult {
		const { words, room } = this;
		const settings = this.#settings;
		return html`<section aria-labelledby="room"><h2 id="room"><span class="step">2</span>${words.room}</h2>
			<form @submit=${this.#onSubmit} @input=${this.#onInput}>
				<div class="two">
					<div>
						<div class="setting"><label for="room-id">${words.roomLabel}</label><input class="field" id="room-id" name="room" list="rooms" autocomplete="off" spellcheck="false" autocapitalize="none" maxlength="64" aria-describedby="about-room" .value=${room} @change=${this.#onRoom}><small id="about-room">${words.roomHint} <span role="status">${settings ? (this.#isNew ? words.roomIsNew : words.roomIsThere) : ""}</span></small></div>
						<datalist id="rooms">${this.#rooms.map((id) => html`<option value=${id}></option>`)}</datalist>
						${settings ? keyed(this.#turn, html`${firstKeys.map((key) => settingField(key, settings, settingWords[this.language]))}`) : nothing}
						<div class="row"><button type="button" class="button quiet" @click=${this.#takeSample}>${words.sample}</button></div>
					</div>
					<hubbub-stream-preview .words=${words} .language=${this.language} .typed=${this.#typedStream}></hubbub-stream-preview>
				</div>
				${settings && !this.#isNew ? keyed(`more ${this.#turn}`, this.#more(settings)) : nothing}
				<div class="row"><button class="button" ?disabled=${!settings || this.#saving.phase === "saving"}>${this.#saving.phase === "saving" ? words.saving : this.#isNew ? words.makeRoom : words.save}</button>
					${this.#isNew || !settings ? nothing : html`<a class="button quiet" href=${room === "lobby" ? root.href : addressOf(`rooms/${room}`)}>${words.openRoom}</a>`}
					<span role="status">${this.#outcome()}</span></div>
			</form>
		</section>`;
	}

	#more(settings: RoomSettings): TemplateResult {
		return html`<details><summary>${this.words.more}</summary><div class="inside">${otherKeys.map((key) => settingField(key, settings, settingWords[this.language]))}</div></details>`;
	}

	#outcome(): TemplateResult | typeof nothing {
		const saving = this.#saving;
		if (saving.phase === "refused") return html`<span class="bad">${saving.words}</span>`;
		return saving.phase === "saved" ? html`<span class="good">${this.words.roomSaved}</span>` : nothing;
	}

	async #fetch(room: string): Promise<void> {
		const turn = ++this.#turn;
		this.#settings = null;
		this.requestUpdate();
		const found = await this.api.room(room);
		if (turn !== this.#turn) return;
		if (!found.ok) return this.#refuse(found);
		this.#isNew = found.value === null;
		this.#show(found.value ?? newRoom(room));
		this.#save({ phase: "editing" });
	}

	#show(settings: RoomSettings): void {
		this.#turn++;
		this.#settings = settings;
		this.#typedStream = settings.streamUrl;
	}

	readonly #onRoom = (event: Event): void => {
		// What is typed here is no setting of the room that stood here before.
		event.stopPropagation();
		const room = roomIdOf((event.target as HTMLInputElement).value) || "lobby";
		(event.target as HTMLInputElement).value = room;
		if (room === this.room) return;
		this.room = room;
		this.#tell("room", room);
		void this.#fetch(room);
	};

	readonly #onInput = (event: Event): void => {
		const { name, value } = event.target as HTMLInputElement;
		if (name === "streamUrl") this.#typedStream = value.trim();
		this.#save({ phase: "editing" });
	};

	readonly #takeSample = (): void => {
		const field = this.renderRoot.querySelector<HTMLInputElement>('[name="streamUrl"]');
		if (!field) return;
		field.value = sampleAddress;
		this.#typedStream = sampleAddress;
		this.#save({ phase: "editing" });
	};

	readonly #onSubmit = async (event: SubmitEvent): Promise<void> => {
		event.preventDefault();
		const before = this.#settings;
		if (!before || this.#saving.phase === "saving") return;
		const { room } = this;
		const shown = this.#isNew ? firstKeys : settingKeys;
		const changes = changesOf(before, readSettings(event.target as HTMLFormElement, shown, before));
		if (!this.#isNew && Object.keys(changes).length === 0) return this.#save({ phase: "saved" });
		this.#save({ phase: "saving" });
		const saved = await this.api.configure(room, changes);
		if (room !== this.room) return;
		if (!saved.ok) return this.#refuse(saved);
		if (this.#isNew) this.#rooms = [...this.#rooms, room].sort();
		this.#isNew = false;
		this.#show(saved.value);
		this.#save({ phase: "saved" });
		this.#tell("room", room);
	};

	#refuse({ code, detail }: Refusal): void {
		if (code === "unauthorized" || code === "forbidden") return this.#tell("refused", null);
		const { words } = this;
		this.#save({ phase: "refused", words: code === "network" ? words.unreachable : words.notSaved(detail) });
	}

	#save(saving: Saving): void {
		this.#saving = saving;
		this.requestUpdate();
	}

	#tell(type: string, detail: string | null): void {
		this.dispatchEvent(new CustomEvent(type, { detail }));
	}
}

/** What a room begins with, as far as it is shown before it is made. */
function newRoom(room: string): RoomSettings {
	return {
		...{ title: room, streamUrl: "", write: "everyone", guests: true, slowModeSeconds: 0 },
		...{ textGraphemesMax: limits.textGraphemesMax, deliveryBudget: 0 },
	};
}

customElements.define("hubbub-setup-room", RoomSection);
