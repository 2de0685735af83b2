import type { Session } from "../../index.ts";
import { LiveObject } from "../../live.ts";
import { Push, type PushState } from "../../push/index.ts";
import type { Notices } from "./notices.ts";

export interface WakingView {
  readonly state: PushState;
  /** It is being switched that way. */
  readonly turning?: "on" | "off" | undefined;
  /** The browser's own push service did not serve it. */
  readonly failed: boolean;
}

/** Whether this browser is woken while its page is closed. */
export class Waking extends LiveObject<WakingView, Record<never, never>> {
  readonly #notices: Notices;
  #push: Push | undefined;

  constructor(notices: Notices) {
    super({ state: "checking", failed: false });
    this.#notices = notices;
  }

  adopt(session: Session, language: string): void {
    this.update({ state: "checking", turning: undefined, failed: false });
    void this.#open(session, language);
  }

  /** In a click: the browser asks the user. */
  async enable(): Promise<void> {
    await this.#switch("on", (push) => push.enable());
  }

  async disable(): Promise<void> {
    await this.#switch("off", (push) => push.disable());
  }

  /** Somebody else may use this browser next. Never rejects. */
  async forget(): Promise<void> {
    if (this.view().state === "on") await this.#push?.disable().catch(() => {});
  }

  async #open(session: Session, language: string): Promise<void> {
    // Without the service worker there is nothing that could show who calls.
    const workers = globalThis.isSecureContext ? navigator.serviceWorker : undefined;
    const push = new Push(session, await workers?.ready, { language });
    this.#push = push;
    push.subscribe(() => this.#push === push && this.update({ state: push.view().state }));
    this.update({ state: push.view().state });
  }

  async #switch(turning: "on" | "off", act: (push: Push) => Promise<unknown>): Promise<void> {
    const push = this.#push;
    if (!push || this.view().turning) return;
    this.update({ turning, failed: false });
    try {
      await act(push);
    } catch (thrown) {
      if ((thrown as { code?: unknown }).code === "unsupported") this.update({ failed: true });
      else this.#notices.tell(thrown);
    }
    this.update({ turning: undefined });
  }
}
