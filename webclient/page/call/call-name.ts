import type { CallView, Peer, Target } from "../../index.ts";
import { addressOf } from "../../target.ts";
import type { Phone } from "../model/phone.ts";
import { timer } from "../words/times.ts";
import { words } from "../words/words.ts";

export interface Naming {
  readonly name: string;
  /** Below the name: its address; when that is the name, what is known about it. */
  readonly address: string;
}

/** How the far end of a call is shown: by the own book, else as it calls itself, else by its number. */
export function naming(phone: Phone, peer: Pick<Peer, "target" | "name" | "number">): Naming {
  const address = peer.number ?? addressOf(peer.target);
  const name = phone.people.of(peer.target)?.name ?? peer.name ?? address;
  const below = name === address ? phone.about(address) : phone.numbers.group(address);
  return { name: phone.numbers.group(name), address: below };
}

export const namingOf = (phone: Phone, target: Target): Naming => naming(phone, { target });

/** One line about a call that is not over. */
export function stateLine(view: CallView, talkedMs: number): string {
  if (view.state === "connected") return timer(talkedMs);
  return stateWord(view);
}

/** Its state in words, without the time. */
export function stateWord({ state, earlyMedia }: CallView): string {
  if (state === "connected") return words.call.connected;
  if (state === "reconnecting") return words.call.reconnecting;
  if (state === "ringing") return words.call.ringing;
  return earlyMedia ? words.call.early : words.call.dialing;
}
