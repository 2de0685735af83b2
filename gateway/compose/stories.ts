import { hostname } from "node:os";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { Address } from "../call/leg.ts";
import { momentOf } from "../call/wire.ts";
import type { Config } from "../config.ts";
import { outlineOf, type SdpOutline } from "../sdp/outline.ts";
import { Stories } from "../records/stories.ts";
import { StoryFiles } from "../records/story-files.ts";
import { StoryStore } from "../records/story-store.ts";
import type { SessionParts } from "../session/session.ts";
import type { RefusedAttempt } from "../sip/attempts.ts";
import type { StateDir } from "./state-dir.ts";

/** A BYE's answer and the relay's last word come within it. */
const lingerMs = 2_000;
const megabyte = 1024 * 1024;

/** The folder of stories in a state directory. */
export const storyFolder = "calls";

/** What earlier runs have left is read before the first call: a reference is given once. */
export async function openStories(
  { records }: Pick<Config, "records">,
  dir: StateDir,
  clock: Clock,
  log: Logger,
): Promise<Stories> {
  const store = new StoryStore({
    files: new StoryFiles(dir.file(storyFolder)),
    clock,
    log,
    keepDays: records.keep,
    maxBytes: records.maxMegabytes * megabyte,
  });
  await store.load();
  return new Stories({ store, clock, node: hostname(), keepDays: records.keep, lingerMs });
}

/** An INVITE that never became a call has a short story too. */
export function tellAttempt(stories: Stories, attempt: RefusedAttempt): void {
  const { refusal, status, source, network, tape } = attempt;
  const between = { from: nameIn(attempt.from), to: nameIn(attempt.to) };
  stories.attempt(between, { refusal, status, address: source.address }, (journal) => {
    const party = { address: { sip: nameIn(attempt.from) } };
    journal.leg(0, { kind: "rtp", party, wire: "sip", ...(network !== undefined && { network }) });
    tape.listen(({ description, ...fact }, moment) => {
      const media = description && outlined(description.sdp);
      journal.note({ is: "wire", leg: 0, ...fact, ...(media && { media: { kind: "offer", ...media } }) }, moment);
    });
  });
}

export type RefusedStart = Parameters<NonNullable<SessionParts["callRefused"]>>;

/** A page that may not start a call: its token has expired, it calls too often, and the like. */
export function tellRefusedStart(stories: Stories, clock: Clock, [from, target, code, address]: RefusedStart): void {
  const between = { from: shown(from.address), to: shown(target) };
  stories.attempt(between, { refusal: "frame", status: code, address }, (journal) => {
    const wire = { is: "wire", leg: 0, protocol: "frame" } as const;
    journal.leg(0, { kind: "web", party: from, wire: "frames" });
    journal.note({ ...wire, direction: "in", type: "call.start", fields: {} }, momentOf(clock));
    journal.note({ ...wire, direction: "out", type: "refused", fields: { code } }, momentOf(clock));
  });
}

const shown = (address: Address): string =>
  "user" in address ? address.user : "tel" in address ? address.tel : address.sip;

/** `sip:bob@example.org` of a From value or a URI, without its scheme; text that is no address stays short. */
const nameIn = (value: string): string => (/sips?:([^\s;>]+)/i.exec(value)?.[1] ?? value).slice(0, 100);

function outlined(sdp: string): SdpOutline | undefined {
  try {
    return outlineOf(sdp);
  } catch {
    return undefined;
  }
}
