import { html, type TemplateResult } from "lit";
import type { Phone } from "../model/phone.ts";
import { words } from "../words/words.ts";

/** Stands where one would write, until the user has said yes or no. Its style is in `threadStyles`. */
export function invitation(phone: Phone, group: string, name: string): TemplateResult {
  const answer = (accept: boolean) => () =>
    void phone.session?.messages
      .answerInvitation(group, accept)
      .then(() => (accept ? undefined : phone.places.replace("chats")))
      .catch((thrown: unknown) => phone.notices.tell(thrown));
  return html`<footer class="invitation">
    <p>${words.chats.invitation(name)}</p>
    <button class="button go" @click=${answer(true)}>${words.chats.join}</button>
    <button class="button" @click=${answer(false)}>${words.call.decline}</button>
  </footer>`;
}
