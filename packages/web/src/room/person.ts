import type { Role, User } from "@hubbub/protocol/fields.ts";
import { css, html, nothing, svg, type TemplateResult, unsafeCSS } from "lit";
import { hueAngles, hueColor, hueOf } from "../theme/hues.ts";
import type { Words } from "../words/en.ts";

/** The one role a name wears: the first of these that the person has. Guests wear none. */
const rank = ["owner", "host", "moderator", "bot", "vip", "member"] as const satisfies readonly Role[];
type WornRole = (typeof rank)[number];

export function wornRole(user: User): WornRole | null {
	return rank.find((role) => user.roles.includes(role)) ?? null;
}

// A shape of its own for each role, so that colour is never the only difference.
const badgeShapes: Record<WornRole, ReturnType<typeof svg>> = {
	owner: svg`<path d="M2 12.5 1.2 4.3 5 7l3-4.5L11 7l3.8-2.7-.8 8.2Z"/>`,
	host: svg`<path d="m8 1.2 2 4.3 4.7.6-3.5 3.2.9 4.7L8 11.7 3.9 14l.9-4.7L1.3 6.1 6 5.5Z"/>`,
	moderator: svg`<path d="M8 1.2 14 3.3v4.4c0 3.3-2.4 5.8-6 7.1-3.6-1.3-6-3.8-6-7.1V3.3Z"/>`,
	vip: svg`<path d="M4.2 2.5h7.6l3 4.1L8 14 1.2 6.6Z"/>`,
	member: svg`<circle cx="8" cy="8" r="5.8"/>`,
	bot: svg`<path d="M8 1.2 14 4.6v6.8L8 14.8l-6-3.4V4.6Z"/>`,
};

/** The badge of a person's role, or nothing. */
export function badge(user: User, words: Words): TemplateResult | typeof nothing {
	const role = wornRole(user);
	if (!role) return nothing;
	return html`<svg class="badge ${role}" viewBox="0 0 16 16" width="14" height="14" role="img" aria-label=${words.roles[role]}><title>${words.roles[role]}</title>${badgeShapes[role]}</svg>`;
}

/** The class that gives a name its hue. */
export function hueClass(user: User): string {
	return `hue-${hueOf(user.id)}`;
}

export const personStyles = css`
	.badge { display: inline-block; vertical-align: -2px; margin-inline-end: 4px; }
	.badge.owner, .badge.host { fill: var(--hubbub-host); }
	.badge.moderator { fill: var(--hubbub-moderator); }
	.badge.vip { fill: var(--hubbub-vip); }
	.badge.member { fill: var(--hubbub-member); }
	.badge.bot { fill: var(--hubbub-bot); }
	${unsafeCSS(hueAngles.map((_, hue) => `.hue-${hue} { color: ${hueColor(hue)}; }`).join("\n"))}
`;
