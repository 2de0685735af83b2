import { html, LitElement } from "lit";
import { naming, namingOf } from "../call/call-name.ts";
import { base } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import { words } from "../words/words.ts";
import { callAnnouncement, offeredAnnouncement } from "./announcements.ts";

/** The page's voice for screen readers: two live regions that stay, with text that changes only when there is news. */
export class PhoneAnnouncer extends LitElement {
  static override properties = { phone: { attribute: false } };
  static override styles = [base];

  declare phone: Phone;

  constructor() {
    super();
    new Watch(this, () => [this.phone.stage, this.phone.stage.view().call, ...this.phone.stage.view().offered]);
  }

  override render() {
    const { call, attempt, offered } = this.phone.stage.view();
    const ringing = offered.at(-1);
    const named = call && naming(this.phone, call.view().peer);
    const asked = attempt ? `${words.call.dialing}, ${namingOf(this.phone, attempt.target).name}` : "";
    return html`<p class="visually-hidden" role="status" data-testid="announced">
        ${asked || callAnnouncement(call?.view(), named)}
      </p>
      <p class="visually-hidden" role="alert" data-testid="announced-incoming">
        ${offeredAnnouncement(ringing && naming(this.phone, ringing.view().peer))}
      </p>`;
  }
}

customElements.define("phone-announcer", PhoneAnnouncer);
