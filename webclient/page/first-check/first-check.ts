import { css, html, LitElement, nothing } from "lit";
import { icon } from "../look/icons.ts";
import "../look/level-meter.ts";
import { base, buttons, headings } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import "../settings/device-choice.ts";
import { askToNotify, notificationState } from "../shell/notifications.ts";
import "../shell/notice.ts";
import { MicrophoneTest } from "../sound/microphone-test.ts";
import { words } from "../words/words.ts";
import { checkNetwork, type NetworkCheck } from "./network-check.ts";

const steps = 3;
/** A loudness, 0 to 1, that a voice has and a quiet room has not. */
const audible = 0.12;

/** Microphone, loudspeaker, network: before the first call, each step can be skipped. */
export class PhoneFirstCheck extends LitElement {
  static override properties = {
    phone: { attribute: false },
    step: { state: true },
    microphone: { state: true },
    heard: { state: true },
    network: { state: true },
  };
  static override styles = [
    base,
    buttons,
    headings,
    css`
      :host {
        min-height: 100%;
        display: grid;
        grid-template-columns: min(440px, 100%);
        justify-content: center;
        align-items: start;
        padding: clamp(16px, 12dvh, 112px) 16px 24px;
      }
      /* Each step stands where the one before it stood. */
      main {
        --notice-margin: 0;
        min-height: 568px;
        display: grid;
        grid-template-rows: auto auto auto 1fr auto auto;
        gap: 24px;
      }
      .top {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 12px;
      }
      .dots {
        display: flex;
        gap: 6px;
      }
      .dots i {
        width: 24px;
        height: 4px;
        border-radius: 2px;
        background: var(--line);
      }
      .dots i.done {
        background: var(--go);
      }
      .picture {
        width: 72px;
        height: 72px;
        border-radius: 50%;
        display: grid;
        place-items: center;
        background: var(--me-soft);
        color: var(--text);
      }
      h1 {
        font-size: clamp(24px, 7.2vw, 30px);
        line-height: 1.2;
        letter-spacing: -0.02em;
      }
      h1 + p {
        margin-top: 8px;
      }
      .body {
        display: grid;
        gap: 14px;
        min-height: 168px;
        align-content: start;
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        gap: 10px;
        align-items: center;
      }
      .acts .button {
        min-height: 52px;
        min-width: 120px;
      }
      @media (max-width: 699.9px) {
        :host {
          padding-top: 16px;
          align-items: stretch;
        }
        main {
          min-height: 0;
        }
        main > .acts .button {
          flex: 1;
        }
      }
      .good {
        display: flex;
        gap: 8px;
        align-items: center;
        color: var(--go-text);
        font-weight: 600;
      }
      .bad {
        display: flex;
        gap: 8px;
        align-items: center;
        color: var(--stop-text);
        font-weight: 600;
      }
      .extra {
        border-top: 1px solid var(--line);
        padding-top: 14px;
        display: grid;
        gap: 8px;
        justify-items: start;
      }
      .extra b {
        font-weight: 600;
      }
    `,
  ];

  declare phone: Phone;
  declare step: number;
  declare microphone: MicrophoneTest | undefined;
  declare heard: boolean;
  declare network: NetworkCheck | "running" | undefined;
  #stop = new AbortController();

  constructor() {
    super();
    this.step = 1;
    this.heard = false;
    new Watch(this, () => [this.phone.door, this.phone.session?.devices, this.phone.waking]);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stop = new AbortController();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#closeMicrophone();
    this.#stop.abort();
  }

  override render() {
    return html`<main>
      <div class="top">
        <span class="dots" role="img" aria-label=${words.check.step(this.step, steps)}>
          ${Array.from({ length: steps }, (_, index) => html`<i class=${index < this.step ? "done" : ""}></i>`)}
        </span>
        <button class="button bare" @click=${() => this.#finish()}>${words.check.skipAll}</button>
      </div>
      ${this.#body()}
      <phone-notice .phone=${this.phone}></phone-notice>
      <div class="acts">
        <button class="button go" data-testid="next" @click=${() => this.#next()}>
          ${this.step < steps ? words.check.next : words.check.finish}
        </button>
      </div>
    </main>`;
  }

