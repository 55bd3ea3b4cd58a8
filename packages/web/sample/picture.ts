/** The picture and the sound of the sample stream, computed: an evening on a stage, seen from among the crowd, with somebody about to say something. */

export const picture = { width: 960, height: 540, framesPerSecond: 20, seconds: 10 } as const;
export const sound = { samplesPerSecond: 48_000 } as const;

const { framesPerSecond, seconds } = picture;
/** Shapes are measured on a sheet of this size, whatever the picture's. */
const width = 640;
const height = 360;
const dotsPerUnit = picture.width / width;

type Colour = readonly [red: number, green: number, blue: number];
const wall: Colour = [52, 30, 28];
const glow: Colour = [170, 118, 66];
const cloth: Colour = [176, 54, 40];
const paper: Colour = [250, 243, 232];
const accent: Colour = [226, 84, 48];
const farHeads: Colour = [42, 29, 27];
const nearHeads: Colour = [22, 15, 14];

/** A frame as 8-bit RGB, rows from top to bottom. Whatever moves is back where it began after `seconds`, so that the film has no seam. */
export function frame(index: number): Uint8Array<ArrayBuffer> {
	const pixels = new Uint8Array(picture.width * picture.height * 3);
	const shapes = shapesAt(index / (framesPerSecond * seconds));
	for (let row = 0, at = 0; row < picture.height; row++)
		for (let column = 0; column < picture.width; column++) {
			const [x, y] = [column / dotsPerUnit, row / dotsPerUnit];
			const colour = shapes.reduce<Colour>((below, { colour, cover }) => mix(below, colour, cover(x, y)), wall);
			for (const share of colour) pixels[at++] = share;
		}
	return pixels;
}

/** Samples from -1 to 1: four notes that fit whole numbers of waves into the ten seconds, each swelling in a time of its own. */
export function samples(): Float32Array<ArrayBuffer> {
	const notes = [220, 277.2, 329.6, 440];
	return Float32Array.from({ length: sound.samplesPerSecond * seconds }, (_, index) => {
		const at = index / sound.samplesPerSecond;
		const swell = (voice: number) => 1 + Math.sin((2 * Math.PI * at * (voice + 1)) / seconds - voice);
		return notes.reduce((sum, hertz, voice) => sum + 0.05 * swell(voice) * Math.sin(2 * Math.PI * hertz * at), 0);
	});
}

/** Something painted over what is below it: how much of it covers each dot, 0 to 1. */
interface Shape {
	readonly colour: Colour;
	readonly cover: (x: number, y: number) => number;
}

/** From back to front. `part` is how much of the film has passed, 0 to 1. */
function shapesAt(part: number): readonly Shape[] {
	/** An angle that comes round `times` times in the film. */
	const turn = (times: number) => 2 * Math.PI * part * times;
	const middle = width / 2;
	const lights = [
		{ x: middle + 150 * Math.sin(turn(1)), strength: 0.75 },
		{ x: middle - 110 * Math.sin(turn(2)), strength: 0.55 },
	];
	const bubbleY = 132 + 5 * Math.sin(turn(2));
	const dots = [0, 1, 2].map((index) => ({
		x: middle + (index - 1) * 40,
		y: bubbleY - 8 * Math.max(0, Math.sin(turn(8) - index * 0.9)),
	}));
	return [
		{
			colour: glow,
			cover: (x, y) =>
				lights.reduce((sum, light) => sum + light.strength * Math.exp(-(((x - light.x) / (70 + y * 0.28)) ** 2)), 0) *
				(0.2 + (0.8 * y) / height),
		},
		{
			colour: cloth,
			cover: (x, y) => {
				const folds = 0.5 + 0.5 * Math.cos(x / 7.5 + 0.8 * Math.sin(turn(1) + y / 90));
				return clip((Math.abs(x - middle) - width * 0.36 - 50 * ((y - 210) / height) ** 2) / 10) * (0.35 + 0.65 * folds);
			},
		},
		{
			colour: paper,
			cover: (x, y) =>
				Math.max(ellipse(x - middle, y - bubbleY, 96, 60), ellipse(x - middle + 58 - (y - bubbleY - 44) * 0.55, y - bubbleY - 54, 18, 26)),
		},
		...dots.map((dot): Shape => ({ colour: accent, cover: (x, y) => ellipse(x - dot.x, y - dot.y, 11, 11) })),
		{ colour: farHeads, cover: crowd({ spacing: 58, radius: 16, top: height - 52, nod: turn(4) }) },
		{ colour: nearHeads, cover: crowd({ spacing: 92, radius: 26, top: height - 26, nod: turn(3) }) },
		{ colour: accent, cover: (x, y) => (y < 4 && x < width * part ? 1 : 0) },
	];
}

/** A row of heads and shoulders, each nodding in its own time. */
function crowd(row: { spacing: number; radius: number; top: number; nod: number }): Shape["cover"] {
	const { spacing, radius, top, nod } = row;
	return (x, y) => {
		if (y < top - 2 * radius) return 0;
		const seat = Math.floor(x / spacing);
		const middleX = (seat + 0.5) * spacing;
		const middleY = top + 4 * Math.sin(nod + seat * 2.4) + 5 * Math.sin(seat * 5.1);
		return Math.max(
			ellipse(x - middleX, y - middleY, radius, radius * 1.12),
			ellipse(x - middleX, y - middleY - radius * 2.4, radius * 1.7, radius * 1.6),
		);
	};
}

/** 1 inside, 0 outside, with an edge of about one dot. */
function ellipse(x: number, y: number, radiusX: number, radiusY: number): number {
	return clip((1 - Math.hypot(x / radiusX, y / radiusY)) * Math.min(radiusX, radiusY) * dotsPerUnit + 0.5);
}

function mix(below: Colour, above: Colour, cover: number): Colour {
	const share = clip(cover);
	if (share === 0) return below;
	return [0, 1, 2].map((index) => (below[index] as number) * (1 - share) + (above[index] as number) * share) as unknown as Colour;
}

function clip(value: number): number {
	return Math.min(1, Math.max(0, value));
}
