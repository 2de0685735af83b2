import type { SideFacts, StoryFacts } from "../facts.ts";

export const count = (value: number | undefined): string => (value ?? 0).toLocaleString("en").replaceAll(",", " ");
export const seconds = (ms: number): string => `${Math.max(1, Math.round(ms / 1000))} s`;
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
export const place = ({ media }: SideFacts): string => (media ? `${media.address}:${media.port}` : "its address");
export const said = ({ final }: StoryFacts): string => (final ? `${final.status} ${final.phrase}`.trim() : "nothing");
export const who = (facts: StoryFacts): string => facts.callee.name;
export const codecsOf = (side: SideFacts): string => side.media?.codecs.join(", ") || "none that we know";

/** Who ended the call; of a call that the gateway ended, the caller. */
export const endedSide = ({ end, caller, callee }: StoryFacts): SideFacts => (end?.by === "callee" ? callee : caller);
