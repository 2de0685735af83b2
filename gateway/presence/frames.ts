import type { ServerEvent } from "../protocol/server-frame.ts";
import type { ContactInfo, Target } from "../protocol/values.ts";

/** Contacts in one frame, and about how many characters they may have together. */
export const perFrame = { contacts: 200, characters: 65_536 } as const;

export interface Difference {
  readonly joined: readonly ContactInfo[];
  readonly left: readonly Target[];
  readonly changed: readonly ContactInfo[];
}

/** Everybody of a group; a group without anybody is one frame too. */
export function snapshotFrames(group: string, contacts: readonly ContactInfo[]): readonly ServerEvent[] {
  const portions = contacts.length > 0 ? portionsOf(contacts) : [[]];
  return portions.map((portion, index) => ({
    type: "presence.snapshot",
    group,
    part: index + 1,
    parts: portions.length,
    contacts: portion,
  }));
}

/** One frame unless it would be too large. Those who left come first. */
export function differenceFrames(group: string, { joined, left, changed }: Difference): readonly ServerEvent[] {
  const entries: readonly Entry[] = [
    ...left.map((target) => ({ left: target })),
    ...joined.map((contact) => ({ joined: contact })),
    ...changed.map((contact) => ({ changed: contact })),
  ];
  return portionsOf(entries).map((portion) => ({
    type: "presence.changed",
    group,
    joined: portion.flatMap((entry) => entry.joined ?? []),
    left: portion.flatMap((entry) => entry.left ?? []),
    changed: portion.flatMap((entry) => entry.changed ?? []),
  }));
}

interface Entry {
  readonly joined?: ContactInfo;
  readonly left?: Target;
  readonly changed?: ContactInfo;
}

/** Neighbours together, as many as a frame takes. */
function portionsOf<T>(all: readonly T[]): readonly (readonly T[])[] {
  const portions: T[][] = [];
  let characters = Infinity;
  for (const one of all) {
    const size = JSON.stringify(one).length;
    const last = portions.at(-1);
    if (!last || last.length >= perFrame.contacts || characters + size > perFrame.characters) {
      portions.push([one]);
      characters = size;
    } else {
      last.push(one);
      characters += size;
    }
  }
  return portions;
}
