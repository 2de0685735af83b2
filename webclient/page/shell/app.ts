import { css, html, LitElement, nothing } from "lit";
import { keyed } from "lit/directives/keyed.js";
import "../boards/board-invitation.ts";
import "../boards/board-view.ts";
import "../boards/boards-list.ts";
import "../call/call-bar.ts";
import "../call/call-view.ts";
import "../call/incoming-card.ts";
import "../chats/chat-view.ts";
import "../chats/chats-list.ts";
import "../chats/new-chat.ts";
import "../contacts/contact-view.ts";
import "../contacts/contacts-list.ts";
import "../first-check/first-check.ts";
import "../keypad/keypad-view.ts";
import "../look/nobody.ts";
import { base } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import type { Tab } from "../model/places.ts";
import "../recents/home.ts";
import "../recents/recent-view.ts";
import "../recents/recents-list.ts";
import "../settings/settings-list.ts";
import "../settings/settings-view.ts";
import "../sign-in/sign-in-view.ts";
import { words } from "../words/words.ts";
import "./announcer.ts";
import "./notice.ts";
import "./rail.ts";

/** The frame of the page: rail, list and stage side by side, or one of them on a narrow screen. */
export class PhoneApp extends LitElement {
  static override properties = { phone: { attribute: false } };
  static override styles = [
    base,
    css`
      :host {
        height: 100dvh;
      }
      .shell {
        height: 100%;
        display: grid;
        grid-template: "top" auto "body" minmax(0, 1fr) "rail" auto / minmax(0, 1fr);
      }
      phone-rail {
        grid-area: rail;
      }
      .top {
        grid-area: top;
        min-width: 0;
      }
      main {
        display: contents;
      }
      .list,
      .stage {
        grid-area: body;
        min-width: 0;
        min-height: 0;
        overflow: auto;
        overscroll-behavior: contain;
        /* What rows or fields hide from the eye stays inside. */
        position: relative;
      }
      .list {
        display: flex;
        flex-direction: column;
      }
      .list > * {
        flex: 1;
        min-height: 0;
      }
      .list:focus,
      .stage:focus {
        outline: none;
      }
      [data-pane="list"] .stage,
      [data-pane="stage"] .list {
        display: none;
      }
      [data-pane="whole"] .list,
      [data-pane="whole"] phone-rail {
        display: none;
      }
      .cards {
        position: fixed;
        z-index: 3;
        inset: 0 0 auto;
        display: grid;
        gap: 12px;
        padding: 12px;
        pointer-events: none;
      }
      .cards > * {
        pointer-events: auto;
      }
      @media (min-width: 700px) {
        .shell {
          grid-template: "rail top" auto "rail body" minmax(0, 1fr) / 64px minmax(0, 1fr);
        }
        [data-pane="whole"] phone-rail {
          display: block;
        }
        .cards {
          inset: 0 0 auto auto;
          width: 420px;
          padding: 24px;
        }
      }
      @media (min-width: 1100px) {
        .shell {
          grid-template: "rail list top" auto "rail list body" minmax(0, 1fr) / 76px 348px minmax(0, 1fr);
        }
        .list,
        [data-pane="stage"] .list,
        [data-pane="whole"] .list {
          grid-area: list;
          display: flex;
          border-right: 1px solid var(--line);
        }
        [data-pane="list"] .stage {
          display: block;
        }
      }
    `,
  ];

  declare phone: Phone | undefined;
  #pane: string | undefined;

  constructor() {
    super();
    new Watch(this, () => [
      this.phone?.door,
      this.phone?.places,
      this.phone?.preferences,
      this.phone?.stage,
      this.phone?.people,
      this.phone?.boards,
    ]);
  }

