import { css, html, LitElement, nothing } from "lit";
import "../look/avatar.ts";
import { icon, type IconName } from "../look/icons.ts";
import { base } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import { printPlace, railTabs } from "../model/places.ts";
import { unseenMissed } from "../recents/groups.ts";
import { words } from "../words/words.ts";

type RailTab = (typeof railTabs)[number];

const icons: Readonly<Record<RailTab, IconName>> = {
  recents: "clock",
  contacts: "person",
  keypad: "pad",
  chats: "chat",
  settings: "settings",
};

/** Where to go: at the left of a wide screen, at the bottom of a narrow one. */
export class PhoneRail extends LitElement {
  static override properties = { phone: { attribute: false } };
  static override styles = [
    base,
    css`
      nav {
        display: grid;
        grid-auto-flow: column;
        grid-auto-columns: 1fr;
        border-top: 1px solid var(--line);
        background: var(--surface);
        padding: 6px 4px calc(6px + env(safe-area-inset-bottom));
      }
      a {
        position: relative;
        min-width: 0;
        min-height: 52px;
        display: grid;
        justify-items: center;
        align-content: center;
        gap: 3px;
        font-size: 12px;
        line-height: 14px;
        color: var(--muted);
        border-radius: var(--radius);
      }
      a[aria-current] {
        color: var(--text);
        font-weight: 600;
      }
      .badge {
        position: absolute;
        top: 5px;
        left: calc(50% + 4px);
        min-width: 18px;
        padding: 0 5px;
        border-radius: var(--pill);
        font-size: 12px;
        line-height: 18px;
        font-weight: 650;
        text-align: center;
        background: var(--stop);
        color: var(--on);
      }
      .self,
      .stories {
        display: none;
      }
      @media (min-width: 700px) {
        nav {
          height: 100%;
          display: flex;
          flex-direction: column;
          align-items: center;
          gap: 4px;
          padding: 16px 4px;
          border-top: 0;
          border-right: 1px solid var(--line);
          background: var(--sunken);
          overflow: auto;
        }
        a {
          width: 100%;
          max-width: 66px;
          min-height: 58px;
          transition: background-color var(--leave);
        }
        .stories {
          display: grid;
        }
        .self {
          display: grid;
          margin-top: auto;
          --size: 40px;
        }
        a[aria-current]:not(.self) {
          background: var(--surface);
          box-shadow: 0 0 0 1px var(--line);
        }
      }
      @media (hover: hover) {
        a:hover {
          color: var(--text);
        }
      }
      @media (forced-colors: active) {
        a[aria-current] {
          outline: 2px solid Highlight;
          outline-offset: -2px;
        }
      }
    `,
  ];

  declare phone: Phone;

  constructor() {
    super();
    new Watch(this, () => [
      this.phone.places,
      this.phone.preferences,
      this.phone.session,
      this.phone.session?.calls,
      this.phone.session?.messages,
    ]);
  }

  override render() {
    const self = this.phone.session?.view();
    const name = self?.name ?? self?.user ?? "";
    return html`<nav aria-label=${words.nav.main}>
      ${railTabs.map((tab) => this.#tab(tab))}
      ${
        self?.role
          ? html`<a class="stories" href="/admin/calls">${icon("story")}<span>${words.nav.callStories}</span></a>`
          : nothing
      }
      <a
        class="self"
        href=${printPlace({ tab: "settings", item: "status" })}
        title=${self?.user ?? ""}
        aria-label=${words.nav.you(name, this.#status())}
      >
        <phone-avatar
          .name=${name}
          .status=${self?.state === "connected" ? this.phone.preferences.view().status : "offline"}
        ></phone-avatar>
      </a>
    </nav>`;
  }

  #status(): string {
    const { status } = this.phone.preferences.view();
    return status === "invisible" ? words.settings.invisible : words.contacts.status[status];
  }

  #tab(tab: RailTab) {
    const count = tab === "recents" ? this.#missed() : tab === "chats" ? this.#unread() : 0;
    const what = tab === "chats" ? words.chats.unread(count) : words.nav.missed(count);
    const { tab: at } = this.phone.places.view();
    // Whiteboards are reached by chats.
    const current = at === tab || (at === "boards" && tab === "chats");
    return html`<a
      href=${printPlace({ tab, item: "" })}
      aria-current=${current ? "page" : nothing}
      aria-label=${count > 0 ? `${words.nav[tab]}, ${what}` : nothing}
      @click=${() => this.phone.stage.show(false)}
    >
      ${icon(icons[tab])}<span>${words.nav[tab]}</span>
      ${count > 0 ? html`<span class="badge" aria-hidden="true">${count}</span>` : nothing}
    </a>`;
  }

  #unread(): number {
    return this.phone.session?.messages.view().unread ?? 0;
  }

  #missed(): number {
    const { missedSeen } = this.phone.preferences.view();
    return unseenMissed(this.phone.session?.calls.view().recents ?? [], missedSeen);
  }
}

customElements.define("phone-rail", PhoneRail);
