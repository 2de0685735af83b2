import { css, html, LitElement, nothing } from "lit";
import type { Target } from "../../index.ts";
import { addressOf } from "../../target.ts";
import { icon } from "../look/icons.ts";
import "../look/pad.ts";
import { base, chips } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Person } from "../model/people.ts";
import type { Phone } from "../model/phone.ts";
import { locale, words } from "../words/words.ts";
import { matchesOf } from "./matches.ts";

/** The dialling screen: a number, a name, or anything pasted. */
export class PhoneKeypadView extends LitElement {
  static override properties = { phone: { attribute: false }, dialled: { state: true } };
  static override styles = [
    base,
    chips,
    css`
      :host {
        height: 100%;
        min-height: 480px;
        display: flex;
        flex-direction: column;
        padding: 16px 16px 24px;
        container-type: size;
      }
      h1 {
        font-size: 12px;
      }
      form {
        flex: 1;
        display: flex;
        flex-direction: column;
        align-items: center;
        justify-content: flex-end;
        gap: 20px;
        max-height: 760px;
        margin: auto 0;
      }
      .dial {
        flex: 1;
        width: min(440px, 100%);
        min-height: var(--dial, 132px);
        display: grid;
        align-content: start;
        justify-items: center;
        text-align: center;
        gap: 4px;
      }
      .dial .chip {
        max-width: 100%;
        overflow-wrap: anywhere;
      }
      input {
        width: 100%;
        height: 56px;
        border: 0;
        background: none;
        text-align: center;
        font-size: 34px;
        line-height: 42px;
        font-weight: 450;
        letter-spacing: 0.005em;
        padding: 0 8px;
        border-bottom: 2px solid transparent;
        border-radius: 0;
        outline: none;
        caret-color: var(--focus);
      }
      input:focus-visible {
        outline: none;
        border-bottom-color: var(--focus);
      }
      input.long {
        font-size: clamp(17px, 5.4cqw, 26px);
      }
      input::placeholder {
        color: var(--muted);
        opacity: 1;
        font-size: 17px;
        letter-spacing: 0;
        font-weight: 400;
      }
      .meaning {
        min-height: 22px;
        overflow-wrap: anywhere;
      }
      .matches {
        display: flex;
        flex-wrap: wrap;
        justify-content: center;
        gap: 6px;
        max-height: 92px;
        overflow: hidden;
      }
      .match {
        min-height: 44px;
        font-size: 15px;
        line-height: 22px;
        color: var(--text);
      }
      phone-pad {
        --key: clamp(52px, 11.2cqh, 80px);
        --key-gap: clamp(6px, 1.9cqh, 14px);
      }
      .acts {
        display: grid;
        grid-template-columns: repeat(3, 72px);
        justify-content: center;
        align-items: center;
        justify-items: center;
        gap: 20px;
      }
      .acts .go {
        grid-column: 2;
        width: 72px;
        height: 72px;
        border-radius: 50%;
        background: var(--go);
        color: var(--on);
        display: grid;
        place-items: center;
        transition: filter var(--leave);
      }
      @media (hover: hover) {
        .acts .go:hover {
          filter: brightness(1.06);
        }
        .erase:hover {
          background: var(--sunken);
        }
      }
      .erase {
        width: 52px;
        height: 52px;
        border-radius: 50%;
        color: var(--muted);
        display: grid;
        place-items: center;
      }
      @media (forced-colors: active) {
        .acts .go {
          border: 1px solid ButtonText;
        }
      }
    `,
  ];

  declare phone: Phone;
  declare dialled: string;

  constructor() {
    super();
    this.dialled = "";
    new Watch(this, () => [this.phone.people, this.phone.numbers, this.phone.session]);
  }

