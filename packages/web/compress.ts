import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** Shorter files fit into the first packet either way. */
const bytesMin = 512;
/** An encoding that saves less than this share is not worth keeping. */
const savingMin = 0.1;

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);

/** The body in each encoding that makes it smaller, at the best level there is: it is done once, and sent many times. */
export async function compress(body: Uint8Array): Promise<{ readonly br?: Uint8Array; readonly gzip?: Uint8Array }> {
	if (body.length < bytesMin) return {};
	const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT, BROTLI_MAX_QUALITY, BROTLI_PARAM_MODE, BROTLI_MODE_TEXT } = constants;
	const params = {
		[BROTLI_PARAM_QUALITY]: BROTLI_MAX_QUALITY,
		[BROTLI_PARAM_SIZE_HINT]: body.length,
		[BROTLI_PARAM_MODE]: BROTLI_MODE_TEXT,
	};
	const [br, gz] = await Promise.all([brotli(body, { params }), deflate(body, { level: constants.Z_BEST_COMPRESSION })]);
	const isWorth = (encoded: Uint8Array) => encoded.length <= body.length * (1 - savingMin);
	return { ...(isWorth(br) && { br }), ...(isWorth(gz) && { gzip: gz }) };
}
