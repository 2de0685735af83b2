import { html, nothing, type TemplateResult } from "lit";
import type { Conversation } from "../../index.ts";
import { icon } from "../look/icons.ts";
import type { Unsent } from "../model/chats.ts";
import type { Phone } from "../model/phone.ts";
import { problemWords } from "../words/problem-words.ts";
import { fileSize } from "../words/times.ts";
import { words } from "../words/words.ts";

/** A message that is on its way, or did not get through. Its style is in `threadStyles`. */
export function unsentLine(phone: Phone, of: Conversation, unsent: Unsent): TemplateResult {
  const { text, files } = unsent;
  return html`<div class="unsent" data-testid="unsent">
    ${files.map(({ name }) => html`<p class="text file">${icon("file", 20)}<span dir="auto">${name}</span></p>`)}
    ${text === "" ? nothing : html`<p class="text" dir="auto">${text}</p>`}
    ${unsent.failed ? failed(phone, of, unsent) : waiting(phone, of, unsent)}
  </div>`;
}

function failed(phone: Phone, of: Conversation, unsent: Unsent): TemplateResult {
  const { id, why } = unsent;
  // The gateway's own words name what it has found, such as the type of a file.
  const said =
    why?.detail === undefined ? words.chats.notSent : problemWords(why.code, why.detail, navigator.userAgent).title;
  return html`<p class="meta failed">
    ${icon("warning", 14)}<span title=${why?.message ?? nothing}>${said}</span>
    ${
      // What the gateway does not take now it takes no second time.
      why?.detail === undefined
        ? html`<button class="button bare" @click=${() => void phone.chats.send(of, unsent, id)}>
            ${words.nav.tryAgain}
          </button>`
        : nothing
    }
    <button class="button bare" @click=${() => phone.chats.drop(of, id)}>${words.chats.drop}</button>
  </p>`;
}

function waiting(phone: Phone, of: Conversation, unsent: Unsent): TemplateResult {
  return html`<p class="meta">
    ${icon("clock", 14)}<span>${words.chats.waiting}</span>${unsent.files.length > 0 ? progress(phone, of, unsent) : nothing}
  </p>`;
}

function progress(phone: Phone, of: Conversation, { id, sent, total }: Unsent): TemplateResult {
  return html`<progress aria-label=${words.chats.waiting} max=${total || 1} value=${sent}></progress>
    <span>${words.chats.sending(fileSize(sent), fileSize(total))}</span>
    <button
      class="round"
      aria-label=${words.chats.stopSending}
      title=${words.chats.stopSending}
      @click=${() => phone.chats.drop(of, id)}
    >
      ${icon("close", 18)}
    </button>`;
}
