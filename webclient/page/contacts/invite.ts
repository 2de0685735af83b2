import type { Phone } from "../model/phone.ts";
import { words } from "../words/words.ts";

/** Hands the address of this page to another program, or puts it on the clipboard. */
export async function invite(phone: Phone): Promise<void> {
  const url = new URL(".", location.href).href;
  const shared = { title: words.product, text: words.contacts.inviteText, url };
  if (navigator.canShare?.(shared)) {
    await navigator.share(shared).catch(() => {});
    return;
  }
  await navigator.clipboard?.writeText(url).catch(() => {});
  phone.notices.say(`${words.contacts.linkCopied}: ${url}`);
}
