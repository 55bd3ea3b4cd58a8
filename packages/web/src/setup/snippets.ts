/** What is shown of a room in another page. */
export type EmbedKind = "chat" | "stage" | "both";

export const embedKinds: readonly EmbedKind[] = ["chat", "stage", "both"];

const sizes: Readonly<Record<EmbedKind, string>> = {
	chat: "width: 380px; height: 640px",
	stage: "width: 100%; aspect-ratio: 16 / 9",
	both: "width: 100%; height: 640px",
};

/** The line that puts a room into another page. `base` is the service's address without a slash at its end, `title` what the frame is called to those who do not see it. */
export function frameLine(base: string, room: string, kind: EmbedKind, title: string): string {
	const allow = kind === "chat" ? "" : ' allow="autoplay; fullscreen"';
	return `<iframe src="${base}/rooms/${room}?embed=${kind}"${allow}\n        title="${title}" style="${sizes[kind]}; border: 0"></iframe>`;
}

/** A page of somebody's own on the SDK, as short as it gets. */
export function sdkPage(base: string, room: string): string {
	return `<ul id="list"></ul><input id="box">
<script type="module">
  import { connect } from "${base}/sdk.js";
  const room = connect("${base}").room("${room}");
  room.on("message", ({ from, text }) => {
    list.append(Object.assign(document.createElement("li"), { textContent: \`\${from.name}: \${text}\` }));
  });
  box.onchange = () => room.say(box.value).then(() => (box.value = ""), (refused) => alert(refused.message));
</script>`;
}

/** What a moderator's token says. */
export function moderatorClaims(room: string): string {
	return `{ "sub": "mira", "name": "Mira", "roles": { "${room}": ["moderator"] }, "exp": … }`;
}

/** Prints a moderator's token, good for a day, from the secret in the environment. */
export function moderatorCommand(room: string): string {
	return `node -e '
const { createHmac } = require("node:crypto");
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const exp = Math.floor(Date.now() / 1000) + 86400;
const signed = part({ alg: "HS256", typ: "JWT" }) + "." + part({ sub: "mira", name: "Mira", roles: { "${room}": ["moderator"] }, exp });
console.log(signed + "." + createHmac("sha256", process.env.HUBBUB_JWT_SECRET).update(signed).digest("base64url"));
'`;
}

/** Makes a secret and starts the server with it. */
export const secretCommand = `openssl rand -hex 32 > jwt-secret
HUBBUB_JWT_SECRET_FILE=jwt-secret npm start`;
