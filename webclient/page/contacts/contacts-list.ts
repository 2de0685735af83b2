import { html, LitElement, nothing } from "lit";
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
import { words } from "../words/words.ts";
import { invite } from "./invite.ts";
import { readCsv } from "./csv.ts";
import { readVcards } from "./vcard.ts";

/** What a list is divided by: the first letter; numbers come together. */
function letterOf(name: string): string {
  const first = (name[0] ?? "").normalize("NFD")[0]?.toUpperCase() ?? "";
  return /\p{L}/u.test(first) ? first : "#";
}

/** Everybody of the directory and of the own address book. */
export class PhoneContactsList extends LitElement {
  static override properties = { phone: { attribute: false }, text: { state: true } };
  static override styles = [base, buttons, headings, listHead, fields, rows];

  declare phone: Phone;
  declare text: string;

  constructor() {
    super();
    this.text = "";
    new Watch(this, () => [this.phone.people, this.phone.places, this.phone.numbers]);
  }

  override render() {
    const { people } = this.phone.people.view();
    const found = people.filter(({ name, lines }) =>
      fitsText(
        this.text,
        [name],
        lines.map(({ target }) => addressOf(target)),
      ),
    );
    return html`<header class="head">
        <h1>${words.contacts.title}</h1>
        <button
          class="round"
          aria-label=${words.contacts.invite}
          title=${words.contacts.invite}
          @click=${() => void invite(this.phone)}
        >
          ${icon("link")}
        </button>
        <label class="round" title=${words.contacts.import}>
          ${icon("import")}<span class="visually-hidden">${words.contacts.import}</span>
          <input
            class="visually-hidden"
            type="file"
            accept=".vcf,.csv,text/vcard,text/x-vcard,text/csv"
            @change=${(event: Event) => void this.#import(event.target as HTMLInputElement)}
          />
        </label>
        <a class="round" href="#/contacts/new" aria-label=${words.contacts.add} title=${words.contacts.add}
          >${icon("plus")}</a
        >
      </header>
      ${searchField({ label: words.contacts.search, text: this.text, changed: (text) => (this.text = text) })}
      ${people.length === 0 ? this.#empty() : found.length === 0 ? this.#nobody() : this.#list(found)}`;
  }

  #list(people: readonly Person[]) {
    const letters = people.map(({ name }) => letterOf(name));
    return html`<ul data-testid="contacts">
      ${people.map(
        (person, index) => html`
          ${letters[index] === letters[index - 1] ? nothing : html`<li class="group">${letters[index]}</li>`}
          ${this.#row(person)}
        `,
      )}
    </ul>`;
  }

  #row(person: Person) {
    const [{ target, label }] = person.lines;
    const selected = this.phone.places.view().item === person.id;
    const below =
      words.contacts.looks(words.contacts.status[person.status], person.note) ||
      [this.phone.numbers.group(addressOf(target)), label].filter(Boolean).join(", ");
    return html`<li class="row" data-testid="contact" data-selected=${selected || nothing}>
      <a
        class="open"
        href=${printPlace({ tab: "contacts", item: person.id })}
        aria-current=${selected ? "true" : nothing}
      >
        <phone-avatar .name=${person.name} .status=${person.status}></phone-avatar>
        <span><b>${person.name}</b><small>${below}</small></span>
      </a>
      <button
        class="round go"
        aria-label=${words.call.callName(person.name)}
        @click=${() => void this.phone.stage.call(target)}
      >
        ${icon("call", 20)}
      </button>
    </li>`;
  }

  #empty() {
    return html`<div class="empty">
      <b>${words.contacts.empty}</b>
      <p class="quiet">${words.contacts.emptyNext}</p>
      <button class="button" @click=${() => void invite(this.phone)}>
        ${icon("link", 20)}${words.contacts.invite}
      </button>
    </div>`;
  }

  #nobody() {
    return html`<p class="empty quiet">${words.contacts.noResult(this.text.trim())}</p>`;
  }

  async #import(input: HTMLInputElement): Promise<void> {
    const file = input.files?.[0];
    if (!file) return;
    const text = await file.text();
    const cards = /^BEGIN:VCARD/im.test(text) ? readVcards(text) : readCsv(text);
    input.value = "";
    try {
      for (const card of cards) await this.phone.session?.contacts.put(card);
      this.phone.notices.say(cards.length > 0 ? words.contacts.imported(cards.length) : words.contacts.nothingImported);
    } catch (thrown) {
      this.phone.notices.tell(thrown);
    }
  }
}

customElements.define("phone-contacts-list", PhoneContactsList);
