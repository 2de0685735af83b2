import { css, html, nothing, type TemplateResult } from "lit";
import {
  connect,
  type Call,
  type ClientError,
  type ConnectOptions,
  type Contact,
  type Session,
  type Target,
} from "../index.ts";
import "./call.ts";
import "./devices.ts";
import "./dialpad.ts";
import { asProblem, define, nameOf, OffhookElement, problemText } from "./element.ts";
import "./incoming.ts";
import { base, icon } from "./look.ts";

/** What somebody typed, as a target: digits are a number here, because this is a telephone. */
export function typedTarget(text: string, domain: string): Target | string {
  const typed = text.trim();
  if (/^[\d*#().\s-]+$/.test(typed)) return { tel: typed.replace(/[\s().-]/g, "") };
  if (/^(\+|[a-z]+:)/i.test(typed)) return typed;
  if (!typed.includes("@")) return { user: `${typed}@${domain}` };
  return typed.toLowerCase().endsWith(`@${domain}`) ? { user: typed } : { sip: typed };
}

/**
 * A telephone: `<offhook-phone>` with the property `session`, or with `token` (or the attributes `app-key`, `user`) to
 * open one of its own. Who is there, a number field with keys, calls, incoming calls, devices. Fires `state`,
 * `incoming`, `ended`, `problem`.
 */
export class OffhookPhone extends OffhookElement {
  static override properties = {
    session: { attribute: false },
    token: { attribute: false },
    options: { attribute: false },
    appKey: { attribute: "app-key" },
    user: {},
    url: {},
    displayName: { attribute: "display-name" },
    silent: { type: Boolean },
    typed: { state: true },
    problem: { state: true },
    last: { state: true },
  };
  static override styles = [
    base,
    css`
      :host {
        max-width: 380px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        padding: 16px;
      }
      .all {
        display: grid;
        gap: 14px;
      }
      .person {
        width: 100%;
        min-height: 48px;
        padding: 4px 8px;
        border-radius: calc(var(--radius) * 0.75);
        text-align: start;
      }
      .person:hover {
        background: var(--sunken);
      }
      .dot {
        width: 10px;
        height: 10px;
        border-radius: 50%;
        background: var(--muted);
      }
      .dot.online {
        background: var(--go);
      }
      .dot:is(.busy, .in-a-call, .do-not-disturb) {
        background: var(--stop);
      }
      summary {
        cursor: pointer;
        min-height: 32px;
        color: var(--muted);
      }
    `,
  ];

  declare session: Session | undefined;
  declare token: ConnectOptions["token"];
  /** More for `connect`. */
  declare options: ConnectOptions | undefined;
  declare appKey: string | undefined;
  declare user: string | undefined;
  declare url: string | undefined;
  declare displayName: string | undefined;
  declare silent: boolean;
  declare protected typed: string | undefined;
  declare protected problem: ClientError | undefined;
  declare protected last: Call | undefined;
  #own: Promise<Session> | undefined;
  readonly #offs: (() => void)[] = [];
  #followed: Session | undefined;

  protected stores() {
    const { session } = this;
    return [session, session?.calls, session?.presence, ...(session?.calls.view().calls ?? [])];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    queueMicrotask(() => void (this.isConnected || this.#letGo()));
  }

  protected override willUpdate(): void {
    if (!this.session && (this.token || this.appKey || this.user || this.options)) void this.#open();
    if (this.session !== this.#followed) this.#follow(this.session);
    super.willUpdate();
  }

  override render() {
    const { session, words, problem } = this;
    const calls = (session?.calls.view().calls ?? []).filter((call) => call.view().state !== "offered");
    const over = this.last?.view().state === "ended" ? [this.last] : [];
    const shown = calls.length > 0 ? calls : over;
    return html`<div class="all" part="phone">
      ${this.#header()}
      <offhook-incoming
        part="incoming"
        exportparts="answer, decline"
        .session=${session}
        ?silent=${this.silent}
      ></offhook-incoming>
      ${shown.map((call) => html`<offhook-call part="call" exportparts="end, mute, keypad" .call=${call}></offhook-call>`)}
      ${problem ? html`<p class="bad" part="problem" role="alert">${problemText(problem, words)}</p>` : nothing}
      ${session && calls.length === 0 ? this.#dial() : nothing}
      ${
        session
          ? html`<details part="sound">
              <summary>${words.sound}</summary>
              <offhook-devices .session=${session}></offhook-devices>
            </details>`
          : nothing
      }
    </div>`;
  }

  /** Calls what `text` says. Resolves when the call is on its way, or cannot be. */
  async dial(text: string | Target): Promise<void> {
    const { session } = this;
    if (!session) return;
    this.problem = undefined;
    try {
      const domain = session.view().user.split("@")[1] ?? "";
      await session.call(typeof text === "string" ? typedTarget(text, domain) : text);
      this.typed = "";
    } catch (thrown) {
      this.#failed(asProblem(thrown));
    }
  }

  #header(): TemplateResult {
    const { session, words } = this;
    const { state, name, user } = session?.view() ?? {};
    const line = { connected: name ?? user, reconnecting: words.reconnecting, closed: words.closed } as const;
    const shown = state === undefined || state === "connecting" ? words.connecting : line[state];
    return html`<div class="row" part="header" role="status">
      <span class="dot ${state === "connected" ? "online" : ""}" aria-hidden="true"></span>
      <span class="grow">${session || (this.#own && !this.problem) ? shown : words.closed}</span>
    </div>`;
  }

  #dial(): TemplateResult {
    const { words, typed = "" } = this;
    return html`<form class="row" part="dial" @submit=${this.#submit}>
        <input
          part="input"
          aria-label=${words.dialHint}
          placeholder=${words.dialHint}
          autocomplete="off"
          spellcheck="false"
          .value=${typed}
          @input=${(event: InputEvent) => (this.typed = (event.target as HTMLInputElement).value)}
        />
        <button
          class="round"
          type="button"
          part="erase"
          aria-label=${words.clear}
          ?disabled=${typed === ""}
          @click=${() => (this.typed = typed.slice(0, -1))}
        >
          ${icon("erase")}
        </button>
        <button class="round go" part="button" aria-label=${words.dial} ?disabled=${typed.trim() === ""}>
          ${icon("call")}
        </button>
      </form>
      <offhook-dialpad part="dialpad" exportparts="key" @digits=${this.#onKey}></offhook-dialpad>
      ${this.#people()}`;
  }

  #people(): TemplateResult {
    const { session, words } = this;
    const own = session?.view().user;
    const contacts = (session?.presence.view().contacts ?? []).filter(
      ({ target }) => !("user" in target && target.user === own),
    );
    if (contacts.length === 0) return html``;
    return html`<ul part="people" aria-label=${words.people}>
      ${contacts.map((contact) => html`<li>${this.#person(contact)}</li>`)}
    </ul>`;
  }

  #person(contact: Contact): TemplateResult {
    return html`<button class="person row" part="person" @click=${() => void this.dial(contact.target)}>
      <span class="dot ${contact.status}" aria-hidden="true"></span>
      <span class="grow">${nameOf(contact, this.words)}</span>
    </button>`;
  }

  #onKey(event: CustomEvent<string>): void {
    event.stopPropagation();
    this.typed = (this.typed ?? "") + event.detail;
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    void this.dial(this.typed ?? "");
  }

  async #open(): Promise<void> {
    if (this.#own) return;
    const { token, appKey, user, url, displayName } = this;
    const given = { token, appKey, user, url, displayName };
    const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const opening = (this.#own = connect({ ...known, ...this.options }));
    try {
      const session = await opening;
      if (this.#own === opening) this.session = session;
    } catch (thrown) {
      this.#failed(asProblem(thrown));
    }
  }

  #follow(session: Session | undefined): void {
    for (const off of this.#offs.splice(0)) off();
    this.#followed = session;
    if (!session) return;
    const known = new Set<Call>();
    const look = (): void => {
      for (const call of session.calls.view().calls) {
        if (known.has(call)) continue;
        known.add(call);
        this.last = call;
        call.on("ended", (end) => this.tell("ended", end));
      }
    };
    look();
    this.#offs.push(
      session.calls.subscribe(look),
      session.on("state", (view) => this.tell("state", view)),
      session.on("problem", (problem) => this.#failed(problem)),
    );
  }

  #failed(problem: ClientError): void {
    this.problem = problem;
    this.tell("problem", problem);
  }

  #letGo(): void {
    this.#follow(undefined);
    const own = this.#own;
    this.#own = undefined;
    if (!own) return;
    this.session = undefined;
    own.then((session) => session.close()).catch(() => {});
  }
}

define("offhook-phone", OffhookPhone);
