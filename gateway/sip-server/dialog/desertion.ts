import type { Timer } from "../../base/clock.ts";
import type { Adoption } from "./adoption.ts";
import type { CoreContext } from "./core.ts";
import { IncomingInvite } from "./incoming-invite.ts";
import type { IncomingRequest } from "./incoming-request.ts";

/** What becomes of requests whose application went without an answer. */
export class Desertion {
  readonly #context: CoreContext;
  readonly #adoption: Adoption;
  readonly #unansweredMs: number;
  readonly #forget: (request: IncomingRequest) => void;
  readonly #timers = new Set<Timer>();

  /** `unansweredMs`: how long a call that is not established waits. `forget`: no application answers it any more. */
  constructor(
    context: CoreContext,
    adoption: Adoption,
    unansweredMs: number,
    forget: (request: IncomingRequest) => void,
  ) {
    this.#context = context;
    this.#adoption = adoption;
    this.#unansweredMs = unansweredMs;
    this.#forget = forget;
  }

  of(request: IncomingRequest): void {
    const { dialog } = request;
    if (request.method === "BYE" && dialog) {
      request.refuse(200, "OK");
      this.#forget(request);
      this.#adoption.keep(dialog, request.request, request.arrival.flow, request.arrival.size);
    } else if (dialog?.state === "confirmed" && this.#context.dialogs.has(dialog)) this.#adoption.wait(request);
    else if (request instanceof IncomingInvite) this.#refuseLater(request);
    else this.#refuse(request);
  }

  dispose(): void {
    for (const timer of this.#timers) timer.cancel();
  }

  /** A call that is not established is not adopted: a trunk, told so, fails over. */
  #refuseLater(invite: IncomingInvite): void {
    const timer = this.#context.clock.after(this.#unansweredMs, () => {
      this.#timers.delete(timer);
      this.#refuse(invite);
    });
    this.#timers.add(timer);
  }

  #refuse(request: IncomingRequest): void {
    request.refuse(503, "Application Gone", [["Retry-After", "5"]]);
    this.#forget(request);
  }
}
