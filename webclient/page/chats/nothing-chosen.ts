import { html, nothing, type TemplateResult } from "lit";
import { icon } from "../look/icons.ts";
import type { Phone } from "../model/phone.ts";
import { words } from "../words/words.ts";

/** The stage beside the list; `item`: what the address bar names that is no conversation. Its style is in `threadStyles`. */
export function nothingChosen(phone: Phone, item: string): TemplateResult {
  const hasAny = (phone.session?.messages.view().conversations.length ?? 0) > 0;
  const said = item ? words.chats.unknown(item) : hasAny ? words.chats.choose : words.chats.empty;
  return html`<div class="nobody">
    ${icon("chat", 40)}
    <p>${said}</p>
    ${item || hasAny ? html`<a class="button" href="#/chats/new">${icon("plus", 20)}${words.chats.start}</a>` : nothing}
  </div>`;
}
