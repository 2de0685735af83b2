import { css, html, LitElement, nothing } from "lit";
import type { Call, CallEnd, Target } from "../../index.ts";
import "../look/avatar.ts";
import { icon } from "../look/icons.ts";
import { base, buttons } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import { printPlace } from "../model/places.ts";
import { talked } from "../words/times.ts";
import { words } from "../words/words.ts";
import { naming } from "./call-name.ts";
import { hero } from "./hero.ts";
import { qualityWord } from "./quality-word.ts";

/** How a call ended: why, how long, how it sounded, and what to do next. */
export class PhoneEndCard extends LitElement {
  static override properties = { phone: { attribute: false }, call: { attribute: false } };
  static override styles = [
    base,
    buttons,
    hero,
    css`
      :host {
        display: grid;
        grid-template-rows: 1fr auto;
        min-height: 0;
      }
      phone-avatar {
        --size: clamp(80px, 16dvh, 128px);
        margin-bottom: 20px;
      }
      .facts {
        margin-top: 12px;
        color: var(--muted);
      }
      .over {
        display: flex;
        flex-wrap: wrap;
        gap: 12px;
        justify-content: center;
        padding: 12px 20px calc(36px + env(safe-area-inset-bottom));
      }
      .over .button {
        min-width: 140px;
        min-height: 52px;
      }
      .emergency {
        font-size: 34px;
        line-height: 42px;
      }
    `,
  ];

  declare phone: Phone;
  declare call: Call;

  constructor() {
    super();
    new Watch(this, () => [this.phone.people]);
  }

  override render() {
    const view = this.call.view();
    const { end } = view;
    if (!end) return nothing;
    const { name } = naming(this.phone, view.peer);
    const { title, text } = words.ends[end.reason](name, end);
    const emergency = end.reason === "emergency-not-supported";
    return html`<div class="hero" data-testid="call" data-state="ended" data-reason=${end.reason} data-by=${end.by}>
        <phone-avatar .name=${name}></phone-avatar>
        <div data-testid="end">
          <h1 class="name ${emergency ? "emergency" : ""}">${title}</h1>
          <p class="address">${[title.includes(name) ? "" : name, text].filter(Boolean).join(". ")}</p>
        </div>
        <p class="facts" data-testid="facts">${this.#facts(end)}</p>
      </div>
      <div class="over">
        <button class="button" @click=${() => this.phone.stage.dismiss()}>${words.call.done}</button>
        ${this.#known() ? nothing : this.#saveAs()} ${emergency ? this.#emergency(name) : this.#again(view.peer.target)}
      </div>`;
  }

  #facts({ durationMs }: CallEnd): string {
    const { quality } = this.call.view();
    return [
      durationMs > 0 ? words.call.lasted(talked(durationMs)) : "",
      durationMs > 0 && quality ? words.call.qualityWas[qualityWord(quality)] : "",
    ]
      .filter(Boolean)
      .join(", ");
  }

  #known(): boolean {
    const { peer, end } = this.call.view();
    if (end?.reason === "not-found" || end?.reason === "emergency-not-supported") return true;
    return this.phone.people.of(peer.target) !== undefined || "user" in peer.target;
  }

  #saveAs() {
    const { peer } = this.call.view();
    const item = `new:${JSON.stringify(peer.target)}`;
    return html`<a class="button" href=${printPlace({ tab: "contacts", item })}
      >${icon("plus", 20)}${words.contacts.saveAs}</a
    >`;
  }

  #emergency(number: string) {
    return html`<a class="button go" href="tel:${number}">${icon("call", 20)}${words.call.callName(number)}</a>`;
  }

  #again(target: Target) {
    return html`<button class="button go" @click=${() => void this.phone.stage.call(target)}>
      ${icon("call", 20)}${this.phone.stage.cameIn(this.call) ? words.call.back : words.call.again}
    </button>`;
  }
}

customElements.define("phone-end-card", PhoneEndCard);
