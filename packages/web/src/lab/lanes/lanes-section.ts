import { html, LitElement, nothing, type SVGTemplateResult, svg, type TemplateResult } from "lit";
import { browserClock } from "../../clock.ts";
import { addressOf, root } from "../../root.ts";
import { controls } from "../../theme/controls.ts";
import type { LabWords } from "../words/lab-en.ts";
import { fewBytes, fewMilliseconds, type LabLanguage, wholeNumber } from "../words/lab-words.ts";
import { totalBytes } from "./book.ts";
import type { BrowserFacts } from "./bytes.ts";
import { Experiment, type Lane, ratePerSecondMax } from "./experiment.ts";
import { eventStreamDriver, longPollDriver, shortPollDriver } from "./http-drivers.ts";
import { lanesStyles } from "./lanes-styles.ts";
import { Speakers } from "./speakers.ts";
import { axisView, pixelsPerMs, stripView } from "./strip-view.ts";
import { webSocketDriver } from "./websocket-driver.ts";

/** Least time between two drawings, in milliseconds: forty messages a second need not be forty drawings. */
const drawMs = 80;

/** The same room over four transports, drawn on one axis of time. */
export class LanesSection extends LitElement {
	static override readonly properties = { words: { attribute: false }, language: { attribute: false }, room: { type: String } };
	static override readonly styles = [controls, lanesStyles];
	declare words: LabWords;
	declare language: LabLanguage;
	declare room: string;
	readonly #originMs = browserClock.monotonic();
	#experiment: Experiment | null = null;
	#text = "";
	#widthPx = 0;
	#moving = 0;
	#drawing = false;
	readonly #sizes = new ResizeObserver(() => this.#measure());
	readonly #calm = matchMedia("(prefers-reduced-motion: reduce)");

