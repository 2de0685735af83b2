import { css, html, LitElement } from "lit";
import "../look/status-dot.ts";
import { base, fields } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import { statuses } from "../model/preferences.ts";
import type { Phone } from "../model/phone.ts";
import { limits } from "../../../gateway/protocol/version.ts";
import { words } from "../words/words.ts";
import { settingLines } from "./setting-lines.ts";

/** How available the user is, and an own text. */
export class PhoneStatusSettings extends LitElement {
  static override properties = { phone: { attribute: false } };
  static override styles = [
    base,
    fields,
    settingLines,
    css`
      fieldset {
        border: 0;
        padding: 0;
        margin: 0;
        min-width: 0;
      }
      .option {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        gap: 14px;
        align-items: center;
        min-height: 64px;
        padding: 8px 0;
        border-top: 1px solid var(--line);
        cursor: pointer;
      }
      .option span {
        display: grid;
        font-weight: 600;
      }
      .option small {
        font-size: 13px;
        line-height: 18px;
        font-weight: 400;
        color: var(--muted);
      }
      input[type="radio"] {
        width: 22px;
        height: 22px;
        margin: 0;
        accent-color: var(--me);
        cursor: pointer;
      }
    `,
  ];

  declare phone: Phone;

  constructor() {
    super();
    new Watch(this, () => [this.phone.preferences]);
  }

  override render() {
    const { settings, contacts } = words;
    const { status, note } = this.phone.preferences.view();
    return html`<fieldset data-testid="status">
        <legend class="visually-hidden">${settings.status}</legend>
        ${statuses.map(
          (one) =>
            html`<label class="option">
              <phone-status-dot .status=${one}></phone-status-dot>
              <span
                >${one === "invisible" ? settings.invisible : contacts.status[one]}<small
                  >${settings.statuses[one]}</small
                ></span
              >
              <input
                type="radio"
                name="status"
                .value=${one}
                .checked=${one === status}
                @change=${() => this.phone.availability.choose(one, note)}
              />
            </label>`,
        )}
      </fieldset>
      <div class="line">
        <label class="field">
          <span>${settings.note}</span>
          <input
            class="input"
            name="note"
            autocomplete="off"
            maxlength=${limits.note}
            placeholder=${settings.noteExample}
            .value=${note}
            @change=${(event: Event) => this.phone.availability.choose(status, (event.target as HTMLInputElement).value)}
          />
        </label>
        <p class="quiet">${settings.noteText}</p>
      </div>`;
  }
}

customElements.define("phone-status-settings", PhoneStatusSettings);
