import { html } from "lit";
import { define, OffhookElement } from "./element.ts";
import { base, icon } from "./look.ts";

/** Asks for a telephone number: `<offhook-call-me>`. Fires `number` with it. The button shows it by itself. */
export class OffhookCallMe extends OffhookElement {
  static override properties = { reason: { type: String }, number: { type: String }, busy: { type: Boolean } };
  static override styles = [base];

  /** Why the telephone and not the browser. */
  declare reason: string | undefined;
  /** What stands in the field at first. */
  declare number: string | undefined;
  declare busy: boolean;

  protected stores(): [] {
    return [];
  }

  override render() {
    const { words, reason } = this;
    return html`<form class="card" part="card" @submit=${this.#submit}>
      <p part="reason" role="status">${reason ?? words.callMeWhy} ${words.callMeOffer}</p>
      <label>
        <span class="quiet">${words.yourNumber}</span>
        <input
          name="number"
          part="input"
          type="tel"
          autocomplete="tel"
          .value=${this.number ?? ""}
          required
          placeholder="+33 6 12 34 56 78"
        />
      </label>
      <button class="pill go" part="button" ?disabled=${this.busy}>${icon("call")}${words.callMe}</button>
    </form>`;
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const number = String(new FormData(event.currentTarget as HTMLFormElement).get("number") ?? "").trim();
    if (number) this.tell("number", number);
  }
}

define("offhook-call-me", OffhookCallMe);
