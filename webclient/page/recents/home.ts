import { css, html, LitElement, nothing } from "lit";
import { icon } from "../look/icons.ts";
import { base, headings, pane } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import { words } from "../words/words.ts";

/** Nothing chosen yet: the own line, and what to try first. */
export class PhoneHome extends LitElement {
  static override properties = { phone: { attribute: false } };
  static override styles = [
    base,
    headings,
    pane,
    css`
      .identity {
        display: none;
      }
      .number {
        width: calc(100% + 16px);
        min-height: 60px;
        /* The text stands under the heading, the ground of a pressed row around it. */
        padding: 8px;
        margin: 0 -8px;
        display: grid;
        grid-template-columns: 64px minmax(0, 1fr) auto;
        gap: 12px;
        align-items: center;
        text-align: left;
        border-radius: var(--radius-small);
        transition: background-color var(--leave);
      }
      @media (hover: hover) {
        .number:hover {
          background: var(--sunken);
        }
      }
      .number b {
        font-size: 22px;
        line-height: 28px;
        font-weight: 550;
      }
      .number .icon {
        color: var(--go-text);
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 2px 16px;
        padding: 10px 0;
      }
      dd {
        text-align: right;
        overflow-wrap: anywhere;
      }
      @media (min-width: 1100px) {
        .identity {
          display: block;
        }
      }
    `,
  ];

  declare phone: Phone;

  constructor() {
    super();
    new Watch(this, () => [this.phone.door, this.phone.session]);
  }

  override render() {
    const { welcome, session } = this.phone.door.view();
    const self = session?.view();
    return html`<div class="identity">
        <h1>${self?.name ?? self?.user ?? ""}</h1>
        <p class="quiet">${self?.user ?? ""}</p>
      </div>
      ${welcome?.testNumbers.length ? this.#testNumbers(welcome.testNumbers) : nothing}
      ${welcome?.phones.length ? this.#softphones(welcome.phones) : nothing}`;
  }

  #testNumbers(numbers: readonly { number: string; text: string }[]) {
    return html`<section>
      <h2>${words.recents.start}</h2>
      <p class="quiet">${words.recents.startText}</p>
      <ul>
        ${numbers.map(
          ({ number, text }) =>
            html`<li class="line">
              <button class="number" @click=${() => void this.phone.stage.call({ tel: number })}>
                <b><span class="visually-hidden">${words.call.call} </span>${number}</b>
                <span class="quiet">${text}</span>${icon("call", 20)}
              </button>
            </li>`,
        )}
      </ul>
    </section>`;
  }

  #softphones(phones: readonly { user: string; server: string }[]) {
    return html`<section>
      <h2>${words.recents.softphones}</h2>
      <p class="quiet">${words.recents.softphonesText}</p>
      ${phones.map(
        ({ user, server }) =>
          html`<dl class="line">
            <dt class="quiet">${words.recents.account}</dt>
            <dd>${user}</dd>
            <dt class="quiet">${words.recents.server}</dt>
            <dd>${server}</dd>
          </dl>`,
      )}
    </section>`;
  }
}

customElements.define("phone-home", PhoneHome);
