import { html, LitElement, nothing } from "lit";
import { icon } from "../look/icons.ts";
import "../look/level-meter.ts";
import { base, buttons, fields } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import { MicrophoneTest } from "../sound/microphone-test.ts";
import { words } from "../words/words.ts";
import "./device-choice.ts";
import { settingLines } from "./setting-lines.ts";

/** Which microphone speaks, which loudspeaker plays, and whether they work. */
export class PhoneSoundSettings extends LitElement {
  static override properties = { phone: { attribute: false }, test: { state: true } };
  static override styles = [base, buttons, fields, settingLines];

  declare phone: Phone;
  declare test: MicrophoneTest | undefined;

  constructor() {
    super();
    new Watch(this, () => [this.phone.preferences, this.phone.session?.devices]);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.test?.close();
    this.test = undefined;
  }

  override render() {
    const { settings } = words;
    const { cleanVoice } = this.phone.preferences.view();
    const { microphones = [] } = this.phone.session?.devices.view() ?? {};
    const unnamed = microphones.every(({ label }) => label === "");
    return html`<div class="line pair">
        <span class="name">${settings.microphone}</span>
        <phone-device-choice .phone=${this.phone} use="microphone"></phone-device-choice>
      </div>
      <div class="line pair">
        <span class="name">${settings.loudspeaker}</span>
        <phone-device-choice .phone=${this.phone} use="speaker"></phone-device-choice>
      </div>
      ${unnamed ? html`<p class="line quiet">${settings.devicesLater}</p>` : nothing}
      <div class="line">
        <div class="acts">
          <button class="button" @click=${() => void this.#toggleTest()}>
            ${icon("microphone", 20)}${this.test ? settings.stopTest : settings.testMicrophone}
          </button>
          <button class="button" @click=${() => this.phone.ringer.once("test")}>
            ${icon("speaker", 20)}${settings.testSpeaker}
          </button>
        </div>
        ${this.test ? html`<phone-level-meter .read=${() => this.test?.level() ?? 0}></phone-level-meter>` : nothing}
      </div>
      <div class="line">
        <label class="switch">
          <span>${settings.cleanVoice}<small>${settings.cleanVoiceText}</small></span>
          <input
            type="checkbox"
            role="switch"
            .checked=${cleanVoice}
            @change=${(event: Event) =>
              this.phone.preferences.choose({ cleanVoice: (event.target as HTMLInputElement).checked })}
          />
        </label>
      </div>
      <div class="line acts">
        <button class="button" @click=${() => this.phone.preferences.choose({ checked: false })}>
          ${icon("check", 20)}${settings.checkAgain}
        </button>
      </div>`;
  }

  async #toggleTest(): Promise<void> {
    if (this.test) {
      this.test.close();
      this.test = undefined;
      return;
    }
    try {
      this.test = await MicrophoneTest.open(this.phone.preferences.view().microphone);
      if (!this.isConnected) this.test.close();
    } catch (thrown) {
      this.phone.notices.tell(thrown);
    }
  }
}

customElements.define("phone-sound-settings", PhoneSoundSettings);
