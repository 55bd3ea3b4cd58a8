/** What a reader may choose about danmaku, and how it is kept. */
export interface DanmakuChoices {
	readonly on: boolean;
	/** Share of the stage's height, from the top: 0.25, 0.5, 0.75 or 1. */
	readonly area: number;
	/** 0.2 to 1. */
	readonly opacity: number;
	/** Factor on the usual speed, 0.5 to 2. */
	readonly speed: number;
	/** Factor on the usual size, 0.6 to 1.6. */
	readonly size: number;
	/** Lines on the stage at once, 10 to 150. */
	readonly onScreenMax: number;
}

export const areas = [0.25, 0.5, 0.75, 1] as const;

export const ranges = {
	opacity: { min: 0.2, max: 1, step: 0.05 },
	speed: { min: 0.5, max: 2, step: 0.1 },
	size: { min: 0.6, max: 1.6, step: 0.1 },
	onScreenMax: { min: 10, max: 150, step: 10 },
} as const satisfies Partial<Record<keyof DanmakuChoices, { min: number; max: number; step: number }>>;

/** How it is at first. Where the system asks for less motion, nothing flies until the reader wants it to. */
export function usualChoices(reducedMotion: boolean): DanmakuChoices {
	return { on: !reducedMotion, area: 0.75, opacity: 0.9, speed: 1, size: 1, onScreenMax: 60 };
}

/** Reads kept choices; whatever is missing, of the wrong type or out of range comes from `usual`. Never throws. */
export function parseChoices(kept: string | null, usual: DanmakuChoices): DanmakuChoices {
	let raw: Record<string, unknown>;
	try {
		const parsed: unknown = JSON.parse(kept ?? "{}");
		raw = typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
	} catch {
		raw = {};
	}
	const within = (key: keyof typeof ranges): number => {
		const value = raw[key];
		const { min, max } = ranges[key];
		return typeof value === "number" && value >= min && value <= max ? value : usual[key];
	};
	return {
		on: typeof raw.on === "boolean" ? raw.on : usual.on,
		area: areas.find((area) => area === raw.area) ?? usual.area,
		opacity: within("opacity"),
		speed: within("speed"),
		size: within("size"),
		onScreenMax: Math.round(within("onScreenMax")),
	};
}
