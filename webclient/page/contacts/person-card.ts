import { css, html, LitElement, nothing } from "lit";
import type { Target } from "../../index.ts";
import "../look/avatar.ts";
import { icon } from "../look/icons.ts";
import { base, buttons, headings } from "../look/styles.ts";
import type { Person } from "../model/people.ts";
import type { Phone } from "../model/phone.ts";
import { words } from "../words/words.ts";

/** Somebody in large, with the button that calls. What else can be done is put inside. */
export class PhonePersonCard extends LitElement {
  static override properties = {
    phone: { attribute: false },
    name: {},
    below: {},
    target: { attribute: false },
    status: {},
    note: {},
  };
  static override styles = [
    base,
    buttons,
    headings,
    css`
      :host {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 8px 20px;
        align-items: center;
        padding: 12px 0 4px;
      }
      phone-avatar {
        --size: clamp(64px, 20vw, 88px);
      }
      h1 {
        font-size: clamp(22px, 6vw, 30px);
        line-height: 1.2;
        overflow-wrap: anywhere;
      }
      p {
        overflow-wrap: anywhere;
      }
      .acts {
        grid-column: 1 / -1;
        margin-top: 12px;
        display: flex;
        flex-wrap: wrap;
        gap: 10px;
      }
      .go {
        min-width: min(132px, 34vw);
      }
    `,
  ];

  declare phone: Phone;
  declare name: string;
  declare below: string;
  declare target: Target;
  declare status: Person["status"];
  declare note: string | undefined;

  override render() {
    const status = words.contacts.looks(words.contacts.status[this.status], this.note ?? "");
    return html`<phone-avatar .name=${this.name} .status=${this.status}></phone-avatar>
      <div>
        <h1>${this.name}</h1>
        ${this.below ? html`<p class="quiet">${this.below}</p>` : nothing}
        ${status ? html`<p class="quiet">${status}</p>` : nothing}
      </div>
      <div class="acts">
        <button
          class="button go"
          aria-label=${words.call.callName(this.name)}
          @click=${() => void this.phone.stage.call(this.target)}
        >
          ${icon("call", 20)}${words.call.call}
        </button>
        <slot></slot>
      </div>`;
  }
}

customElements.define("phone-person-card", PhonePersonCard);
