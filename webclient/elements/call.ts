import { html, nothing, type TemplateResult } from "lit";
import type { Call, CallEnd, EndReason } from "../index.ts";
import "./dialpad.ts";
import { define, nameOf, OffhookElement, talked } from "./element.ts";
import { base, icon } from "./look.ts";
import { Tones } from "./tones.ts";
import type { Words } from "./words.ts";

/** How a call ended, in one sentence. `telephone`: it was to be had on the visitor's own telephone (Call me). */
function endText({ by, reason, durationMs }: CallEnd, telephone: boolean, words: Words): string {
  if (reason === "normal" && by === "remote") return words.hungUp;
  if (telephone && by === "system" && durationMs === 0 && unreached.includes(reason)) return words.notReached;
  return words.ends[reason];
}

/** What a telephone does that is not taken up. */
const unreached: readonly EndReason[] = ["busy", "declined", "no-answer", "not-found", "unavailable"];

/** One call that goes out or is up: `<offhook-call>`, property `call`. The button and the phone are made with it. */
export class OffhookCall extends OffhookElement {
  static override properties = { call: { attribute: false }, line: { type: String }, pad: { state: true } };
  static override styles = [base];

  declare call: Call | undefined;
  /** Shown in place of the state while it rings. */
  declare line: string | undefined;
  declare protected pad: boolean;
  readonly #tones = new Tones();

  protected stores() {
    return [this.call];
  }

  protected override ticks(): boolean {
    return this.call?.view().state === "connected";
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#tones.play(undefined);
  }

  protected override updated(): void {
    const view = this.call?.view();
    this.#tones.play(view?.state === "ringing" && !view.earlyMedia && this.call?.local ? "ringback" : undefined);
  }

  override render() {
    const { call, words } = this;
    if (!call) return nothing;
    const { state, peer } = call.view();
    return html`<section class="card" part="card" data-state=${state}>
      <div class="row">
        <div class="grow">
          <strong part="name">${nameOf(peer, words)}</strong>
          <p class="quiet" part="state" role="status">${this.#status(call)}</p>
          ${state === "connected" ? html`<time part="time" aria-live="off">${talked(call)}</time>` : nothing}
        </div>
        ${state === "ended" ? nothing : this.#tools(call)}
      </div>
      ${this.pad && state === "connected" ? html`<offhook-dialpad part="dialpad" .call=${call}></offhook-dialpad>` : nothing}
    </section>`;
  }

  #status(call: Call): string | TemplateResult {
    const { state, end, hold } = call.view();
    const { words } = this;
    if (end)
      return html`${endText(end, !call.local, words)} ${words.reference}:
        <span part="reference">${end.reference}</span>`;
    if (hold.remote) return words.held;
    return (state === "ringing" && this.line) || words.states[state];
  }

  #tools(call: Call): TemplateResult {
    const { words } = this;
    const { state, muted } = call.view();
    const talks = state === "connected";
    return html`${
        talks && call.local
          ? html`<button
              class="round"
              part="mute"
              aria-label=${words.mute}
              aria-pressed=${muted.audio}
              @click=${() => call.mute("audio")}
            >
              ${icon(muted.audio ? "microphoneOff" : "microphone")}
            </button>`
          : nothing
      }
      ${
        talks
          ? html`<button
              class="round"
              part="keypad"
              aria-label=${words.keypad}
              aria-expanded=${this.pad === true}
              @click=${() => (this.pad = !this.pad)}
            >
              ${icon("keypad")}
            </button>`
          : nothing
      }
      <button class="round stop" part="end" aria-label=${words.end} @click=${() => void call.end()}>
        ${icon("hangUp")}
      </button>`;
  }
}

define("offhook-call", OffhookCall);
