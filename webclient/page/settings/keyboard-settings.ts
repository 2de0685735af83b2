import { css, html, LitElement } from "lit";
import { base, fields } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import { shortcuts } from "../shell/shortcuts.ts";
import { words } from "../words/words.ts";
import { settingLines } from "./setting-lines.ts";

/** Which keys do what, and a switch for all of them (WCAG 2.1.4). */
export class PhoneKeyboardSettings extends LitElement {
  static override properties = { phone: { attribute: false } };
  static override styles = [
    base,
    fields,
    settingLines,
    css`
      dl {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
      }
      dt,
      dd {
        min-height: 48px;
        display: flex;
        align-items: center;
        border-top: 1px solid var(--line);
      }
      dd {
        justify-content: flex-end;
      }
      .off {
        color: var(--muted);
      }
      kbd {
        font-size: 13px;
        line-height: 24px;
        min-width: 28px;
        padding: 0 8px;
        border-color: var(--edge);
      }
    `,
  ];

  declare phone: Phone;

  constructor() {
    super();
    new Watch(this, () => [this.phone.preferences]);
  }

  override render() {
    const on = this.phone.preferences.view().shortcuts;
    return html`<div class="line">
        <label class="switch">
          <span>${words.settings.shortcuts}<small>${words.settings.shortcutsText}</small></span>
          <input
            type="checkbox"
            role="switch"
            .checked=${on}
            @change=${(event: Event) =>
              this.phone.preferences.choose({ shortcuts: (event.target as HTMLInputElement).checked })}
          />
        </label>
      </div>
      <dl class=${on ? "" : "off"}>
        ${shortcuts.map(
          ({ name, key }) =>
            html`<dt>${words.settings.keys[name]}</dt>
              <dd><kbd>${key === " " ? words.settings.space : key === "Escape" ? "Esc" : key.toUpperCase()}</kbd></dd>`,
        )}
      </dl>`;
  }
}

customElements.define("phone-keyboard-settings", PhoneKeyboardSettings);
