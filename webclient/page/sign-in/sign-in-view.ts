import { css, html, LitElement, nothing } from "lit";
import "../look/avatar.ts";
import { icon } from "../look/icons.ts";
import { base, buttons, chips, fields, headings } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import { expectCookie } from "../model/door.ts";
import type { Welcome } from "../model/gateway.ts";
import type { Phone } from "../model/phone.ts";
import "../shell/notice.ts";
import { words } from "../words/words.ts";

type Way = "accounts" | "password" | "code" | "token";

/** What the gateway offers, the most convenient first. */
function waysOf({ development, signIn }: Welcome): readonly Way[] {
  const ways: readonly (readonly [Way, boolean | undefined])[] = [
    ["accounts", (development?.users.length ?? 0) > 0],
    ["password", signIn?.password],
    ["code", signIn?.code],
  ];
  const offered = ways.filter(([, there]) => there).map(([way]) => way);
  return offered.length > 0 || (signIn?.oidc.length ?? 0) > 0 ? offered : ["token"];
}

/** The door: an account, a password, a provider, a one-time code, or a token. */
export class PhoneSignIn extends LitElement {
  static override properties = { phone: { attribute: false }, chosen: { state: true } };
  static override styles = [
    base,
    buttons,
    chips,
    fields,
    headings,
    css`
      :host {
        min-height: 100%;
        display: grid;
        place-items: center;
        padding: 24px 16px;
      }
      main {
        --notice-margin: 0 0 16px;
        width: min(400px, 100%);
        display: grid;
      }
      header {
        display: grid;
        gap: 20px;
        margin-bottom: 20px;
      }
      .brand {
        display: flex;
        align-items: center;
        gap: 10px;
        font-weight: 650;
        font-size: 17px;
        letter-spacing: -0.01em;
      }
      .brand img {
        width: 28px;
        height: 28px;
      }
      h1 {
        font-size: 30px;
        line-height: 36px;
        letter-spacing: -0.02em;
        margin-bottom: 8px;
      }
      .accounts {
        border-top: 1px solid var(--line);
      }
      .accounts li {
        border-bottom: 1px solid var(--line);
      }
      .account {
        width: 100%;
        display: flex;
        align-items: center;
        gap: 14px;
        padding: 12px 8px;
        text-align: left;
        border-radius: var(--radius-small);
        transition: background-color var(--leave);
      }
      @media (hover: hover) {
        .account:hover {
          background: var(--sunken);
        }
      }
      .account b {
        display: block;
        font-weight: 600;
      }
      .account small {
        font-size: 13px;
        line-height: 18px;
        overflow-wrap: anywhere;
      }
      form,
      .ways {
        display: grid;
        gap: 14px;
      }
      .ways {
        gap: 10px;
        margin-top: 14px;
      }
      .code {
        font-size: 22px;
        letter-spacing: 0.12em;
        text-align: center;
        text-transform: uppercase;
      }
      textarea {
        font-size: 13px;
        line-height: 18px;
        word-break: break-all;
        resize: vertical;
      }
      .failure,
      .insecure {
        margin-bottom: 16px;
        padding: 14px 16px;
        border-radius: var(--radius);
        background: var(--stop-soft);
        color: var(--stop-text);
        overflow-wrap: anywhere;
      }
      .insecure {
        background: var(--warn-soft);
        color: var(--warn-text);
      }
      .failure b,
      .insecure b {
        display: block;
        font-weight: 650;
      }
      .insecure a {
        display: inline-block;
        margin-top: 8px;
        font-size: 17px;
        font-weight: 650;
        text-decoration: underline;
        text-underline-offset: 3px;
      }
      footer {
        margin-top: 16px;
        font-size: 13px;
        line-height: 18px;
        display: flex;
        gap: 8px;
        align-items: center;
        flex-wrap: wrap;
      }
      .light {
        width: 8px;
        height: 8px;
        border-radius: 50%;
        background: var(--go);
      }
      .light.off {
        background: var(--stop);
      }
    `,
  ];

  declare phone: Phone;
  declare chosen: Way | undefined;

  constructor() {
    super();
    new Watch(this, () => [this.phone.door, this.phone.preferences]);
  }

  override render() {
    const { stage, welcome, failure } = this.phone.door.view();
    return html`<main aria-busy=${stage === "signing-in"}>
      <header>
        <span class="brand"><img src="./icon.svg" alt="" />${words.product}</span>
        ${this.#greeting()}
      </header>
      ${welcome?.secureAddress !== undefined && welcome.secureAddress !== null ? this.#insecure(welcome.secureAddress) : nothing}
      <div role="alert">
        ${failure ? this.#failure(words.signIn.failures[failure] ?? words.signIn.failures["signed-out"]) : nothing}
      </div>
      <phone-notice .phone=${this.phone}></phone-notice>
      ${stage === "unreachable" ? this.#again() : welcome && stage !== "loading" ? this.#ways(welcome) : nothing}
      <footer class="quiet">${this.#state()}</footer>
    </main>`;
  }