	override connectedCallback(): void {
		super.connectedCallback();
		this.#experiment = this.#newExperiment();
		void this.#experiment.start();
		document.addEventListener("visibilitychange", this.#onVisibility);
		this.#move(0);
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		this.#experiment?.stop();
		document.removeEventListener("visibilitychange", this.#onVisibility);
		cancelAnimationFrame(this.#moving);
		this.#sizes.disconnect();
	}

	override updated(): void {
		const run = this.renderRoot.querySelector(".lane .run");
		if (run) this.#sizes.observe(run);
		this.#place(browserClock.monotonic());
	}

	override render(): TemplateResult | typeof nothing {
		const experiment = this.#experiment;
		if (!experiment) return nothing;
		const { lanes } = this.words;
		return html`
			${this.#talk(experiment)}
			${
				experiment.state.is === "running"
					? html`<div class="lanes panel">
							${experiment.lanes.map((lane) => this.#lane(lane, experiment))}
							<div class="lane time"><div class="who"></div><div class="run">${axisView(this.#widthPx, lanes)}</div></div>
							${this.#legend()}
						</div>
						<p class="estimate">${lanes.estimate} ${lanes.notVisible}</p>`
					: html`<div class="lanes panel starting">${
							experiment.state.is === "starting"
								? html`<p role="status">${lanes.starting}</p>`
								: html`<p role="alert">${lanes.refusedRoom(experiment.state.code)}</p><button class="button" @click=${() => void experiment.start()}>${lanes.again}</button>`
						}</div>`
			}
		`;
	}

	#talk(experiment: Experiment): TemplateResult {
		const { lanes } = this.words;
		const isRunning = experiment.state.is === "running";
		return html`<div class="talk panel">
			<form class="say" @submit=${this.#say}>
				<input class="field" aria-label=${lanes.say} placeholder=${lanes.sayPlaceholder} maxlength="200" autocomplete="off" .value=${this.#text} @input=${this.#typed}>
				<button class="button" ?disabled=${!isRunning || this.#text.trim() === ""}>${lanes.sayButton}</button>
				<button type="button" class="button quiet ten" ?disabled=${!isRunning} @click=${() => experiment.sayTen()}>${lanes.sayTen}</button>
			</form>
			<label class="crowd"><span>${lanes.crowd}</span><input type="range" min="0" max=${ratePerSecondMax} step="1" .value=${String(experiment.ratePerSecond)} ?disabled=${!isRunning} @input=${this.#rate}><output>${lanes.perSecond(experiment.ratePerSecond)}</output></label>
			<p class="said" role="status">${lanes.said(experiment.said)}</p>
			<button class="tool reset" title=${lanes.reset} @click=${() => experiment.reset()}>${lanes.reset}</button>
			${experiment.lastRefusal === null ? nothing : html`<p class="refused" role="alert">${lanes.refused(experiment.lastRefusal)}</p>`}
		</div>`;
	}

	#lane(lane: Lane, experiment: Experiment): TemplateResult {
		const { lanes } = this.words;
		const { name, book, running } = lane;
		const called = lanes.names[name];
		const isCut = running === null;
		return html`<section class="lane is-${isCut ? "cut" : book.state.is}" data-lane=${name} aria-label=${called}>
			<div class="who">
				<h3>${called}</h3>
				<p>${lanes.how[name]}</p>
				<div class="doing"><button class="toggle" aria-pressed=${isCut} aria-label=${isCut ? lanes.mendTitle(called) : lanes.cutTitle(called)} @click=${() => experiment.toggle(name)}>${isCut ? lanes.mend : lanes.cut}</button><span class="latest" title=${lanes.latest}>${book.state.is === "failed" && !isCut ? html`<span class="failed">${lanes.states.failed(book.state.why)}</span>` : book.latest}</span></div>
			</div>
			<div class="run">${stripView(book, experiment.saidMs, this.#originMs, browserClock.monotonic(), lanes.strip(called))}${this.#notes(lane)}</div>
			${this.#counts(lane)}
		</section>`;
	}

	#counts({ book }: Lane): TemplateResult {
		const { counts, medianDelayMs } = book;
		const { lanes } = this.words;
		const { up, down } = totalBytes(counts);
		const few = (bytes: number) => fewBytes(this.language, bytes);
		const count = (n: number) => wholeNumber(this.language, n);
		const delay = medianDelayMs === null ? lanes.noDelay : fewMilliseconds(this.language, medianDelayMs);
		const perMessage = counts.seen === 0 ? lanes.noDelay : few((up + down) / counts.seen);
		const entry = (name: keyof typeof lanes.counts, value: string, title = "", tone = "") =>
			html`<div class="${name} ${tone}" title=${title || nothing}><dt>${lanes.counts[name]}</dt><dd>${value}</dd></div>`;
		return html`<dl class="counts">
			${entry("requests", count(counts.requests))}
			${entry("up", few(up), lanes.headsOf(few(counts.upBytes), few(counts.headUpBytes)))}
			${entry("down", few(down), lanes.headsOf(few(counts.downBytes), few(counts.headDownBytes)))}
			${entry("perMessage", perMessage, lanes.perMessageTitle)}
			${entry("delay", delay, lanes.delayTitle)}
			${entry("seen", count(counts.seen))}
			${entry("missed", count(counts.missed), "", counts.missed > 0 ? "bad" : "fine")}
			${entry("doubled", count(counts.doubled), "", counts.doubled > 0 ? "bad" : "fine")}
		</dl>`;
	}

	#notes({ book }: Lane): TemplateResult {
		const { lanes } = this.words;
		const { madeUp, omitted } = book.counts;
		const notes = [madeUp > 0 ? lanes.madeUp(madeUp) : "", omitted > 0 ? lanes.omitted(omitted) : ""].filter((note) => note !== "");
		return html`<p class="notes">${notes.join(" · ")}</p>`;
	}

	#legend(): TemplateResult {
		const { legend } = this.words.lanes;
		const shapes: Record<keyof typeof legend, SVGTemplateResult> = {
			request: svg`<rect class="bar open" x="1" y="4" width="24" height="8" rx="2"/><rect class="start" x="1" y="2" width="2" height="12"/>`,
			news: svg`<rect class="bar news answered" x="8" y="3" width="10" height="10" rx="2"/>`,
			nothing: svg`<rect class="bar answered" x="8" y="3" width="10" height="10" rx="2"/>`,
			dot: svg`<circle class="dot" cx="13" cy="8" r="4"/>`,
			madeUp: svg`<circle class="dot made-up" cx="13" cy="8" r="4"/>`,
			said: svg`<line class="said" x1="13" x2="13" y1="0" y2="16"/>`,
			cut: svg`<rect class="gap" x="1" y="3" width="24" height="10"/>`,
		};
		return html`<ul class="legend">${(Object.keys(shapes) as (keyof typeof shapes)[]).map((name) => html`<li><svg class="strip" aria-hidden="true">${shapes[name]}</svg>${legend[name]}</li>`)}</ul>`;
	}

	#newExperiment(): Experiment {
		const facts: BrowserFacts = {
			host: location.host,
			origin: location.origin,
			root: root.pathname,
			userAgent: navigator.userAgent,
			languages: navigator.languages,
		};
		const ask = (path: string, init: RequestInit) => fetch(addressOf(path), init);
		const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(18)), (byte) => (byte % 36).toString(36)).join("");
		const { room } = this;
		return new Experiment({
			room,
			clock: browserClock,
			random: Math.random,
			fetch: ask,
			drivers: {
				websocket: webSocketDriver(facts),
				"event-stream": eventStreamDriver(facts),
				"long-poll": longPollDriver(facts),
				"short-poll": shortPollDriver(facts),
			},
			speakers: new Speakers({ room, names: this.words.lanes.speakers, clock: browserClock, fetch: ask, newKey }),
			phrases: () => this.words.lanes.phrases,
			changed: () => this.#draw(),
		});
	}

