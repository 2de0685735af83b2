import { css, html, LitElement, nothing } from "lit";
import type { CallStory, CallSummary } from "../../../gateway/protocol/call-story.ts";
import { systemClock, type Timer } from "../../../gateway/base/clock.ts";
import { icon } from "../look/icons.ts";
import { base, buttons, headings } from "../look/styles.ts";
import { pathOf, placeOf, spoken, type AdminPlace } from "./admin-place.ts";
import "./calls-view.ts";
import { fetchCalls, fetchStory, type Refusal } from "./story-api.ts";
import "./story-view.ts";

/** A call that goes on is read anew, in milliseconds. */
const againMs = 3_000;

const explained: Readonly<Record<Refusal, readonly [title: string, text: string]>> = {
  "signed-out": ["Sign in first", "Sign in on the phone page, then come back to this address."],
  "not-allowed": [
    "Not for this account",
    "Stories of calls are for support and operators. Ask whoever runs this gateway.",
  ],
  "unknown-call": ["No such call", "Nothing is kept under this reference. Stories are deleted after some days."],
  unreachable: ["The gateway does not answer", "Check the connection, then load the page anew."],
};

/** The pages of support: the list of calls, and the story of one. Addresses can be passed on. */
export class AdminApp extends LitElement {
  static override properties = {
    place: { state: true },
    calls: { state: true },
    more: { state: true },
    story: { state: true },
    refusal: { state: true },
  };
  static override styles = [
    base,
    buttons,
    headings,
    css`
      :host {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        min-height: 100%;
      }
      nav {
        display: flex;
        flex-direction: column;
        gap: 4px;
        align-items: center;
        width: 76px;
        padding: 16px 4px;
        border-right: 1px solid var(--line);
        background: var(--sunken);
      }
      nav a {
        width: 100%;
        max-width: 66px;
        min-height: 58px;
        display: grid;
        justify-items: center;
        align-content: center;
        gap: 3px;
        border-radius: var(--radius);
        font-size: 12px;
        line-height: 14px;
        color: var(--muted);
      }
      nav a[aria-current] {
        color: var(--text);
        font-weight: 600;
        background: var(--surface);
        box-shadow: 0 0 0 1px var(--line);
      }
      .refused {
        padding: 48px 24px;
        max-width: 520px;
        margin: 0 auto;
        text-align: center;
      }
      .refused p {
        margin: 8px 0 20px;
      }
      @media (hover: hover) {
        nav a:hover {
          color: var(--text);
        }
      }
      @media (max-width: 700px) {
        :host {
          grid-template-columns: minmax(0, 1fr);
          grid-template-rows: auto 1fr;
        }
        nav {
          flex-direction: row;
          width: auto;
          padding: 4px 8px;
          border-right: 0;
          border-bottom: 1px solid var(--line);
        }
        nav a {
          width: auto;
          max-width: none;
          min-height: 44px;
          padding: 0 14px;
          grid-auto-flow: column;
          align-items: center;
          font-size: 14px;
        }
      }
    `,
  ];

  declare place: AdminPlace;
  declare calls: readonly CallSummary[];
  declare more: boolean;
  declare story: CallStory | undefined;
  declare refusal: Refusal | undefined;
  #again: Timer | undefined;

  constructor() {
    super();
    this.place = placeOf(location.pathname);
    this.calls = [];
    this.more = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("popstate", () => this.#show(placeOf(location.pathname)));
    this.addEventListener("click", (event) => this.#follow(event));
    this.#show(this.place);
  }

  override render() {
    return html`<nav aria-label="Main">
        <a href="/">${icon("call")}<span>Phone</span></a>
        <a href="/admin/calls" aria-current=${this.place.reference === undefined ? "page" : "true"}>
          ${icon("story")}<span>Calls</span>
        </a>
      </nav>
      ${this.#content()}`;
  }

  #content() {
    if (this.refusal) return refused(this.refusal);
    if (this.place.reference !== undefined)
      return this.story ? html`<admin-story .story=${this.story}></admin-story>` : nothing;
    return html`<admin-calls
      .calls=${this.calls}
      .more=${this.more}
      @older=${() => void this.#list(this.calls.at(-1)?.reference)}
      @wanted=${({ detail }: CustomEvent<string>) => this.#go({ reference: detail })}
    ></admin-calls>`;
  }

  /** Links within these pages do not load them anew. */
  #follow(event: MouseEvent): void {
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (!link || !plain || !link.pathname.startsWith("/admin/calls")) return;
    event.preventDefault();
    this.#go(placeOf(link.pathname));
  }

  #go(place: AdminPlace): void {
    history.pushState(null, "", pathOf(place));
    scrollTo(0, 0);
    this.#show(place);
  }

  #show(place: AdminPlace): void {
    const { reference } = place;
    this.place = place;
    this.story = undefined;
    this.refusal = undefined;
    document.title = reference === undefined ? "Calls – Offhook" : `Call ${spoken(reference)} – Offhook`;
    void (reference === undefined ? this.#list() : this.#read(reference));
  }

  async #list(before?: string): Promise<void> {
    const fetched = await fetchCalls(before);
    if ("refusal" in fetched) return void (this.refusal = fetched.refusal);
    const { calls, more } = fetched.value;
    this.calls = before === undefined ? calls : [...this.calls, ...calls];
    this.more = more;
  }

  async #read(reference: string): Promise<void> {
    this.#again?.cancel();
    const fetched = await fetchStory(reference);
    if (this.place.reference !== reference) return;
    if ("refusal" in fetched) return void (this.refusal = fetched.refusal);
    this.story = fetched.value;
    if (fetched.value.running) this.#again = systemClock.after(againMs, () => void this.#read(reference));
  }
}

function refused(refusal: Refusal) {
  const [title, text] = explained[refusal];
  const link = refusal === "unknown-call" ? ["/admin/calls", "All calls"] : ["/", "To the phone"];
  return html`<main class="refused">
    <div role="alert">
      <h1>${title}</h1>
      <p>${text}</p>
    </div>
    <a class="button" href=${link[0] ?? "/"}>${link[1]}</a>
  </main>`;
}

customElements.define("admin-app", AdminApp);

declare global {
  interface HTMLElementTagNameMap {
    "admin-app": AdminApp;
  }
}
