import type { Lane } from "../protocol/call-story.ts";
import { calledLeg, nameOf, type StoryFacts } from "./facts.ts";
import type { Story } from "./story.ts";

/** The columns of a ladder, and which one a leg stands in. */
export interface Lanes {
  readonly list: readonly Lane[];
  readonly gateway: number;
  readonly relay: number;
  ofLeg(leg: number): number;
  /** A leg that is a part of ours: it has no messages, so its facts are shown. */
  isOurs(leg: number): boolean;
}

/** Legs that rang beside the one that matters; more share the last column. */
const maxOthers = 3;

/** Browser, gateway, relay, telephone side; then others that rang. Without a browser the caller stands first. */
export function lanesOf(story: Story, facts: StoryFacts): Lanes {
  const { legs } = story;
  const called = calledLeg(story.entries);
  const swapped = facts.caller.channel !== "browser" && facts.callee.channel === "browser";
  const [left, right] = swapped ? [called, 0] : [0, called];
  const others = legs.flatMap((_, leg) => (leg === 0 || leg === called ? [] : [leg])).slice(0, maxOthers);
  const columns = [left, undefined, undefined, right, ...others];
  const laneOf = (leg: number): Lane => ({ name: titleOf(story, leg), detail: detailOf(story, facts, leg, called) });
  const relay = story.entries.find((entry) => entry.is === "relay");
  return {
    list: columns.map((leg, column) => {
      if (leg !== undefined) return laneOf(leg);
      return column === 1
        ? { name: "Gateway", detail: story.node }
        : { name: "Relay", detail: relay?.is === "relay" ? relay.relay : "" };
    }),
    gateway: 1,
    relay: 2,
    ofLeg: (leg) => (columns.includes(leg) ? columns.indexOf(leg) : columns.length - 1),
    isOurs: (leg) => legs[leg] !== undefined && legs[leg].wire === undefined,
  };
}

function titleOf({ legs, attempt }: Story, leg: number): string {
  const known = legs[leg];
  if (!known) return leg === 0 && attempt ? "Caller" : "Nobody";
  if (known.wire === "frames") return "Browser";
  if (known.network !== undefined) return `Trunk ${known.network}`;
  return known.wire === "sip" ? "Phone" : nameOf(known, leg).replace("the test", "Test");
}

function detailOf({ legs, from, to }: Story, facts: StoryFacts, leg: number, called: number): string {
  const party = leg === 0 ? from : leg === called ? to : (legs[leg]?.party.user ?? "");
  const address = leg === 0 ? facts.caller.address : leg === called ? facts.callee.address : undefined;
  return legs[leg]?.network !== undefined ? (address ?? "") : party || (address ?? "");
}
