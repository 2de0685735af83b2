import { css, html, LitElement, nothing } from "lit";
import { addressOf } from "../../target.ts";
import { boardName } from "../boards/board-name.ts";
import { chatItem, writable } from "../chats/chat-name.ts";
import { icon } from "../look/icons.ts";
import { base, buttons, chips, headings, pane } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Line, Person } from "../model/people.ts";
import type { Phone } from "../model/phone.ts";
import { printPlace } from "../model/places.ts";
import "../recents/record-lines.ts";
import { words } from "../words/words.ts";
import "./contact-form.ts";
import "./person-card.ts";

const shownCalls = 10;

/** One contact: who it is, how to reach it, the calls with it. */
export class PhoneContactView extends LitElement {
  static override properties = { phone: { attribute: false }, item: {}, editing: { state: true } };
  static override styles = [
    base,
    buttons,
    chips,
    headings,
    pane,
    css`
      .lines li {
        display: flex;
        align-items: center;
        gap: 12px;
        min-height: 60px;
      }
      .lines span {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .lines small {
        display: block;
        font-size: 13px;
        line-height: 18px;
        color: var(--muted);
      }
      .chips {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin-top: 8px;
      }
      .nobody {
        height: 60dvh;
        display: grid;
        place-content: center;
        justify-items: center;
        gap: 12px;
        color: var(--muted);
      }
    `,
  ];

  declare phone: Phone;
  /** A person's id, `new`, or `new:` with a target as JSON. */
  declare item: string;
  declare editing: boolean;

  constructor() {
    super();
    this.editing = false;
    new Watch(this, () => [this.phone.people, this.phone.numbers, this.phone.session?.calls]);
  }

  override render() {
    const person = this.phone.people.byId(this.item);
    return html`<a class="button bare back" href="#/contacts">${icon("back")}${words.contacts.title}</a>
      ${this.#content(person)}`;
  }

  #content(person: Person | undefined) {
    if (this.item === "new" || this.item.startsWith("new:") || (this.editing && person?.saved)) {
      return html`<phone-contact-form
        .phone=${this.phone}
        .saved=${person?.saved}
        .known=${this.item.slice("new:".length)}
        @done=${(event: CustomEvent<string | undefined>) => this.#done(event.detail)}
      ></phone-contact-form>`;
    }
    return person ? this.#person(person) : this.#nobody();
  }

  #nobody() {
    return html`<div class="nobody">
      ${icon("person", 40)}
      <p>${words.contacts.choose}</p>
    </div>`;
  }

  #person(person: Person) {
    const where = words.contacts.places(person.pages, person.phones);
    return html`<phone-person-card
        .phone=${this.phone}
        .name=${person.name}
        .below=${where}
        .target=${person.lines[0].target}
        .status=${person.status}
        .note=${person.note}
      >
        ${this.#message(person)} ${person.saved ? this.#own(person) : this.#adopt(person)}
      </phone-person-card>
      <section>
        <h2>${words.contacts.addresses}</h2>
        <ul class="lines">
          ${person.lines.map((line) => this.#line(line))}
        </ul>
      </section>
      <section>
        <h2>${words.contacts.canTitle}</h2>
        <p class="chips">
          ${person.can.map((name) => html`<span class="chip">${words.contacts.can[name]}</span>`)}
          <span class="chip">${person.saved ? words.contacts.mine : words.contacts.shared}</span>
        </p>
      </section>
      ${
        person.saved?.note
          ? html`<section>
              <h2>${words.contacts.note}</h2>
              <p>${person.saved.note}</p>
            </section>`
          : nothing
      }
      ${this.#history(person)}`;
  }

  #message(person: Person) {
    const target = writable(person);
    if (!target) return nothing;
    return html`<a class="button" href=${printPlace({ tab: "chats", item: chatItem(target) })}
        >${icon("chat", 20)}${words.chats.write}</a
      ><button
        class="button"
        @click=${() => void this.phone.boards.drawWith([target.user], boardName(this.phone, person.name))}
      >
        ${icon("board", 20)}${words.boards.draw}
      </button>`;
  }

  #own(person: Person) {
    return html`<button class="button" @click=${() => (this.editing = true)}>
        ${icon("pen", 20)}${words.contacts.edit}
      </button>
      <button
        class="button only"
        aria-label=${words.contacts.remove}
        title=${words.contacts.remove}
        @click=${() => void this.#remove(person)}
      >
        ${icon("bin", 20)}
      </button>`;
  }

  #adopt({ lines: [{ target }] }: Person) {
    return html`<a class="button" href="#/contacts/${encodeURIComponent(`new:${JSON.stringify(target)}`)}"
      >${icon("plus", 20)}${words.contacts.saveAs}</a
    >`;
  }

  #line({ target, label }: Line) {
    const shown = this.phone.numbers.group(addressOf(target));
    return html`<li class="line">
      <span>${shown}${label ? html`<small>${label}</small>` : nothing}</span>
      <button
        class="round go"
        aria-label=${words.call.callName(shown)}
        @click=${() => void this.phone.stage.call(target)}
      >
        ${icon("call", 20)}
      </button>
    </li>`;
  }

  #history(person: Person) {
    const records = (this.phone.session?.calls.view().recents ?? [])
      .filter(({ peer }) => this.phone.people.keyOf(peer.target) === person.id)
      .slice(0, shownCalls);
    if (records.length === 0) return nothing;
    return html`<section>
      <h2>${words.contacts.history}</h2>
      <phone-record-lines .phone=${this.phone} .records=${records}></phone-record-lines>
    </section>`;
  }

  #done(contactId: string | undefined): void {
    this.editing = false;
    const stays = this.phone.people.byId(this.item) !== undefined;
    if (contactId !== undefined) this.phone.places.replace("contacts", `saved:${contactId}`);
    else if (!stays) this.phone.places.replace("contacts");
  }

  async #remove(person: Person): Promise<void> {
    if (!person.saved || !confirm(words.contacts.removeSure(person.name))) return;
    await this.phone.session?.contacts
      .remove(person.saved.contactId)
      .then(() => this.phone.places.replace("contacts"))
      .catch((thrown: unknown) => this.phone.notices.tell(thrown));
  }
}

customElements.define("phone-contact-view", PhoneContactView);
