/**
 * The port for how many people are in rooms, over all nodes. A node tells a number a room, never a person: somebody who is on two nodes at once
 * is counted on both. Held by `contract/presence.contract.ts`.
 */
export interface Presence {
	/** So many people are in a room on this node now; 0 where the last has left. */
	announce(room: string, people: number): void;
	/** People in a room on all nodes, as far as this one has heard; 0 where there is nobody. Costs nothing to ask. */
	people(room: string): number;
}