  /** The focus was on something that is gone: it goes to what came instead, so that the keyboard goes on there. */
  protected override updated(): void {
    const pane = this.renderRoot.querySelector<HTMLElement>(".shell")?.dataset["pane"];
    if (pane === this.#pane) return;
    const first = this.#pane === undefined;
    this.#pane = pane;
    if (first || document.activeElement !== document.body) return;
    this.renderRoot.querySelector<HTMLElement>(pane === "list" ? ".list" : ".stage")?.focus({ preventScroll: true });
  }

  override render() {
    const { phone } = this;
    if (!phone) return nothing;
    // Another language: everything is drawn anew.
    return keyed(phone.preferences.view().spoken, this.#screen(phone));
  }

  #screen(phone: Phone) {
    if (phone.door.view().stage !== "signed-in") return html`<phone-sign-in .phone=${phone}></phone-sign-in>`;
    const { offered, call, attempt } = phone.stage.view();
    const checks = !phone.preferences.view().checked && !call && !attempt;
    return html`${checks ? html`<phone-first-check .phone=${phone}></phone-first-check>` : this.#shell(phone)}
      <phone-announcer .phone=${phone}></phone-announcer>
      <div class="cards">
        ${offered.map((call) => html`<phone-incoming-card .phone=${phone} .call=${call}></phone-incoming-card>`)}
        ${phone.boards
          .view()
          .calling.map(
            (board) => html`<phone-board-invitation .phone=${phone} .board=${board}></phone-board-invitation>`,
          )}
      </div>`;
  }

  #shell(phone: Phone) {
    const { tab, item } = phone.places.view();
    const { call, attempt, callShown } = phone.stage.view();
    const onStage = call !== undefined || attempt !== undefined;
    const showsCall = onStage && callShown;
    const whole = showsCall || (tab === "boards" && item !== "");
    return html`<div class="shell" data-pane=${whole ? "whole" : item === "" && tab !== "keypad" ? "list" : "stage"}>
      <phone-rail .phone=${phone}></phone-rail>
      <main>
        <section class="list" tabindex="-1" aria-label=${words.nav[tab === "keypad" ? "recents" : tab]}>
          ${this.#list(phone, tab)}
        </section>
        <div class="top">
          <phone-notice .phone=${phone}></phone-notice>
          ${onStage && !showsCall ? html`<phone-call-bar .phone=${phone}></phone-call-bar>` : nothing}
        </div>
        <div class="stage" tabindex="-1">
          ${showsCall ? html`<phone-call-view .phone=${phone}></phone-call-view>` : this.#stage(phone, tab, item)}
        </div>
      </main>
    </div>`;
  }

  #list(phone: Phone, tab: Tab) {
    if (tab === "contacts") return html`<phone-contacts-list .phone=${phone}></phone-contacts-list>`;
    if (tab === "chats") return html`<phone-chats-list .phone=${phone}></phone-chats-list>`;
    if (tab === "boards") return html`<phone-boards-list .phone=${phone}></phone-boards-list>`;
    if (tab === "settings") return html`<phone-settings-list .phone=${phone}></phone-settings-list>`;
    return html`<phone-recents-list .phone=${phone}></phone-recents-list>`;
  }

  #stage(phone: Phone, tab: Tab, item: string) {
    switch (tab) {
      case "keypad":
        return html`<phone-keypad-view .phone=${phone}></phone-keypad-view>`;
      case "contacts":
        return keyed(item, html`<phone-contact-view .phone=${phone} .item=${item}></phone-contact-view>`);
      case "chats":
        return item === "new"
          ? html`<phone-new-chat .phone=${phone}></phone-new-chat>`
          : keyed(item, html`<phone-chat-view .phone=${phone} .item=${item}></phone-chat-view>`);
      case "boards":
        return item === ""
          ? html`<phone-nobody .picture=${"board"} .text=${words.boards.choose}></phone-nobody>`
          : keyed(item, html`<phone-board-view .phone=${phone} .item=${item}></phone-board-view>`);
      case "settings":
        return html`<phone-settings-view .phone=${phone} .section=${item || "status"}></phone-settings-view>`;
      default:
        return item === ""
          ? html`<phone-home .phone=${phone}></phone-home>`
          : keyed(item, html`<phone-recent-view .phone=${phone} .item=${item}></phone-recent-view>`);
    }
  }
}

customElements.define("phone-app", PhoneApp);

declare global {
  interface HTMLElementTagNameMap {
    "phone-app": PhoneApp;
  }
}