  get #way(): Way | undefined {
    const { welcome } = this.phone.door.view();
    return this.chosen ?? (welcome && waysOf(welcome)[0]);
  }

  #greeting() {
    const { stage } = this.phone.door.view();
    const { signIn } = words;
    if (stage === "loading") return html`<p class="quiet" role="status">${signIn.loading}</p>`;
    const sayings: Readonly<Record<Way, readonly [title: string, text: string]>> = {
      accounts: [signIn.who, signIn.development],
      password: [signIn.title, signIn.withPassword],
      code: [signIn.codeTitle, signIn.codeHint],
      token: [signIn.title, signIn.tokenHint],
    };
    const way = this.#way;
    const [title, text] =
      stage === "unreachable" ? [signIn.gone, signIn.goneNext] : way ? sayings[way] : [signIn.title, ""];
    return html`<div>
      <h1>${title}</h1>
      <p class="quiet">${text}</p>
    </div>`;
  }

  #insecure(address: string) {
    const { title, text, noAddress } = words.signIn.insecure;
    return html`<div class="insecure" role="status" data-testid="insecure">
      <b>${title}</b>${address ? text : noAddress} ${address ? html`<br /><a href=${address}>${address}</a>` : nothing}
    </div>`;
  }

  #failure({ title, text }: { title: string; text: string }) {
    return html`<div class="failure" data-testid="failure"><b>${title}</b>${text}</div>`;
  }

  #again() {
    return html`<button class="button" @click=${() => void this.phone.door.load()}>${words.nav.tryAgain}</button>`;
  }

  #ways(welcome: Welcome) {
    const way = this.#way;
    return html`${way ? this.#form(way, welcome) : nothing}
      <div class="ways">
        ${welcome.signIn?.oidc.map(
          ({ id, name }) =>
            html`<a class="button" href="auth/oidc/${encodeURIComponent(id)}" @click=${() => expectCookie(true)}
              >${icon("key", 20)}${words.signIn.withProvider(name || id)}</a
            >`,
        )}
        ${this.#others(welcome, way)}
      </div>`;
  }

  #others(welcome: Welcome, way: Way | undefined) {
    const titles: Readonly<Record<Way, string>> = {
      accounts: words.signIn.who,
      password: words.signIn.usePassword,
      code: words.signIn.useCode,
      token: words.signIn.useToken,
    };
    return waysOf(welcome)
      .filter((other) => other !== way)
      .map(
        (other) => html`<button class="button bare" @click=${() => (this.chosen = other)}>${titles[other]}</button>`,
      );
  }

  #form(way: Way, welcome: Welcome) {
    if (way === "accounts") return this.#accounts(welcome.development?.users ?? []);
    if (way === "password") return this.#passwordForm();
    return way === "code" ? this.#codeForm() : this.#tokenForm();
  }

  get #waiting(): boolean {
    return this.phone.door.view().stage === "signing-in";
  }

  #accounts(users: readonly { user: string; name: string }[]) {
    return html`<ul class="accounts">
      ${users.map(
        ({ user, name }) =>
          html`<li>
            <button
              class="account"
              data-testid="account"
              ?disabled=${this.#waiting}
              @click=${() => void this.phone.signIn({ user })}
            >
              <phone-avatar .name=${name}></phone-avatar>
              <span><b>${name}</b><small class="quiet">${user}</small></span>
            </button>
          </li>`,
      )}
    </ul>`;
  }

  #passwordForm() {
    return html`<form @submit=${(event: SubmitEvent) => this.#enter(event, ["user", "password"])}>
      <label class="field"
        ><span>${words.signIn.user}</span
        ><input
          class="input"
          name="user"
          required
          autocomplete="username"
          autocapitalize="none"
          spellcheck="false"
          placeholder=${words.signIn.userHint}
      /></label>
      <label class="field"
        ><span>${words.signIn.password}</span
        ><input class="input" name="password" type="password" required autocomplete="current-password"
      /></label>
      ${this.#submitButton()}
    </form>`;
  }

  #codeForm() {
    return html`<form @submit=${(event: SubmitEvent) => this.#enter(event, ["code"])}>
      <label class="field"
        ><span>${words.signIn.code}</span
        ><input
          class="input code"
          name="code"
          required
          maxlength="16"
          autocomplete="one-time-code"
          autocapitalize="characters"
          spellcheck="false"
          placeholder="ABCD-EFGH"
      /></label>
      ${this.#submitButton()}
    </form>`;
  }

  #tokenForm() {
    return html`<form @submit=${(event: SubmitEvent) => this.#useToken(event)}>
      <label class="field"
        ><span>${words.signIn.token}</span
        ><textarea class="input" name="token" rows="4" required autocomplete="off" spellcheck="false"></textarea>
      </label>
      ${this.#submitButton()}
    </form>`;
  }

  #submitButton() {
    return html`<button class="button go" ?disabled=${this.#waiting}>
      ${icon("lock", 18)}${this.#waiting ? words.signIn.busy : words.signIn.title}
    </button>`;
  }

  /** What runs behind the door, so that nobody blames a password for it. */
  #state() {
    const { stage, welcome } = this.phone.door.view();
    if (!welcome || stage === "unreachable") return nothing;
    const { sip = true, media = true } = welcome.state ?? {};
    const missing = [sip ? "" : words.signIn.sip, media ? "" : words.signIn.media].filter(Boolean).join(", ");
    return html`<span class="light ${missing ? "off" : ""}"></span>
      ${missing ? words.signIn.notReady(missing) : words.signIn.ready}
      <span>${welcome.product} ${welcome.version}</span>`;
  }

  #value(event: SubmitEvent, name: string): string {
    const value = new FormData(event.target as HTMLFormElement).get(name);
    return typeof value === "string" ? value : "";
  }

  #enter(event: SubmitEvent, names: readonly ["user", "password"] | readonly ["code"]): void {
    event.preventDefault();
    const [first = "", password = ""] = names.map((name) => this.#value(event, name));
    void this.phone.door.enter(
      names.length === 1 ? { code: first.trim().toUpperCase() } : { user: first.trim(), password },
    );
  }

  #useToken(event: SubmitEvent): void {
    event.preventDefault();
    const token = this.#value(event, "token").trim();
    if (token) void this.phone.signIn({ token });
  }
}

customElements.define("phone-sign-in", PhoneSignIn);
