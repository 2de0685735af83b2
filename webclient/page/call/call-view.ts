import { css, html, LitElement, nothing } from "lit";
import type { Call, CallView } from "../../index.ts";
import "../look/arcs.ts";
import { icon } from "../look/icons.ts";
import "../look/pad.ts";
import { base, chips } from "../look/styles.ts";
import { typesText } from "../look/typing.ts";
import { Ticking, Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import { words } from "../words/words.ts";
import "./call-controls.ts";
import { naming, namingOf, stateLine, type Naming } from "./call-name.ts";
import "./call-strip.ts";
import "./end-card.ts";
import { hero } from "./hero.ts";
import { qualityWord } from "./quality-word.ts";

/** The call on the stage: from the press on "Call" to the card that says how it ended. */
export class PhoneCallView extends LitElement {
  static override properties = { phone: { attribute: false }, keypad: { state: true } };
  static override styles = [
    base,
    chips,
    hero,
    css`
      :host {
        min-height: 100%;
        display: grid;
        grid-template-rows: auto 1fr auto;
        animation: enter var(--enter);
      }
      @keyframes enter {
        from {
          opacity: 0;
        }
      }
      phone-arcs {
        --arcs: clamp(96px, 24dvh, 200px);
        margin-bottom: 20px;
      }
      phone-end-card {
        grid-row: 2 / -1;
      }
      .state {
        font-size: 17px;
        line-height: 26px;
        margin-top: 8px;
        min-height: 26px;
      }
      .state.timer {
        font-weight: 600;
      }
      .facts {
        min-height: 34px;
        margin-top: 8px;
        display: flex;
        gap: 8px;
        flex-wrap: wrap;
        justify-content: center;
      }
      .banner {
        width: min(420px, 100%);
        margin-bottom: 20px;
        padding: 12px 16px;
        border-radius: var(--radius-large);
        background: var(--warn-soft);
        color: var(--warn-text);
        text-align: left;
      }
      .banner b {
        display: block;
        font-weight: 650;
      }
      .sent {
        font-size: 22px;
        line-height: 30px;
        min-height: 38px;
        letter-spacing: 0.06em;
      }
      phone-pad {
        --key: clamp(48px, 8.6dvh, 72px);
        --key-gap: clamp(6px, 1.4dvh, 12px);
        margin-top: 8px;
      }
      @media (max-height: 560px) {
        phone-arcs {
          --arcs: 72px;
          margin-bottom: 8px;
        }
        .state {
          margin-top: 0;
        }
      }
      .pressing phone-arcs,
      .pressing .address {
        display: none;
      }
      .pressing .name {
        font-size: 22px;
        line-height: 30px;
      }
      .pressing .state {
        margin-top: 0;
      }
      .pressing .facts {
        margin: 0;
        min-height: 0;
      }
    `,
  ];

  declare phone: Phone;
  declare keypad: boolean;
  #call: Call | undefined;
  #off = (): void => {};
  #sent = "";
  #received = "";

  constructor() {
    super();
    this.keypad = false;
    new Watch(this, () => [this.phone.stage, this.phone.people, this.phone.numbers, this.phone.stage.view().call]);
    new Ticking(this);
  }

  protected override willUpdate(): void {
    const { call } = this.phone.stage.view();
    if (call === this.#call) return;
    this.#off();
    this.#call = call;
    this.#sent = this.#received = "";
    this.keypad = false;
    this.#off = call?.on("digits", (digit) => this.#onDigit(digit)) ?? (() => {});
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.#onKey, { capture: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.#onKey, { capture: true });
    this.#off();
    this.#call = undefined;
  }

  /** For the keyboard. */
  toggleKeypad(): void {
    this.keypad = !this.keypad;
  }

  override render() {
    const { call, attempt } = this.phone.stage.view();
    if (attempt) return this.#attempt(namingOf(this.phone, attempt.target));
    if (!call) return nothing;
    return html`<phone-call-strip .phone=${this.phone} .call=${call}></phone-call-strip> ${
        call.view().end
          ? html`<phone-end-card .phone=${this.phone} .call=${call}></phone-end-card>`
          : this.#up(call, call.view())
      }`;
  }

  #attempt(named: Naming) {
    const waits = this.phone.session?.view().state !== "connected";
    return html`<phone-call-strip .phone=${this.phone}></phone-call-strip>
      <div class="hero">
        <phone-arcs .name=${named.name} state="dialing"></phone-arcs>
        ${this.#title(named)}
        <p class="state" data-testid="state">${waits ? words.notices.offline : words.call.asking}</p>
        <div class="facts"></div>
      </div>
      <phone-call-controls .phone=${this.phone}></phone-call-controls>`;
  }

  #up(call: Call, view: CallView) {
    const named = naming(this.phone, view.peer);
    return html`<div class="hero ${this.keypad ? "pressing" : ""}" data-testid="call" data-state=${view.state}>
        ${this.#banner(view)}
        <phone-arcs .call=${call} .name=${named.name} .state=${view.state}></phone-arcs>
        ${this.#title(named)}
        <p class="state ${view.state === "connected" ? "timer" : ""}" data-testid="state">
          ${stateLine(view, this.phone.stage.talkedMs())}
        </p>
        ${this.#facts(named.name, view)} ${this.keypad ? this.#pad() : nothing}
      </div>
      <phone-call-controls
        .phone=${this.phone}
        .call=${call}
        .keypad=${this.keypad}
        @keypad=${() => this.toggleKeypad()}
      ></phone-call-controls>`;
  }

  #title({ name, address }: Naming) {
    return html`<h1 class="name" data-testid="peer">${name}</h1>
      <p class="address">${address}</p>`;
  }

  /** Only for what needs attention; it says that the call goes on. */
  #banner({ state, quality }: CallView) {
    const weak = state === "connected" && quality !== undefined && qualityWord(quality) === "weak";
    if (!weak && state !== "reconnecting") return nothing;
    return html`<div class="banner" data-testid="banner">
      <b>${words.call.weak}</b>${weak ? words.call.weakNext : words.call.reconnectingNext}
    </div>`;
  }

  #facts(name: string, view: CallView) {
    const { warning } = view.quality ?? {};
    return html`<div class="facts">
      ${view.hold.remote ? html`<span class="chip warn">${icon("pause", 16)}${words.call.heldByThem(name)}</span>` : nothing}
      ${view.hold.local ? html`<span class="chip">${icon("pause", 16)}${words.call.heldByMe}</span>` : nothing}
      ${this.#quality(view)}
      ${warning && !view.hold.remote ? html`<span class="chip warn">${icon("warning", 16)}${words.call.warnings[warning]}</span>` : nothing}
      ${
        view.muted.audio && this.phone.preferences.view().shortcuts
          ? html`<span class="chip talk">${icon("microphoneOff", 16)}${words.call.talkHint}</span>`
          : nothing
      }
      ${
        this.#received
          ? html`<span class="chip" data-testid="digits-received"
              >${icon("pad", 16)}${words.call.digitsReceived(this.#received)}</span
            >`
          : nothing
      }
    </div>`;
  }

  #quality({ quality, state }: CallView) {
    if (!quality || state !== "connected") return nothing;
    const word = words.call.quality[qualityWord(quality)];
    const { rttMs } = quality;
    return html`<span class="chip" data-testid="quality"
      >${icon("check", 16)}${rttMs > 0 ? words.call.delay(word, rttMs) : word}</span
    >`;
  }

  #pad() {
    return html`<p class="sent" role="note" aria-label=${words.call.digitsSent} data-testid="digits-sent">
        ${this.#sent}
      </p>
      <phone-pad @key=${(event: CustomEvent<string>) => this.#press(event.detail)}></phone-pad>`;
  }

  #onDigit(digit: string): void {
    this.#received = (this.#received + digit).slice(-24);
    this.requestUpdate();
  }

  #press(digit: string): void {
    this.#sent = (this.#sent + digit).slice(-18);
    this.requestUpdate();
    this.#call?.sendDigits(digit).catch((thrown: unknown) => this.phone.notices.tell(thrown));
  }

  /** Digits of the keyboard are tones while the keypad is open; Escape closes it and never ends a call. */
  readonly #onKey = (event: KeyboardEvent): void => {
    if (!this.keypad || event.ctrlKey || event.metaKey || event.altKey || typesText(document)) return;
    if (event.key === "Escape") this.keypad = false;
    else if (/^[\d*#]$/.test(event.key)) this.#press(event.key);
    else return;
    event.stopPropagation();
  };
}

customElements.define("phone-call-view", PhoneCallView);

declare global {
  interface HTMLElementTagNameMap {
    "phone-call-view": PhoneCallView;
  }
}