	#draw(): void {
		if (this.#drawing) return;
		this.#drawing = true;
		browserClock.after(drawMs, () => {
			this.#drawing = false;
			this.requestUpdate();
		});
	}

	#measure(): void {
		const run = this.renderRoot.querySelector<HTMLElement>(".lane .run");
		const widthPx = run?.clientWidth ?? 0;
		if (widthPx === this.#widthPx) return;
		this.#widthPx = widthPx;
		this.requestUpdate();
	}

	/** Moves time along: smoothly, or once a second for who wants no motion. */
	#move(lastMs: number): void {
		this.#moving = requestAnimationFrame(() => {
			const nowMs = browserClock.monotonic();
			const isDue = !this.#calm.matches || nowMs - lastMs >= 1_000;
			if (isDue) this.#place(nowMs);
			this.#move(isDue ? nowMs : lastMs);
		});
	}

	#place(nowMs: number): void {
		const x = this.#widthPx - (nowMs - this.#originMs) * pixelsPerMs;
		for (const group of this.renderRoot.querySelectorAll(".moving")) group.setAttribute("transform", `translate(${x} 0)`);
	}

	readonly #onVisibility = (): void => {
		if (document.hidden) this.#experiment?.setRate(0);
	};
	readonly #typed = (event: Event): void => {
		this.#text = (event.target as HTMLInputElement).value;
		this.requestUpdate();
	};
	readonly #rate = (event: Event): void => this.#experiment?.setRate(Number((event.target as HTMLInputElement).value));

	/** What is refused stays in the box. */
	readonly #say = async (event: Event): Promise<void> => {
		event.preventDefault();
		const text = this.#text.trim();
		if (text === "") return;
		const said = await this.#experiment?.say(text);
		if (said?.ok && this.#text.trim() === text) this.#text = "";
		this.requestUpdate();
	};
}

customElements.define("hubbub-lanes", LanesSection);
