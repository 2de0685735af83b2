import { html, nothing, type TemplateResult } from "lit";
import type { Call, Session } from "../index.ts";
import { asProblem, define, nameOf, OffhookElement, problemText } from "./element.ts";
import type { ClientError } from "../index.ts";
import { base, icon } from "./look.ts";
import { Tones } from "./tones.ts";

/**
 * Calls that come in: `<offhook-incoming>` with the property `session`, or `call` for one. It rings, unless `silent`,
 * says once who calls, and takes no focus from what somebody is typing. Fires `incoming`, `problem`.
 */
export class OffhookIncoming extends OffhookElement {
  static override properties = {
    session: { attribute: false },
    call: { attribute: false },
    silent: { type: Boolean },
    problem: { state: true },
  };
  static override styles = [base];

  declare session: Session | undefined;
  declare call: Call | undefined;
  declare silent: boolean;
  declare protected problem: ClientError | undefined;
  readonly #tones = new Tones();
  #told = new Set<Call>();

  protected stores() {
    return [this.session?.calls, ...this.#candidates()];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#tones.play(undefined);
  }

  protected override updated(): void {
    const offered = this.#offered();
    this.#tones.play(offered.length > 0 && !this.silent ? "ring" : undefined);
    for (const call of offered) if (!this.#told.has(call)) this.tell("incoming", call);
    this.#told = new Set(offered);
  }

  override render() {
    return html`<div aria-live="assertive">${this.#offered().map((call) => this.#card(call))}</div>`;
  }

  #card(call: Call): TemplateResult {
    const { words, problem } = this;
    const { peer } = call.view();
    return html`<section class="card" part="card" role="group" aria-label=${words.incoming}>
      <div>
        <p class="quiet" part="title">${words.incoming}</p>
        <strong part="name">${nameOf(peer, words)}</strong>
        ${peer.number && peer.name ? html`<span class="quiet" part="number">${peer.number}</span>` : nothing}
      </div>
      ${problem ? html`<p class="bad" part="problem">${problemText(problem, words)}</p>` : nothing}
      <div class="row">
        <button class="pill go grow" part="answer" @click=${() => this.#answer(call)}>
          ${icon("call")}${words.answer}
        </button>
        <button class="pill stop grow" part="decline" @click=${() => void call.reject()}>
          ${icon("hangUp")}${words.decline}
        </button>
      </div>
    </section>`;
  }

  #candidates(): readonly Call[] {
    return this.call ? [this.call] : (this.session?.calls.view().calls ?? []);
  }

  #offered(): readonly Call[] {
    return this.#candidates().filter((call) => call.view().state === "offered");
  }

  async #answer(call: Call): Promise<void> {
    this.problem = undefined;
    try {
      await call.answer();
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (problem.code === "aborted") return;
      this.problem = problem;
      this.tell("problem", problem);
    }
  }
}

define("offhook-incoming", OffhookIncoming);
