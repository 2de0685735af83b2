import { ContactGroups } from "../../webclient/contact-groups.ts";
import type { Contact } from "../../webclient/index.ts";
import type { ServerFrame } from "../../gateway/protocol/server-frame.ts";

/** Whom a page sees after these frames, as the library puts snapshots and differences together. */
export function seenIn(frames: readonly ServerFrame[]): readonly Contact[] {
  const groups = new ContactGroups();
  for (const frame of frames) {
    if (frame.type === "presence.snapshot") groups.snapshot(frame.group, frame.part, frame.parts, frame.contacts);
    if (frame.type === "presence.changed") groups.change(frame.group, [...frame.joined, ...frame.changed], frame.left);
  }
  return groups.contacts;
}

/** `name status` of each, sorted; the names without their domain. */
export const namesAndStatus = (contacts: readonly Contact[]): string[] =>
  contacts
    .map(({ target, status }) => `${"user" in target ? (target.user.split("@")[0] ?? "") : "?"} ${status}`)
    .sort();
