import type * as v from "valibot";

/** An object's schema that takes no array for one: an array has all of no required fields. */
export function noArray<Schema extends v.GenericSchema>(schema: Schema): Schema {
	return {
		...schema,
		"~run"(this: Schema, dataset: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>) {
			return schema["~run"].call(this, Array.isArray(dataset.value) ? { value: undefined } : dataset, config);
		},
	};
}
