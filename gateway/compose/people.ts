import type { LineInfo } from "../protocol/values.ts";
import type { People } from "../session/context.ts";
import type { Sessions } from "../session/sessions.ts";
import { CallHistory } from "../session/call-history.ts";
import type { Trunks } from "../sip/trunk.ts";
import type { Switchboard } from "../switchboard/switchboard.ts";
import { printUserId, type UserId } from "../directory/user-id.ts";
import type { Frame } from "./frame.ts";
import { openPeople } from "./stores.ts";

/** What is kept for users; calls come into the lists by themselves. */
export function buildPeople(frame: Frame, sessions: Sessions, switchboard: Switchboard): People {
  const people = { ...openPeople(frame), tell: sessions.tell.bind(sessions) };
  const calls = new CallHistory(switchboard, { ...frame, ...people });
  frame.later(() => calls.settled());
  return people;
}

/** Whether the telephone side can reach the user, and what carries the user's own calls to it. */
export async function lineOf(
  { registrations }: Frame,
  trunks: Trunks,
  up: { readonly sip: boolean; readonly media: boolean },
  user: UserId,
): Promise<LineInfo> {
  const bindings = await registrations.list(user);
  const trunk = trunks.forDomain(user.domain);
  return {
    address: printUserId(user),
    phones: bindings.map(({ contact, transport, expiresAt }) => ({ contact, transport, expiresAt })),
    trunks: trunk ? [trunk.name] : [],
    missing: (["sip", "media"] as const).filter((part) => !up[part]),
  };
}
