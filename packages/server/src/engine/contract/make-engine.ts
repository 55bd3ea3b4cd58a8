import type { Engine } from "../engine.ts";

/** How a suite gets a fresh, empty engine, and how it is cleared away. */
export type MakeEngine = () => Promise<{ engine: Engine; dispose(): Promise<void> }>;
