import { html, LitElement } from "lit";
import { icon } from "../look/icons.ts";
import { base, buttons, fields } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import { themes, type Theme } from "../model/preferences.ts";
import { languages, words, type Language } from "../words/words.ts";
import { settingLines } from "./setting-lines.ts";

type LanguageChoice = Language | "auto";

/** Light or dark, and which language. */
export class PhoneAppearanceSettings extends LitElement {
  static override properties = { phone: { attribute: false } };
  static override styles = [base, buttons, fields, settingLines];

  declare phone: Phone;

  constructor() {
    super();
    new Watch(this, () => [this.phone.preferences]);
  }

  override render() {
    const { settings } = words;
    const { theme, language } = this.phone.preferences.view();
    const spoken = Object.entries(languages) as [Language, string][];
    return html`<div class="line pair">
        <label class="name" for="theme">${settings.theme}</label>
        ${this.#choice(
          "theme",
          themes.map((name) => [name, settings.themes[name]]),
          theme,
          (value) => this.phone.preferences.choose({ theme: value as Theme }),
        )}
      </div>
      <div class="line pair">
        <label class="name" for="language">${settings.language}</label>
        ${this.#choice("language", [["auto", settings.languageAuto], ...spoken], language, (value) =>
          this.phone.preferences.choose({ language: value as LanguageChoice }),
        )}
      </div>`;
  }

  #choice(
    id: string,
    options: readonly (readonly [string, string])[],
    chosen: string,
    choose: (value: string) => void,
  ) {
    return html`<span class="choice"
      ><select id=${id} @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
        ${options.map(([value, text]) => html`<option value=${value} ?selected=${value === chosen}>${text}</option>`)}</select
      >${icon("down", 20)}</span
    >`;
  }
}

customElements.define("phone-appearance-settings", PhoneAppearanceSettings);
