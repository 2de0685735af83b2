import { css, html, nothing, type TemplateResult } from "lit";
import {
  connect,
  type Call,
  type CallOptions,
  type ClientError,
  type ConnectOptions,
  type ErrorCode,
  type Session,
} from "../index.ts";
import "./call-me.ts";
import "./call.ts";
import { asProblem, define, OffhookElement, problemText } from "./element.ts";
import { base, icon } from "./look.ts";

/** Problems of this browser that a telephone does not have. */
const telephoneHelps: ReadonlySet<ErrorCode> = new Set([
  "insecure-context",
  "microphone-denied",
  "microphone-missing",
  "microphone-busy",
  "ice-failed",
  "unsupported",
]);

const canTalk = (): boolean => "RTCPeerConnection" in globalThis && navigator.mediaDevices !== undefined;

/**
 * A call in one click: `<offhook-button app-key="…" to="user:sales@example.org" label="Call us">`.
 * It connects when it is clicked and lets go after the call; with the property `session` it uses that. Where the
 * browser has no microphone it offers to call the visitor's telephone, unless `no-call-me`. Fires `state`, `ended`,
 * `problem`.
 */
export class OffhookButton extends OffhookElement {
  static override properties = {
    appKey: { attribute: "app-key" },
    to: {},
    label: {},
    url: {},
    displayName: { attribute: "display-name" },
    noCallMe: { type: Boolean, attribute: "no-call-me" },
    session: { attribute: false },
    options: { attribute: false },
    data: { attribute: false },
    call: { attribute: false },
    busy: { state: true },
    asks: { state: true },
    problem: { state: true },
  };
  static override styles = [
    base,
    css`
      :host {
        display: inline-block;
        max-width: 340px;
      }
      .main {
        padding-inline: 22px;
        box-shadow: var(--off-button-shadow, none);
      }
      .stack {
        display: grid;
        gap: 10px;
        justify-items: start;
      }
      offhook-call,
      offhook-call-me {
        width: min(320px, 100%);
      }
    `,
  ];

  declare appKey: string | undefined;
  declare to: string | undefined;
  declare label: string | undefined;
  declare url: string | undefined;
  declare displayName: string | undefined;
  declare noCallMe: boolean;
  /** A session of the page: stays open. */
  declare session: Session | undefined;
  /** More for `connect`, such as a token. */
  declare options: ConnectOptions | undefined;
  /** Given to the application of the far end. */
  declare data: CallOptions["data"];
  /** The call that is up, or the last one. */
  declare call: Call | undefined;
  declare protected busy: boolean;
  declare protected asks: boolean;
  declare protected problem: ClientError | undefined;
  #own: Session | undefined;
  /** The telephone that was to be rung last. */
  #number: string | undefined;

  protected stores() {
    return [this.call];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // Moved within the page it comes back in the same turn.
    queueMicrotask(() => void (this.isConnected || this.#letGo()));
  }

  override render() {
    const { call, problem, words } = this;
    const state = call?.view().state;
    const up = call !== undefined && state !== "ended";
    return html`<div class="stack" part="stack">
      ${up ? nothing : this.#button(state === "ended" ? words.callAgain : (this.label ?? words.call))}
      ${call ? html`<offhook-call part="call" exportparts=${callParts} .call=${call} .line=${this.#line(call)}></offhook-call>` : nothing}
      ${problem && !this.asks ? html`<p class="bad" part="problem" role="alert">${problemText(problem, words)}</p>` : nothing}
      ${
        this.asks && !up
          ? html`<offhook-call-me
              part="call-me"
              exportparts="input, reason"
              .reason=${problem && problemText(problem, words)}
              .number=${this.#number}
              .busy=${this.busy}
              @number=${this.#onNumber}
            ></offhook-call-me>`
          : nothing
      }
    </div>`;
  }

  /** Calls, as a click does. Resolves when the call is on its way, or cannot be. */
  async start(): Promise<void> {
    if (!canTalk() && !this.noCallMe) return void (this.asks = true);
    await this.#attempt((session) => session.call(this.#target(), this.data === undefined ? {} : { data: this.data }));
  }

  /** Has the telephone `number` rung and joined. */
  async callMe(number: string): Promise<void> {
    this.#number = number;
    await this.#attempt((session) => session.calls.callMe(number, this.#target()));
  }

  #button(label: string): TemplateResult {
    return html`<button class="pill go main" part="button" ?disabled=${this.busy} @click=${() => void this.start()}>
      ${icon("call")}<slot>${this.busy ? this.words.connecting : label}</slot>
    </button>`;
  }

  #line(call: Call): string | undefined {
    return call.local ? undefined : this.words.yourPhone;
  }

  #onNumber(event: CustomEvent<string>): void {
    event.stopPropagation();
    void this.callMe(event.detail);
  }

  #target(): string {
    return this.to ?? "";
  }

  async #attempt(start: (session: Session) => Promise<Call>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = undefined;
    try {
      this.#follow(await start(await this.#open()));
      this.asks = false;
    } catch (thrown) {
      this.#failed(asProblem(thrown));
    } finally {
      this.busy = false;
    }
  }

  async #open(): Promise<Session> {
    if (this.session) return this.session;
    const { appKey, url, displayName } = this;
    return (this.#own ??= await connect({
      ...(appKey !== undefined && { appKey }),
      ...(url !== undefined && { url }),
      ...(displayName !== undefined && { displayName }),
      // A call of the page's last load would come back only now, beside the new one.
      keepCalls: false,
      ...this.options,
    }));
  }

  #follow(call: Call): void {
    this.call = call;
    this.tell("state", call.view());
    call.on("state", (view) => this.tell("state", view));
    call.on("problem", (problem) => this.tell("problem", problem));
    void call.ended.then((end) => {
      this.tell("ended", end);
      this.#close();
    });
    if (!this.isConnected) this.#letGo();
  }

  #failed(problem: ClientError): void {
    this.problem = problem;
    this.asks ||= !this.noCallMe && telephoneHelps.has(problem.code);
    this.tell("problem", problem);
    if (!this.asks) this.#close();
  }

  #letGo(): void {
    if (!this.#own && this.call) void this.call.end();
    this.#close();
  }

  #close(): void {
    void this.#own?.close();
    this.#own = undefined;
  }
}

const callParts = "card, name, state, time, reference, mute, keypad, end, dialpad";

define("offhook-button", OffhookButton);
