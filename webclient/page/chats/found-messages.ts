import { css, html, LitElement, nothing } from "lit";
import type { FoundMessage } from "../../index.ts";
import { addressOf } from "../../target.ts";
import "../look/avatar.ts";
import { base, buttons, rows } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import { printPlace } from "../model/places.ts";
import { whenShort } from "../words/times.ts";
import { words } from "../words/words.ts";
import { chatItemAt, chatName } from "./chat-name.ts";

/** What was said somewhere, a line each: a press opens the chat there. */
export class PhoneFoundMessages extends LitElement {
  static override properties = { phone: { attribute: false } };
  static override styles = [
    base,
    buttons,
    rows,
    css`
      .group {
        display: flex;
        align-items: center;
        gap: 8px;
        padding-top: 16px;
        padding-bottom: 4px;
      }
      .row {
        padding-right: 16px;
      }
      .row .open {
        align-items: start;
        padding-top: 10px;
        padding-bottom: 10px;
      }
      .row small {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        white-space: normal;
        overflow: hidden;
        overflow-wrap: anywhere;
      }
      mark {
        padding: 0 1px;
        border-radius: 3px;
        font-weight: 650;
        color: var(--text);
        background: var(--me-soft);
        box-shadow: inset 0 -2px var(--me);
      }
      .say {
        padding: 4px 20px 16px;
      }
      .more {
        display: grid;
        justify-items: center;
        padding: 8px 16px 16px;
      }
      .spin {
        width: 14px;
        height: 14px;
        border: 2px solid var(--line);
        border-top-color: var(--me);
        border-radius: 50%;
        animation: spin 0.8s linear infinite;
      }
      @keyframes spin {
        to {
          transform: rotate(1turn);
        }
      }
    `,
  ];

  declare phone: Phone;

  constructor() {
    super();
    new Watch(this, () => [
      this.phone.search,
      this.phone.people,
      this.phone.places,
      this.phone.preferences,
      this.phone.session?.messages,
    ]);
  }

  override render() {
    const { text, found, next, state } = this.phone.search.view();
    if (text === "") return nothing;
    const looking = state === "looking";
    return html`<h2 class="group">${words.chats.messages}${looking ? html`<span class="spin"></span>` : nothing}</h2>
      <p class="visually-hidden" role="status">
        ${looking ? words.chats.searching : words.chats.foundMessages(found.length)}
      </p>
      ${
        found.length > 0
          ? html`<ul data-testid="found-messages" aria-label=${words.chats.messages}>
              ${found.map((one) => this.#row(one))}
            </ul>`
          : nothing
      }
      ${found.length === 0 && !looking && !next ? html`<p class="say quiet">${this.#nothing(text, state)}</p>` : nothing}
      ${
        !looking && (next || state === "failed")
          ? html`<p class="more">
              <button class="button" @click=${() => this.phone.search.more()}>
                ${state === "failed" ? words.nav.tryAgain : words.chats.findOlder}
              </button>
            </p>`
          : nothing
      }`;
  }

  #nothing(text: string, state: "idle" | "failed"): string {
    return state === "failed" ? words.chats.searchFailed : words.chats.nobodySaid(text);
  }

  #row(message: FoundMessage) {
    const { of, number, at, from } = message;
    const name = chatName(this.phone, of);
    const item = chatItemAt(of, number);
    const selected = this.phone.places.view().item === item;
    const own = addressOf(from.target) === this.phone.session?.view().user;
    const who = own ? words.chats.you : "group" in of ? this.phone.nameOf(from.target) : "";
    return html`<li class="row" data-testid="found-message" data-selected=${selected || nothing}>
      <a class="open" href=${printPlace({ tab: "chats", item })} aria-current=${selected ? "true" : nothing}>
        <phone-avatar .name=${name}></phone-avatar>
        <span
          ><b>${name}</b><small dir="auto">${who ? words.chats.said(who, "") : nothing}${marked(message)}</small></span
        >
        <time datetime=${at.toISOString()}>${whenShort(at, new Date())}</time>
      </a>
    </li>`;
  }
}

/** The excerpt, with what was looked for marked. */
function marked({ excerpt, match: { start, length } }: FoundMessage) {
  if (length === 0) return excerpt;
  const end = start + length;
  return html`${excerpt.slice(0, start)}<mark>${excerpt.slice(start, end)}</mark>${excerpt.slice(end)}`;
}

customElements.define("phone-found-messages", PhoneFoundMessages);
