import type { ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";

interface Operation {
	readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: object }>> }>>;
}
type Description = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

/** What a request may be told before it comes to its route: of pages elsewhere, and of a server on its way out. */
const beforeTheRoutes = new Set(["origin_not_allowed", "frame_too_large", "bad_frame", "not_found"]);

/** Checks answers against a server's own `/openapi.json`. Addresses that stand in none are let pass, as are pages and events. */
export class Described {
	readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
	readonly #checks = new Map<object, ValidateFunction>();
	readonly #routes: readonly { readonly pattern: RegExp; readonly operations: Readonly<Record<string, Operation>> }[];

	constructor({ paths }: Description) {
		this.#routes = Object.entries(paths).map(([path, operations]) => ({
			pattern: new RegExp(`^${path.replaceAll(/[.]/g, "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`),
			operations,
		}));
	}

	/** Throws where an answer's status or body is not as described. Reads a copy of it. */
	async check(method: string, pathname: string, answer: Response): Promise<void> {
		const operation = this.#routes.find(({ pattern }) => pattern.test(pathname))?.operations[method.toLowerCase()];
		if (!operation) return;
		const where = `${method} ${pathname} ${answer.status}`;
		const type = answer.headers.get("content-type") ?? "";
		const body = type.includes("json") ? ((await answer.clone().json()) as { code?: string }) : null;
		if (type === "application/problem+json" && beforeTheRoutes.has(body?.code ?? "")) return;
		const described = operation.responses[answer.status];
		if (!described) throw new Error(`${where} is not described: ${JSON.stringify(body)}`);
		const schema = described.content?.[type]?.schema;
		if (!schema) {
			if (body !== null) throw new Error(`${where} has a body that is not described: ${JSON.stringify(body)}`);
			return;
		}
		const check = this.#checks.get(schema) ?? this.#ajv.compile(schema);
		this.#checks.set(schema, check);
		if (!check(body)) throw new Error(`${where} is not as described: ${this.#ajv.errorsText(check.errors)} in ${JSON.stringify(body)}`);
	}
}
