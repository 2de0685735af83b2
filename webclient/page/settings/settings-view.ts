import { html, LitElement } from "lit";
import { icon } from "../look/icons.ts";
import { base, buttons, headings, pane } from "../look/styles.ts";
import type { Phone } from "../model/phone.ts";
import { words } from "../words/words.ts";
import "./appearance-settings.ts";
import "./keyboard-settings.ts";
import "./line-view.ts";
import "./ringing-settings.ts";
import { sections } from "./sections.ts";
import "./sound-settings.ts";
import "./status-settings.ts";

/** One part of the settings. */
export class PhoneSettingsView extends LitElement {
  static override properties = { phone: { attribute: false }, section: {} };
  static override styles = [base, buttons, headings, pane];

  declare phone: Phone;
  declare section: string;

  override render() {
    const section = sections.find((name) => name === this.section) ?? "status";
    return html`<a class="button bare back" href="#/settings">${icon("back")}${words.settings.title}</a>
      <h1>${words.settings[section]}</h1>
      ${this.#part(section)}`;
  }

  #part(section: (typeof sections)[number]) {
    const { phone } = this;
    switch (section) {
      case "status":
        return html`<phone-status-settings .phone=${phone}></phone-status-settings>`;
      case "sound":
        return html`<phone-sound-settings .phone=${phone}></phone-sound-settings>`;
      case "ringing":
        return html`<phone-ringing-settings .phone=${phone}></phone-ringing-settings>`;
      case "appearance":
        return html`<phone-appearance-settings .phone=${phone}></phone-appearance-settings>`;
      case "keyboard":
        return html`<phone-keyboard-settings .phone=${phone}></phone-keyboard-settings>`;
      case "line":
        return html`<phone-line-view .phone=${phone}></phone-line-view>`;
    }
  }
}

customElements.define("phone-settings-view", PhoneSettingsView);
