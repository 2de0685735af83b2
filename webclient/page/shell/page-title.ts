import { systemClock } from "../../../gateway/base/clock.ts";
import { naming } from "../call/call-name.ts";
import type { Phone } from "../model/phone.ts";
import { timer } from "../words/times.ts";
import { words } from "../words/words.ts";

/** What the tab is called: who rings, how long the call has been up, else where the user is. */
export function pageTitle(phone: Phone): string {
  const { offered, call } = phone.stage.view();
  const [caller] = offered;
  if (caller) return words.call.isCalling(naming(phone, caller.view().peer).name);
  const up = phone.stage.up() && call?.view();
  if (up) {
    const { name } = naming(phone, up.peer);
    return up.since ? `${timer(phone.stage.talkedMs())} ${name}` : `${name} – ${words.product}`;
  }
  if (phone.door.view().stage !== "signed-in") return words.product;
  return `${words.nav[phone.places.view().tab]} – ${words.product}`;
}

/** Follows what goes on, each second. */
export function keepTitle(phone: Phone): void {
  const write = (): void => {
    const title = pageTitle(phone);
    if (document.title !== title) document.title = title;
  };
  for (const store of [phone.stage, phone.door, phone.places, phone.preferences]) store.subscribe(write);
  systemClock.every(1_000, write);
  write();
}
