import { css, html, LitElement, nothing } from "lit";
import type { ConversationView, Message } from "../../index.ts";
import { addressOf } from "../../target.ts";
import "../look/avatar.ts";
import { icon } from "../look/icons.ts";
import { searchField } from "../look/search-field.ts";
import { base, buttons, fields, headings, listHead, rows } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Person } from "../model/people.ts";
import type { Phone } from "../model/phone.ts";
import { printPlace } from "../model/places.ts";
import { fitsText } from "../numbers/key-letters.ts";
import { whenShort } from "../words/times.ts";
import { words } from "../words/words.ts";
import { chatItem, chatName, isInvitation, withoutNumber, writable } from "./chat-name.ts";
import "./found-messages.ts";

/** All conversations, the one with the newest message first, and a field that finds them and everybody else. */
export class PhoneChatsList extends LitElement {
  static override properties = { phone: { attribute: false }, text: { state: true } };
  static override styles = [
    base,
    buttons,
    headings,
    listHead,
    fields,
    rows,
    css`
      .row {
        padding-right: 16px;
      }
      .side {
        display: grid;
        justify-items: end;
        gap: 4px;
      }
      .unread {
        min-width: 20px;
        padding: 0 6px;
        border-radius: var(--pill);
        font-size: 12px;
        line-height: 20px;
        font-weight: 650;
        text-align: center;
        background: var(--me);
        color: var(--on);
      }
      .boards {
        position: relative;
      }
      .boards[data-count]::after {
        content: attr(data-count);
        position: absolute;
        top: 3px;
        right: 1px;
        min-width: 18px;
        padding: 0 5px;
        border-radius: var(--pill);
        font-size: 12px;
        line-height: 18px;
        font-weight: 650;
        text-align: center;
        background: var(--stop);
        color: var(--on);
      }
      .results .group {
        padding-bottom: 4px;
      }
      .say {
        padding: 4px 20px;
      }
      .row small.typing {
        color: var(--go-text);
        font-weight: 550;
      }
      .new small {
        color: var(--text);
        font-weight: 550;
      }
    `,
  ];

  declare phone: Phone;
  declare text: string;

  constructor() {
    super();
    this.text = "";
    new Watch(this, () => [
      this.phone.people,
      this.phone.places,
      this.phone.preferences,
      this.phone.chats,
      this.phone.search,
      this.phone.boards,
      this.phone.session?.messages,
    ]);
  }

  override render() {
    const all = this.phone.session?.messages.view().conversations ?? [];
    const text = this.text.trim();
    const found = all.filter((view) => fitsText(text, [chatName(this.phone, view.of, view)], []));
    return html`<header class="head">
        <h1>${words.chats.title}</h1>
        <a
          class="round boards"
          href="#/boards"
          aria-label=${words.boards.title}
          title=${words.boards.title}
          data-count=${this.phone.boards.invitations || nothing}
          >${icon("board")}</a
        >
        <a class="round" href="#/chats/new" aria-label=${words.chats.start} title=${words.chats.start}
          >${icon("plus")}</a
        >
      </header>
      ${searchField({ label: words.chats.search, text: this.text, changed: (text) => this.#search(text) })}
      ${all.length === 0 && text === "" ? this.#empty() : this.#list(found, text)}`;
  }

  #list(found: readonly ConversationView[], text: string) {
    const people = text === "" ? [] : this.#others(text, found);
    const named = html`<ul data-testid="chats" aria-label=${text === "" ? words.chats.title : words.chats.named}>
      ${found.map((view) => this.#row(view))} ${people.map((person) => this.#person(person))}
    </ul>`;
    if (text === "") return named;
    const nobody = found.length + people.length === 0;
    // What was found in messages comes up where the eye is.
    const isSaid = this.phone.search.view().found.length > 0;
    return html`<div class="results" data-testid="results">
      ${nobody && isSaid ? nothing : html`<h2 class="group">${words.chats.named}</h2>`}
      ${nobody ? (isSaid ? nothing : html`<p class="say quiet">${words.chats.noResult(text)}</p>`) : named}
      <phone-found-messages .phone=${this.phone}></phone-found-messages>
    </div>`;
  }

  #search(text: string): void {
    this.text = text;
    this.phone.search.look(text);
  }

  #row(view: ConversationView) {
    const { of, last, unread } = view;
    const name = chatName(this.phone, of, view);
    const item = chatItem(of);
    const selected = withoutNumber(this.phone.places.view().item) === item;
    const status = "user" in of ? this.phone.people.of(of)?.status : undefined;
    return html`<li class="row ${unread > 0 ? "new" : ""}" data-testid="chat" data-selected=${selected || nothing}>
      <a class="open" href=${printPlace({ tab: "chats", item })} aria-current=${selected ? "true" : nothing}>
        <phone-avatar .name=${name} .status=${status}></phone-avatar>
        <span><b>${name}</b><small class=${this.#types(view) ? "typing" : ""}>${this.#line(view)}</small></span>
        <span class="side">
          ${last ? html`<time datetime=${last.at.toISOString()}>${whenShort(last.at, new Date())}</time>` : nothing}
          ${unread > 0 ? html`<span class="unread" aria-label=${words.chats.unread(unread)}>${unread}</span>` : nothing}
        </span>
      </a>
    </li>`;
  }

  #types({ of }: ConversationView): boolean {
    return this.phone.chats.view().typing.has(chatItem(of));
  }

  /** What is newest: an invitation, somebody who types, or the last message with its sender where that says more. */
  #line(view: ConversationView): string {
    const { of, last } = view;
    if (isInvitation(this.phone, view)) return words.chats.invited;
    if (this.#types(view)) return words.chats.typingShort;
    if (!last) return "group" in of ? words.chats.nothingYet : "";
    const text = wordsOf(last);
    const own = addressOf(last.from.target) === this.phone.session?.view().user;
    if (own) return words.chats.said(words.chats.you, text);
    return "group" in of ? words.chats.said(this.phone.nameOf(last.from.target), text) : text;
  }

  #others(text: string, found: readonly ConversationView[]): readonly Person[] {
    const known = new Set(found.map(({ of }) => chatItem(of)));
    return this.phone.people.view().people.filter((person) => {
      const target = writable(person);
      return target && !known.has(chatItem(target)) && fitsText(text, [person.name], [target.user]);
    });
  }

  #person(person: Person) {
    const target = writable(person);
    if (!target) return nothing;
    return html`<li class="row">
      <a class="open" href=${printPlace({ tab: "chats", item: chatItem(target) })}>
        <phone-avatar .name=${person.name} .status=${person.status}></phone-avatar>
        <span><b>${person.name}</b><small>${words.chats.writeTo}</small></span>
      </a>
    </li>`;
  }

  #empty() {
    return html`<div class="empty">
      <b>${words.chats.empty}</b>
      <p class="quiet">${words.chats.emptyNext}</p>
      <a class="button" href="#/chats/new">${icon("plus", 20)}${words.chats.start}</a>
    </div>`;
  }
}

/** A message in one line: its text, else its file or how many there are. */
function wordsOf({ text, attachments = [] }: Message): string {
  const [file] = attachments;
  if (text !== "" || !file) return text ?? words.chats.deleted;
  return attachments.length === 1 ? file.name : words.chats.files(attachments.length);
}

customElements.define("phone-chats-list", PhoneChatsList);
