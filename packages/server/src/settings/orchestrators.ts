import { isIP } from "node:net";

/**
 * Kubernetes gives every container of a namespace variables about each Service there, and Docker about each linked container. Where that
 * one's name is `hubbub`, or begins with `hubbub-`, they begin as ours do: `HUBBUB_SERVICE_HOST=10.0.0.9`, `HUBBUB_PORT=tcp://10.0.0.9:80`.
 * They say where the Service is to be found, and set nothing. Told by name and value both, so that a mistyped setting stays a mistake.
 */
export function isOrchestrators(name: string, environment: Readonly<Record<string, string | undefined>>): boolean {
	const value = environment[name] ?? "";
	if (shapes.some(({ names, values }) => names.test(name) && values(value))) return true;
	// What Docker hands on of the linked container's own environment; `…_NAME` tells that there is a link.
	const [, link] = /^(HUBBUB(?:_[A-Z0-9_]+?)?)_ENV_/.exec(name) ?? [];
	return link !== undefined && isLinkName(environment[`${link}_NAME`] ?? "");
}

const isAddress = (value: string) => isIP(value) !== 0;
const isPort = (value: string) => /^\d{1,5}$/.test(value);
const isEndpoint = (value: string) => /^(?:tcp|udp|sctp):\/\/\S+:\d{1,5}$/i.test(value);
const isProtocol = (value: string) => /^(?:tcp|udp|sctp)$/i.test(value);
const isLinkName = (value: string) => /^\/[^/]+\/[^/]+$/.test(value);

const shapes: readonly { readonly names: RegExp; readonly values: (value: string) => boolean }[] = [
	{ names: /^HUBBUB_(?:\w+_)?SERVICE_HOST$/, values: isAddress },
	{ names: /^HUBBUB_(?:\w+_)?SERVICE_PORT(?:_\w+)?$/, values: isPort },
	{ names: /^HUBBUB_(?:\w+_)?PORT$/, values: isEndpoint },
	{ names: /^HUBBUB_(?:\w+_)?PORT_\d+_(?:TCP|UDP|SCTP)(?:_START|_END)?$/, values: isEndpoint },
	{ names: /^HUBBUB_(?:\w+_)?PORT_\d+_(?:TCP|UDP|SCTP)_PROTO$/, values: isProtocol },
	{ names: /^HUBBUB_(?:\w+_)?PORT_\d+_(?:TCP|UDP|SCTP)_PORT(?:_START|_END)?$/, values: isPort },
	{ names: /^HUBBUB_(?:\w+_)?PORT_\d+_(?:TCP|UDP|SCTP)_ADDR$/, values: isAddress },
	{ names: /^HUBBUB_(?:\w+_)?NAME$/, values: isLinkName },
];
