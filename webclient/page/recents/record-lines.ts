import { css, html, LitElement, nothing } from "lit";
import type { CallRecord } from "../../index.ts";
import { icon } from "../look/icons.ts";
import { base, buttons } from "../look/styles.ts";
import type { Phone } from "../model/phone.ts";
import { talked, whenLong } from "../words/times.ts";
import { words } from "../words/words.ts";
import { directionIcons } from "./direction-icons.ts";

/** Single calls, one a line: when, how long or why not, and its reference. */
export class PhoneRecordLines extends LitElement {
  static override properties = { phone: { attribute: false }, records: { attribute: false } };
  static override styles = [
    base,
    buttons,
    css`
      li {
        min-height: 56px;
        display: grid;
        grid-template-columns: 20px minmax(0, 1fr) auto;
        gap: 12px;
        align-items: center;
        padding: 8px 0;
        border-top: 1px solid var(--line);
      }
      li:last-child {
        border-bottom: 1px solid var(--line);
      }
      .missed {
        color: var(--stop-text);
      }
      small {
        display: block;
        font-size: 13px;
        line-height: 18px;
        color: var(--muted);
      }
      .acts {
        display: flex;
        align-items: center;
        gap: 4px;
      }
      code {
        font: inherit;
        font-size: 13px;
        color: var(--muted);
        white-space: nowrap;
      }
      .round {
        color: var(--muted);
      }
    `,
  ];

  declare phone: Phone;
  declare records: readonly CallRecord[];

  override render() {
    const now = new Date();
    return html`<ul>
      ${this.records.map((record) => this.#line(record, now))}
    </ul>`;
  }

  #line({ reference, direction, at, durationMs, end }: CallRecord, now: Date) {
    const why = direction === "missed" ? "" : words.endsShort[end.reason];
    const what = durationMs > 0 ? talked(durationMs) : why;
    const role = this.phone.session?.view().role;
    return html`<li>
      <span class=${direction}>${icon(directionIcons[direction], 18)}</span>
      <span class=${direction}
        >${words.recents.direction[direction]}${what ? `, ${what}` : ""}<small
          ><time datetime=${at.toISOString()}>${whenLong(at, now)}</time></small
        ></span
      >
      <span class="acts"
        ><code title=${words.call.reference(reference)}>${reference.replace(/^(\w{3})(\w{3})$/, "$1 $2")}</code> ${
          role
            ? html`<a class="round" aria-label=${words.recents.story} href="/admin/calls/${reference}"
                >${icon("story", 18)}</a
              >`
            : nothing
        }<button class="round" aria-label=${words.recents.forget} @click=${() => void this.#forget(reference)}>
          ${icon("bin", 18)}
        </button></span
      >
    </li>`;
  }

  async #forget(reference: string): Promise<void> {
    await this.phone.session?.calls.forget([reference]).catch((thrown: unknown) => this.phone.notices.tell(thrown));
  }
}

customElements.define("phone-record-lines", PhoneRecordLines);
