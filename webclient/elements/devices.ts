import { css, html, nothing, type TemplateResult } from "lit";
import type { Session } from "../index.ts";
import { asProblem, define, OffhookElement } from "./element.ts";
import { base } from "./look.ts";

type Use = "microphone" | "speaker" | "ring";

/** Which microphone and loudspeakers: `<offhook-devices>` with the property `session`. Fires `problem`. */
export class OffhookDevices extends OffhookElement {
  static override properties = { session: { attribute: false } };
  static override styles = [
    base,
    css`
      .list {
        display: grid;
        gap: 12px;
      }
      label {
        display: grid;
        gap: 4px;
      }
      meter {
        width: 100%;
        height: 8px;
      }
    `,
  ];

  declare session: Session | undefined;

  protected stores() {
    return [this.session?.devices];
  }

  override render() {
    const { session, words } = this;
    if (!session) return nothing;
    const { microphones, speakers, level } = session.devices.view();
    return html`<div class="list" part="list" role="group" aria-label=${words.sound}>
      ${this.#choice("microphone", words.microphone, microphones)}
      <meter part="level" min="0" max="1" .value=${level} aria-hidden="true"></meter>
      ${this.#choice("speaker", words.speaker, speakers)} ${this.#choice("ring", words.ringer, speakers)}
    </div>`;
  }

  #choice(use: Use, label: string, devices: readonly MediaDeviceInfo[]): TemplateResult {
    const chosen = this.session?.devices.view().chosen[use] ?? "";
    return html`<label>
      <span class="quiet">${label}</span>
      <select part="select" ?disabled=${devices.length === 0} @change=${(event: Event) => this.#use(use, event)}>
        ${devices.length === 0 ? html`<option>${this.words.noChoice}</option>` : nothing}
        ${devices.map(
          ({ deviceId, label: name }, index) =>
            html`<option value=${deviceId} ?selected=${deviceId === chosen}>
              ${name || `${this.words.standard} ${index + 1}`}
            </option>`,
        )}
      </select>
    </label>`;
  }

  #use(use: Use, { target }: Event): void {
    const { devices } = this.session ?? {};
    if (!devices || !(target instanceof HTMLSelectElement)) return;
    const { microphones, speakers } = devices.view();
    const device = (use === "microphone" ? microphones : speakers).find(({ deviceId }) => deviceId === target.value);
    if (!device) return;
    devices
      .use(device, use === "ring" ? "ring" : "call")
      .catch((thrown: unknown) => this.tell("problem", asProblem(thrown)));
  }
}

define("offhook-devices", OffhookDevices);
