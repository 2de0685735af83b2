import { css, html, LitElement, nothing } from "lit";
import type { ErrorCode } from "../../index.ts";
import { icon } from "../look/icons.ts";
import "../look/switch-picture.ts";
import { base, buttons } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Again, Notice } from "../model/notices.ts";
import type { Phone } from "../model/phone.ts";
import { hasSwitch, problemWords } from "../words/problem-words.ts";
import { words, type Saying } from "../words/words.ts";

/** Problems where listening alone is better than nothing. */
const canListen: readonly Notice["about"][] = ["microphone-denied", "microphone-missing", "microphone-busy"];

function sayingOf({ about, detail, text }: Notice): Saying {
  if (about === "said") return { title: text, text: "" };
  if (about !== "device-lost") return problemWords(about satisfies ErrorCode, detail, navigator.userAgent);
  return {
    title: words.notices.deviceLost(text || words.notices.firstMicrophone),
    text: words.notices.deviceLostNext,
  };
}

/** What needs attention: the connection, the sound, one problem. */
export class PhoneNotice extends LitElement {
  static override properties = { phone: { attribute: false } };
  static override styles = [
    base,
    buttons,
    css`
      .note {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        gap: 8px 12px;
        margin: var(--notice-margin, 12px 16px 0);
        padding: 12px 4px 12px 16px;
        border-radius: var(--radius);
        background: var(--warn-soft);
        color: var(--warn-text);
      }
      .note.calm {
        background: var(--sunken);
        color: var(--text);
      }
      .say {
        grid-area: 1 / 2 / auto / -1;
        padding-right: 12px;
        overflow-wrap: anywhere;
      }
      .say b {
        font-weight: 650;
        display: block;
      }
      /* Only the title stands beside the cross. */
      [data-testid="notice"] b {
        padding-right: 36px;
      }
      .acts {
        grid-column: 2 / -1;
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .button {
        color: var(--text);
        padding: 8px 14px;
      }
      .button.go {
        color: var(--on);
      }
      .close {
        grid-area: 1 / 3;
        align-self: start;
        width: 44px;
        height: 44px;
        margin: -8px 0;
        display: grid;
        place-items: center;
        border-radius: 50%;
      }
      .loud {
        grid-column: 1 / -1;
        min-height: 56px;
        font-size: 17px;
        margin-right: 12px;
      }
      phone-switch-picture {
        grid-column: 2 / -1;
        margin-right: 12px;
      }
    `,
  ];

  declare phone: Phone;

  constructor() {
    super();
    new Watch(this, () => [this.phone.notices, this.phone.door, this.phone.session, this.phone.preferences]);
  }

  override render() {
    const { notice, soundBlocked, updated } = this.phone.notices.view();
    const session = this.phone.session?.view();
    return html`<div role="status">
      ${session?.state === "reconnecting" ? this.#said("warning", words.notices.offline, words.notices.offlineText) : nothing}
      ${session?.transport === "polling" ? this.#said("wire", words.notices.polling, words.notices.pollingText) : nothing}
      ${this.phone.preferences.view().status === "do-not-disturb" ? this.#undisturbed() : nothing}
      ${soundBlocked ? this.#blocked() : nothing} ${updated ? this.#updated() : nothing}
      ${notice ? this.#problem(notice) : nothing}
    </div>`;
  }

  #said(shape: "warning" | "wire", title: string, text: string) {
    return html`<div class="note ${shape === "wire" ? "calm" : ""}" data-testid="connection">
      ${icon(shape)}
      <div class="say"><b>${title}</b>${text}</div>
    </div>`;
  }

  #undisturbed() {
    const { note } = this.phone.preferences.view();
    return html`<div class="note calm" data-testid="undisturbed">
      ${icon("bellOff")}
      <div class="say"><b>${words.notices.undisturbed}</b>${words.notices.undisturbedText}</div>
      <div class="acts">
        <button class="button" @click=${() => this.phone.availability.choose("online", note)}>
          ${words.notices.disturb}
        </button>
      </div>
    </div>`;
  }

  #blocked() {
    return html`<div class="note">
      ${icon("speaker")}
      <div class="say"><b>${words.problems["playback-blocked"].title}</b></div>
      <button class="button go loud" @click=${() => this.#turnOnSound()}>${words.notices.turnOnSound}</button>
    </div>`;
  }

  #updated() {
    return html`<div class="note calm">
      ${icon("check")}
      <div class="say"><b>${words.notices.updated}</b></div>
      <div class="acts">
        <button class="button" @click=${() => location.reload()}>${words.notices.reload}</button>
      </div>
    </div>`;
  }

  #problem(notice: Notice) {
    const { title, text } = sayingOf(notice);
    const { about, detail, again } = notice;
    return html`<div class="note ${about === "said" ? "calm" : ""}" data-testid="notice" data-code=${about}>
      ${icon(about === "said" ? "check" : "warning")}
      <div class="say"><b>${title}</b>${text}</div>
      <button class="close" aria-label=${words.nav.dismiss} @click=${() => this.phone.notices.dismiss()}>
        ${icon("close", 20)}
      </button>
      ${hasSwitch(about, detail) ? html`<phone-switch-picture></phone-switch-picture>` : nothing}
      ${again ? this.#acts(again, canListen.includes(about)) : nothing}
    </div>`;
  }

  #acts(again: Again, listen: boolean) {
    return html`<div class="acts">
      <button class="button" @click=${() => again()}>${words.nav.tryAgain}</button>
      ${
        listen
          ? html`<button class="button" @click=${() => again({ media: { audio: false } })}>
              ${words.notices.listenOnly}
            </button>`
          : nothing
      }
    </div>`;
  }

  #turnOnSound(): void {
    this.phone.session?.devices.startAudio().then(
      () => this.phone.notices.blockSound(false),
      () => {},
    );
  }
}

customElements.define("phone-notice", PhoneNotice);
