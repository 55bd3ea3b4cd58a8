import { html, nothing, type TemplateResult } from "lit";
import type { Words } from "../words/en.ts";
import type { ClosedReason } from "./place.ts";

/** What a reader who is not let in can do about it. */
export interface ClosedActions {
	readonly signIn: () => void;
	readonly asGuest: () => void;
	readonly retry: () => void;
}

/** The designed state of a room that is closed to the reader. `below` is the slim form under a discussion that stays readable. */
export function closedTemplate(reason: ClosedReason, roomId: string, words: Words, actions: ClosedActions, below: boolean): TemplateResult {
	const mayGoToLobby = roomId !== "lobby" && (reason === "room_not_found" || reason === "banned" || reason === "guests_not_allowed");
	return html`<div class="closed ${below ? "below" : ""}" role="alert">
		<svg viewBox="0 0 96 72" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
			<path d="M26 62V14a6 6 0 0 1 6-6h32a6 6 0 0 1 6 6v48M16 62h64"/><path d="M26 14c10 8 14 24 13 48M70 14C60 22 56 38 57 62" opacity=".55"/><circle cx="48" cy="34" r="2.5"/><path d="M42 46h12"/>
		</svg>
		<strong>${words.closedTitles[reason]}</strong>
		<p>${words.closedWords[reason]}</p>
		<div class="actions">
			${reason === "guests_not_allowed" || reason === "unauthorized" ? html`<button class="button" @click=${actions.signIn}>${words.signIn}</button>` : nothing}
			${reason === "unauthorized" ? html`<button class="button quiet" @click=${actions.asGuest}>${words.goOnAsGuest}</button>` : nothing}
			${reason === "other" || reason === "overloaded" ? html`<button class="button" @click=${actions.retry}>${words.tryAgain}</button>` : nothing}
			${mayGoToLobby ? html`<a class="button quiet" href="/">${words.toLobby}</a>` : nothing}
		</div>
	</div>`;
}