  override render() {
    const { dialled } = this;
    const offline = this.phone.session?.view().state !== "connected";
    return html`<h1 class="visually-hidden">${words.keypad.title}</h1>
      <form @submit=${(event: Event) => this.#submit(event)}>
        <div class="dial">
          <span class="chip">${words.keypad.callingAs(this.#self())}</span>
          <input
            class=${dialled.length > 14 ? "long" : ""}
            type="text"
            inputmode="text"
            enterkeyhint="go"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            aria-label=${words.keypad.field}
            aria-describedby="meaning"
            placeholder=${words.keypad.field}
            .value=${this.phone.numbers.group(dialled)}
            @input=${(event: InputEvent) => this.#typed(event.target as HTMLInputElement)}
            @paste=${(event: ClipboardEvent) => this.#pasted(event)}
            @keydown=${(event: KeyboardEvent) => this.#onKey(event)}
          />
          <p id="meaning" class="meaning quiet" data-testid="meaning">${this.#meaning()}</p>
          ${this.#matches()}
        </div>
        <phone-pad .plus=${true} @key=${(event: CustomEvent<string>) => (this.dialled += event.detail)}></phone-pad>
        <div class="acts">
          <button class="go" aria-label=${offline ? words.keypad.offline : words.keypad.call}>
            ${icon("call", 28)}
          </button>
          <button
            type="button"
            class="erase"
            aria-label=${words.keypad.erase}
            ?hidden=${dialled === ""}
            @click=${() => (this.dialled = dialled.slice(0, -1))}
          >
            ${icon("erase", 26)}
          </button>
        </div>
      </form>`;
  }

  protected override firstUpdated(): void {
    // A keyboard that covers half of a telephone's screen comes when it is asked for.
    const roomy = matchMedia("(hover: hover) and (min-width: 700px)").matches;
    if (roomy && this.phone.places.view().tab === "keypad") this.renderRoot.querySelector("input")?.focus();
  }

  #self(): string {
    const { name, user = "" } = this.phone.session?.view() ?? {};
    return name ?? user;
  }

  /** What will be called, said before it is called. */
  #meaning(): string {
    const { dialled } = this;
    if (dialled.trim() === "") return words.keypad.hint;
    const target = this.phone.decision(dialled);
    return target ? this.#saying(target) : words.keypad.unknown;
  }

  #saying(target: Target): string {
    const address = addressOf(target);
    const person = this.phone.people.of(target);
    if (person && "tel" in target) return [person.name, this.#country(address)].filter(Boolean).join(", ");
    if ("user" in target) return words.keypad.asUser(person?.name ?? address);
    if (!("tel" in target)) return words.keypad.asAddress(address);
    const number = words.keypad.asNumber(this.phone.numbers.group(address));
    return [number, this.phone.about(address) || this.#country(address)].filter(Boolean).join(", ");
  }

  #country(number: string): string {
    const code = this.phone.numbers.country(number);
    return (code && new Intl.DisplayNames(locale(), { type: "region" }).of(code)) ?? "";
  }

  #matches() {
    const people = matchesOf(this.dialled, this.phone.people.view().people);
    if (people.length === 0) return nothing;
    return html`<div class="matches" role="group" aria-label=${words.keypad.matches} data-testid="matches">
      ${people.map((person) => this.#match(person))}
    </div>`;
  }

  #match({ name, lines: [{ target }] }: Person) {
    return html`<button
      type="button"
      class="chip match"
      aria-label=${words.call.callName(name)}
      @click=${() => this.#call(target)}
    >
      ${icon("call", 16)}${name}
    </button>`;
  }

  #call(target: Target): void {
    this.dialled = "";
    void this.phone.stage.call(target);
  }

  /** Groups are for the eye: what is kept is the number without them. */
  #typed(input: HTMLInputElement): void {
    const bare = input.value.replace(/[\s().\-/]/g, "");
    this.dialled = /^\+?[\d*#]+$/.test(bare) ? bare : input.value;
    // The same text again would leave what was typed in the field.
    input.value = this.phone.numbers.group(this.dialled);
  }

  /** Of a whole text the number or the address in it is taken. */
  #pasted(event: ClipboardEvent): void {
    const pasted = event.clipboardData?.getData("text").trim() ?? "";
    const target = this.dialled === "" ? this.phone.decision(pasted) : undefined;
    if (!target || "user" in target) return;
    event.preventDefault();
    this.dialled = "tel" in target ? target.tel : target.sip;
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key !== "Escape" || this.dialled === "") return;
    event.stopPropagation();
    this.dialled = "";
  }

  #submit(event: Event): void {
    event.preventDefault();
    const [only, ...others] = matchesOf(this.dialled, this.phone.people.view().people);
    const name = !/^\+?[\d*#]*$/.test(this.dialled);
    if (name && only && others.length === 0 && !this.phone.decision(this.dialled))
      return this.#call(only.lines[0].target);
    if (this.phone.dial(this.dialled)) this.dialled = "";
  }
}

customElements.define("phone-keypad-view", PhoneKeypadView);
