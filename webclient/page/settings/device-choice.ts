import { html, LitElement, nothing } from "lit";
import { icon } from "../look/icons.ts";
import { base, fields } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import { chooseDevice, type DeviceUse } from "../model/device-choices.ts";
import type { Phone } from "../model/phone.ts";
import { words } from "../words/words.ts";

/** A list of microphones or loudspeakers to choose from. */
export class PhoneDeviceChoice extends LitElement {
  static override properties = { phone: { attribute: false }, use: {} };
  static override styles = [base, fields];

  declare phone: Phone;
  declare use: DeviceUse;

  constructor() {
    super();
    new Watch(this, () => [this.phone.session?.devices]);
  }

  override render() {
    const view = this.phone.session?.devices.view();
    const devices = (this.use === "microphone" ? view?.microphones : view?.speakers) ?? [];
    const chosen = view?.chosen[this.use];
    const name = {
      microphone: words.settings.microphone,
      speaker: words.settings.loudspeaker,
      ring: words.settings.ringOn,
    }[this.use];
    return html`<span class="choice"
      ><select
        aria-label=${name}
        ?disabled=${devices.length === 0}
        @change=${(event: Event) => void this.#choose((event.target as HTMLSelectElement).value, devices)}
      >
        ${chosen === undefined ? html`<option value="" selected>${words.settings.systemChoice}</option>` : nothing}
        ${devices.map(
          ({ deviceId, label }, index) =>
            html`<option value=${deviceId} ?selected=${deviceId === chosen}>
              ${label || `${name} ${index + 1}`}
            </option>`,
        )}</select
      >${icon("down", 20)}</span
    >`;
  }

  async #choose(id: string, devices: readonly MediaDeviceInfo[]): Promise<void> {
    const device = devices.find(({ deviceId }) => deviceId === id);
    const all = this.phone.session?.devices;
    if (!device || !all) return;
    await chooseDevice(all, this.phone.preferences, device, this.use).catch((thrown: unknown) =>
      this.phone.notices.tell(thrown),
    );
  }
}

customElements.define("phone-device-choice", PhoneDeviceChoice);
