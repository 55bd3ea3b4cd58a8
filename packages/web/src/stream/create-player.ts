import { browserClock } from "../clock.ts";
import { browserNetwork } from "./diagnosis.ts";
import { lookFrom, measureByVideo } from "./lookout.ts";
import { Player } from "./player.ts";
import { VideoScreen } from "./video-screen.ts";

/**
 * A player for a `<video>` of the page. `changed` is called with every change of its `state`; where that is `broken`, `problem` says why.
 *
 *     const player = createPlayer(video, () => console.log(player.state));
 *     player.load("https://example.com/live.m3u8");
 *     // … player.end();
 */
export function createPlayer(video: HTMLVideoElement, changed: () => void): Player {
	return new Player({
		screen: new VideoScreen(video, browserNetwork),
		look: lookFrom(browserNetwork, measureByVideo),
		clock: browserClock,
		isOnline: browserNetwork.isOnline,
		chance: Math.random,
		changed,
	});
}
