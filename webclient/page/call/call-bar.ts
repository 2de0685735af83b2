import { css, html, LitElement, nothing } from "lit";
import { icon } from "../look/icons.ts";
import { base } from "../look/styles.ts";
import { Ticking, Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import { words } from "../words/words.ts";
import { naming, namingOf, stateLine } from "./call-name.ts";

/** The call while something else is on the stage: always there, always endable. */
export class PhoneCallBar extends LitElement {
  static override properties = { phone: { attribute: false } };
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        align-items: center;
        min-height: 52px;
        padding: 4px 8px;
        gap: 4px;
        background: var(--go-soft);
        color: var(--go-text);
      }
      .back {
        flex: 1;
        min-width: 0;
        min-height: 44px;
        display: flex;
        align-items: center;
        gap: 10px;
        padding: 0 8px;
        border-radius: var(--radius);
        font-weight: 600;
        text-align: left;
      }
      .back b {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        font-weight: 600;
      }
      .back time {
        margin-left: auto;
        white-space: nowrap;
      }
      .tool {
        width: 44px;
        height: 44px;
        flex: none;
        border-radius: 50%;
        display: grid;
        place-items: center;
      }
      .tool[aria-pressed="true"] {
        background: var(--go-text);
        color: var(--go-soft);
      }
      .tool.end {
        background: var(--stop);
        color: var(--on);
      }
    `,
  ];

  declare phone: Phone;

  constructor() {
    super();
    new Watch(this, () => [this.phone.stage, this.phone.stage.view().call]);
    new Ticking(this);
  }

  override render() {
    const { call, attempt } = this.phone.stage.view();
    const named = call ? naming(this.phone, call.view().peer) : attempt && namingOf(this.phone, attempt.target);
    if (!named) return nothing;
    const muted = call?.view().muted.audio ?? false;
    return html`<button class="back" @click=${() => this.phone.stage.show(true)}>
        ${icon("call", 18)}<span class="visually-hidden">${words.call.backTo} </span><b>${named.name}</b>
        <time>${call ? stateLine(call.view(), this.phone.stage.talkedMs()) : words.call.dialing}</time>
      </button>
      <button
        class="tool"
        aria-label=${words.call.mute}
        aria-pressed=${String(muted)}
        ?disabled=${!call}
        @click=${() => call?.mute("audio")}
      >
        ${icon(muted ? "microphoneOff" : "microphone")}
      </button>
      <button class="tool end" aria-label=${words.call.end} @click=${() => this.phone.stage.end()}>
        ${icon("hangUp")}
      </button>`;
  }
}

customElements.define("phone-call-bar", PhoneCallBar);
