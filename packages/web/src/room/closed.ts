import type { ClosedReason } from "@hubbub/room-model/place.ts";
import type { ShutReason } from "@hubbub/room-model/writing.ts";
import { html, nothing, type TemplateResult } from "lit";
import { root } from "../root.ts";
import type { Words } from "../words/en.ts";

/** What a reader who is not let in can do about it. */
export interface ClosedActions {
	readonly signIn: () => void;
	readonly asGuest: () => void;
	readonly retry: () => void;
}

/** The designed state of a room that is closed to the reader, where there is nothing to read. */
export function closedTemplate(reason: ClosedReason, roomId: string, words: Words, actions: ClosedActions): TemplateResult {
	return html`<div class="closed" role="alert">
		<svg viewBox="0 0 96 72" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
			<path d="M26 62V14a6 6 0 0 1 6-6h32a6 6 0 0 1 6 6v48M16 62h64"/><path d="M26 14c10 8 14 24 13 48M70 14C60 22 56 38 57 62" opacity=".55"/><circle cx="48" cy="34" r="2.5"/><path d="M42 46h12"/>
		</svg>
		<strong>${words.closedTitles[reason]}</strong>
		<p>${words.closedWords[reason]}</p>
		${closedActions(reason, roomId, words, actions)}
	</div>`;
}

/** What can be done about it, as buttons. */
export function closedActions(reason: ShutReason, roomId: string, words: Words, actions: ClosedActions): TemplateResult | typeof nothing {
	const maySignIn = reason === "guests_not_allowed" || reason === "unauthorized" || reason === "members-only";
	const mayGoToLobby = roomId !== "lobby" && (reason === "room_not_found" || reason === "banned" || reason === "guests_not_allowed");
	const mayRetry = reason === "other" || reason === "overloaded";
	if (!maySignIn && !mayGoToLobby && !mayRetry) return nothing;
	return html`<div class="actions">
		${maySignIn ? html`<button class="button" @click=${actions.signIn}>${words.signIn}</button>` : nothing}
		${reason === "unauthorized" ? html`<button class="button quiet" @click=${actions.asGuest}>${words.goOnAsGuest}</button>` : nothing}
		${mayRetry ? html`<button class="button" @click=${actions.retry}>${words.tryAgain}</button>` : nothing}
		${mayGoToLobby ? html`<a class="button quiet" href=${root}>${words.toLobby}</a>` : nothing}
	</div>`;
}
