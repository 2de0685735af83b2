import { html, LitElement, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { icon } from "../look/icons.ts";
import { base, buttons, fields } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import { askToNotify, notificationState } from "../shell/notifications.ts";
import { words } from "../words/words.ts";
import "./device-choice.ts";
import { settingLines } from "./setting-lines.ts";

/** Where it rings, how loud, and whether a hidden tab says so. */
export class PhoneRingingSettings extends LitElement {
  static override properties = { phone: { attribute: false } };
  static override styles = [base, buttons, fields, settingLines];

  declare phone: Phone;

  constructor() {
    super();
    new Watch(this, () => [this.phone.preferences, this.phone.waking]);
  }

  override render() {
    const { settings } = words;
    const { ringVolume } = this.phone.preferences.view();
    return html`<div class="line pair">
        <span class="name">${settings.ringOn}</span>
        <phone-device-choice .phone=${this.phone} use="ring"></phone-device-choice>
      </div>
      <div class="line pair">
        <label class="name" for="volume">${settings.ringVolume}</label>
        <input
          id="volume"
          type="range"
          min="0"
          max="100"
          step="5"
          .value=${String(Math.round(ringVolume * 100))}
          @input=${(event: Event) => this.#volume(Number((event.target as HTMLInputElement).value))}
        />
      </div>
      <div class="line acts">
        <button class="button" @click=${() => this.phone.ringer.once("ring")}>
          ${icon("bell", 20)}${settings.testRing}
        </button>
      </div>
      <div class="line">${this.#notifications()}</div>
      <div class="line">${this.#waking()}</div>`;
  }

  #notifications() {
    const { settings } = words;
    const state = notificationState();
    const { notifications } = this.phone.preferences.view();
    return html`<label class="switch">
        <span>${settings.notifications}<small>${settings.notificationsText}</small></span>
        <input
          type="checkbox"
          role="switch"
          .checked=${notifications && state === "granted"}
          ?disabled=${state === "missing" || state === "denied"}
          @change=${(event: Event) => void this.#notify((event.target as HTMLInputElement).checked)}
        />
      </label>
      ${
        state === "denied" || state === "missing"
          ? html`<p class="quiet">
              ${state === "denied" ? settings.notificationsBlocked : settings.notificationsMissing}
            </p>`
          : nothing
      }`;
  }

  /** Each state is said as it is, and what to do about it. */
  #waking() {
    const { settings } = words;
    const { state, turning, failed } = this.phone.waking.view();
    const shown = turning ?? state;
    const why = failed ? settings.closedRingFailed : settings.closedRingStates[state];
    return html`<label class="switch">
        <span>${settings.closedRing}<small>${settings.closedRingText}</small></span>
        <input
          type="checkbox"
          role="switch"
          data-testid="closed-ring"
          aria-describedby=${why ? "closed-ring-why" : nothing}
          .checked=${live(shown === "on")}
          ?disabled=${state !== "on" && state !== "off"}
          @change=${(event: Event) => void this.#wake(event.target as HTMLInputElement)}
        />
      </label>
      <p class="quiet" id="closed-ring-why" role="status" ?hidden=${!why}>${why}</p>`;
  }

  async #wake(field: HTMLInputElement): Promise<void> {
    const { waking } = this.phone;
    await (field.checked ? waking.enable() : waking.disable());
    // What the user did not allow is not on.
    this.requestUpdate();
  }

  #volume(percent: number): void {
    this.phone.preferences.choose({ ringVolume: percent / 100 });
  }

  async #notify(on: boolean): Promise<void> {
    this.phone.preferences.choose({ notifications: on });
    if (on) await askToNotify();
    this.requestUpdate();
  }
}

customElements.define("phone-ringing-settings", PhoneRingingSettings);
