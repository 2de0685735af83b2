import { join } from "node:path";
import { isRecord } from "../base/json.ts";
import { AddressBook } from "../directory/address-book.ts";
import { UserFiles } from "../directory/file/user-files.ts";
import { History } from "../directory/history.ts";
import type { CallRecordInfo, LineInfo, SavedContact } from "../protocol/values.ts";
import type { People } from "../session/context.ts";
import type { Sessions } from "../session/sessions.ts";
import { CallHistory } from "../session/call-history.ts";
import type { Trunks } from "../sip/trunk.ts";
import type { Switchboard } from "../switchboard/switchboard.ts";
import { printUserId, type UserId } from "../directory/user-id.ts";
import type { Frame } from "./frame.ts";

const dayMs = 86_400_000;

/** What is kept for users, in files under the state directory; calls come into the lists by themselves. */
export function buildPeople(frame: Frame, sessions: Sessions, switchboard: Switchboard): People {
  const people = openPeople(frame, sessions);
  const calls = new CallHistory(switchboard, { ...frame, ...people });
  frame.later(() => calls.settled());
  return people;
}

function openPeople({ config, clock, log, later }: Frame, sessions: Sessions): People {
  const files = <T extends object>(kind: string, key: keyof T & string) => {
    const check = (value: unknown): value is readonly T[] =>
      Array.isArray(value) && value.every((one) => isRecord(one) && typeof one[key] === "string");
    const store = new UserFiles<readonly T[]>({ folder: join(config.stateDir, "people"), kind, clock, log, check });
    later(() => store.close());
    return store;
  };
  const { entries, days } = config.history;
  return {
    history: new History(files<CallRecordInfo>("calls", "reference"), { entries, age: days * dayMs }, () =>
      clock.now(),
    ),
    book: new AddressBook(files<SavedContact>("contacts", "contactId")),
    tell: (user, event, except) => sessions.tell(user, event, except),
  };
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
