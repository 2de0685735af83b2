import { html, LitElement, nothing } from "lit";
import type { CallRecord } from "../../index.ts";
import { naming } from "../call/call-name.ts";
import "../contacts/person-card.ts";
import { icon } from "../look/icons.ts";
import { base, buttons, headings, pane } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import { printPlace } from "../model/places.ts";
import { words } from "../words/words.ts";
import "./record-lines.ts";

/** Whom the calls of a row were with, and those calls. */
export class PhoneRecentView extends LitElement {
  static override properties = { phone: { attribute: false }, item: {} };
  static override styles = [base, buttons, headings, pane];

  declare phone: Phone;
  /** As `People.keyOf` names whom they were with. */
  declare item: string;

  constructor() {
    super();
    new Watch(this, () => [this.phone.people, this.phone.numbers, this.phone.session?.calls]);
  }

  override render() {
    const records = (this.phone.session?.calls.view().recents ?? []).filter(
      ({ peer }) => this.phone.people.keyOf(peer.target) === this.item,
    );
    const [latest] = records;
    return html`<a class="button bare back" href="#/recents">${icon("back")}${words.recents.title}</a>
      ${latest ? this.#calls(latest, records) : html`<p class="quiet">${words.recents.empty}</p>`}`;
  }

  #calls({ peer }: CallRecord, records: readonly CallRecord[]) {
    const person = this.phone.people.of(peer.target);
    const { name, address } = naming(this.phone, peer);
    return html`<phone-person-card
        .phone=${this.phone}
        .name=${name}
        .below=${address}
        .target=${peer.target}
        .status=${person?.status ?? "unknown"}
      >
        ${
          person
            ? html`<a class="button" href=${printPlace({ tab: "contacts", item: person.id })}
                >${icon("person", 20)}${words.recents.details}</a
              >`
            : html`<a class="button" href=${printPlace({ tab: "contacts", item: `new:${JSON.stringify(peer.target)}` })}
                >${icon("plus", 20)}${words.contacts.saveAs}</a
              >`
        }
      </phone-person-card>
      <section>
        <h2>${words.contacts.history}</h2>
        ${records.length > 0 ? html`<phone-record-lines .phone=${this.phone} .records=${records}></phone-record-lines>` : nothing}
      </section>`;
  }
}

customElements.define("phone-recent-view", PhoneRecentView);