  #body() {
    if (this.step === 1) return this.#microphone();
    return this.step === 2 ? this.#speaker() : this.#network();
  }

  #microphone() {
    const { check } = words;
    return html`<div class="picture">${icon("microphone", 32)}</div>
      <div>
        <h1>${check.microphone}</h1>
        <p class="quiet">${check.microphoneWhy}</p>
      </div>
      <div class="body">
        ${
          this.microphone
            ? html`<phone-device-choice .phone=${this.phone} use="microphone"></phone-device-choice>
                <phone-level-meter .read=${() => this.#level()}></phone-level-meter>
                <p role="status">
                  ${this.heard ? html`<span class="good">${icon("check")}${check.heard}</span>` : check.speak}
                </p>`
            : html`<div class="acts">
                <button class="button" @click=${() => void this.#openMicrophone()}>
                  ${icon("microphone", 20)}${check.allow}
                </button>
              </div>`
        }
      </div>`;
  }

  #speaker() {
    const { check } = words;
    return html`<div class="picture">${icon("speaker", 32)}</div>
      <div>
        <h1>${check.speaker}</h1>
        <p class="quiet">${check.speakerWhy}</p>
      </div>
      <div class="body">
        <phone-device-choice .phone=${this.phone} use="speaker"></phone-device-choice>
        <div class="acts">
          <button class="button" @click=${() => this.phone.ringer.once("test")}>
            ${icon("speaker", 20)}${check.play}
          </button>
          <button class="button" @click=${() => this.phone.ringer.once("ring")}>
            ${icon("bell", 20)}${words.settings.testRing}
          </button>
        </div>
      </div>`;
  }

  #network() {
    const { check } = words;
    return html`<div class="picture">${icon("wire", 32)}</div>
      <div>
        <h1>${check.network}</h1>
        <p class="quiet">${check.networkWhy}</p>
      </div>
      <div class="body">
        <p role="status" data-testid="network">${this.#networkSaying()}</p>
        ${this.#notify()}
      </div>`;
  }

  #networkSaying() {
    const { check } = words;
    const { network } = this;
    if (network === undefined || network === "running") return check.checking;
    if (!network.ok) return html`<span class="bad">${icon("warning")}${check.networkBad}</span>`;
    const saying = network.afterMs === undefined ? check.networkSkipped : check.networkGood(network.afterMs);
    return html`<span class="good">${icon("check")}${saying}</span>`;
  }

  #notify() {
    const { check } = words;
    const state = notificationState();
    if (state === "missing") return nothing;
    const saying = state === "granted" ? check.notifyOn : state === "denied" ? check.notifyOff : check.notifyWhy;
    return html`<div class="extra">
      <b>${check.notify}</b>
      <p class="quiet">${saying}</p>
      ${
        state === "default"
          ? html`<button class="button" @click=${() => void this.#allowNotifications()}>
              ${icon("bell", 20)}${check.notifyAllow}
            </button>`
          : nothing
      }
    </div>`;
  }

  /** One question of the browser is for both: a hidden tab, and a closed one. */
  async #allowNotifications(): Promise<void> {
    if (this.phone.waking.view().state === "off") await this.phone.waking.enable();
    else await askToNotify();
    this.requestUpdate();
  }

  #level(): number {
    const level = this.microphone?.level() ?? 0;
    if (level > audible) this.heard = true;
    return level;
  }

  async #openMicrophone(): Promise<void> {
    this.phone.notices.dismiss();
    try {
      const opened = await MicrophoneTest.open(this.phone.preferences.view().microphone);
      if (!this.isConnected || this.step !== 1) return opened.close();
      this.microphone = opened;
    } catch (thrown) {
      this.phone.notices.tell(thrown, () => void this.#openMicrophone());
    }
  }

  #closeMicrophone(): void {
    this.microphone?.close();
    this.microphone = undefined;
  }

  #next(): void {
    this.#closeMicrophone();
    this.phone.notices.dismiss();
    if (this.step === steps) return this.#finish();
    this.step += 1;
    if (this.step === steps) void this.#checkNetwork();
  }

  async #checkNetwork(): Promise<void> {
    this.network = "running";
    this.network = await checkNetwork(this.phone, this.#stop.signal);
  }

  #finish(): void {
    this.phone.notices.dismiss();
    this.phone.preferences.choose({ checked: true });
  }
}

customElements.define("phone-first-check", PhoneFirstCheck);
