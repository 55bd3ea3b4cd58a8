/**
 * A name (an id, an author, a key) as a column of PostgreSQL can hold it: no NUL, no half of a pair of surrogates. What every name looks like
 * that people and programs use stays as it is.
 */
export function stored(name: string): string {
	const wellFormed = name.toWellFormed();
	return /[\\\0]/.test(wellFormed) ? wellFormed.replaceAll("\\", "\\\\").replaceAll("\0", "\\0") : wellFormed;
}

/** The name that `stored` was given. */
export function given(column: string): string {
	return column.includes("\\") ? column.replace(/\\([\\0])/g, (_, sign) => (sign === "0" ? "\0" : "\\")) : column;
}

/** Texts as one parameter for `$1::text[]`. */
export function texts(values: readonly (string | null)[]): string {
	return `{${values.map((value) => (value === null ? "NULL" : `"${value.replace(/["\\]/g, "\\$&")}"`)).join(",")}}`;
}

/** Numbers as one parameter for `$1::bigint[]` and the like. */
export function numbers(values: readonly (number | null)[]): string {
	return `{${values.map((value) => value ?? "NULL").join(",")}}`;
}
