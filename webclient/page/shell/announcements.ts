import type { CallView } from "../../index.ts";
import type { Naming } from "../call/call-name.ts";
import { stateWord } from "../call/call-name.ts";
import { words } from "../words/words.ts";

/** What a screen reader is told about the call on the stage. No timer, no level: those change by themselves. */
export function callAnnouncement(view: CallView | undefined, named: Naming | undefined): string {
  if (!view || !named) return "";
  if (view.end) {
    const { title, text } = words.ends[view.end.reason](named.name, view.end);
    return [title, text].filter(Boolean).join(" ");
  }
  if (view.hold.remote) return words.call.heldByThem(named.name);
  return `${stateWord(view)}, ${named.name}`;
}

/** Who rings: the youngest, once. */
export const offeredAnnouncement = (named: Naming | undefined): string =>
  named ? [words.call.isCalling(named.name), named.address].filter(Boolean).join(", ") : "";
