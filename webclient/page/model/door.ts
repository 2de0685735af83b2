import { systemClock, type Timer } from "../../../gateway/base/clock.ts";
import { connect, type PresenceOptions, type Session } from "../../index.ts";
import { LiveObject } from "../../live.ts";
import type { SignInFailure } from "../words/words.ts";
import { enter, fetchWelcome, freshToken, leave, SignInError, type Credentials, type Welcome } from "./gateway.ts";
import { ofBrowser, ofTab } from "./memory.ts";
import type { Notices } from "./notices.ts";

export interface DoorView {
  readonly stage: "loading" | "unreachable" | "signed-out" | "signing-in" | "signed-in";
  readonly welcome?: Welcome;
  readonly session?: Session | undefined;
  /** Why the last try to sign in came to nothing. */
  readonly failure?: SignInFailure | undefined;
}

/** Who comes in: an account of the development sign-in, the bearer of a token, or who the gateway knows by cookie. */
export type Visitor = { readonly user: string } | { readonly token: string | (() => Promise<string>) };

/** What the address brought along: `#token=…`, `#code=…`, `#sign-in=…`. */
export interface Brought {
  readonly token?: string | undefined;
  readonly code?: string | undefined;
  readonly failure?: SignInFailure | undefined;
}

/** Whether the gateway may have given a cookie: else there is no need to ask. Also set before going to a provider. */
export const expectCookie = (expected: boolean): void => ofBrowser.set("cookie", expected ? "on" : undefined);
const hasCookie = (): boolean => ofBrowser.get("cookie") !== undefined;

const lookAgainMs = 3_000;

/** Signing in and out. Emits each session that opens. */
export class Door extends LiveObject<DoorView, { opened: Session }> {
  readonly #notices: Notices;
  readonly #wishes: () => PresenceOptions;
  #lookAgain: Timer | undefined;
  #leaving = false;

  /** `wishes`: how each session is to be seen. */
  constructor(notices: Notices, wishes: () => PresenceOptions) {
    super({ stage: "loading" });
    this.#notices = notices;
    this.#wishes = wishes;
  }

  /** Asks the gateway what it is, again and again until it answers; then whoever can sign in at once does. */
  async load(brought: Brought = {}): Promise<void> {
    this.#lookAgain?.cancel();
    try {
      const welcome = await fetchWelcome();
      this.update({ welcome, failure: brought.failure });
    } catch {
      if (this.#isUsed()) return;
      this.update({ stage: "unreachable" });
      this.#lookAgain = systemClock.after(lookAgainMs, () => void this.load(brought));
      return;
    }
    if (!this.#isUsed()) await this.#comeIn(brought);
  }

  /** Somebody was quicker than the gateway's answer: who is in stays in. */
  #isUsed(): boolean {
    const { stage } = this.view();
    return stage === "signing-in" || stage === "signed-in";
  }

  async signIn(visitor: Visitor): Promise<void> {
    this.update({ stage: "signing-in", failure: undefined });
    this.#notices.dismiss();
    try {
      this.#adopt(await connect({ ...this.#wishes(), ...visitor }));
      ofTab.set("user", "user" in visitor ? visitor.user : undefined);
    } catch (thrown) {
      this.update({ stage: "signed-out" });
      this.#notices.tell(thrown);
    }
  }

  /** Signs in by password or one-time code. */
  async enter(credentials: Credentials): Promise<void> {
    this.update({ stage: "signing-in", failure: undefined });
    await this.#byToken(() => enter(credentials));
  }

  async signOut(): Promise<void> {
    ofTab.set("user", undefined);
    this.#leaving = true;
    await this.view().session?.close();
    if (hasCookie()) await leave();
    expectCookie(false);
    this.#leaving = false;
  }

  #comeIn({ token, code, failure }: Brought): Promise<void> {
    const { welcome } = this.view();
    const user = ofTab.get("user");
    if (token) return this.signIn({ token });
    if (code) return this.enter({ code });
    if (user && welcome?.development) return this.signIn({ user });
    if (failure === undefined && hasCookie()) return this.#byToken(freshToken, true);
    this.update({ stage: "signed-out" });
    return Promise.resolve();
  }

  /** `first` gives the first token, the cookie those after it. Nobody minds when a `silent` try fails. */
  async #byToken(first: () => Promise<string>, silent = false): Promise<void> {
    try {
      const tokens = [await first()];
      expectCookie(true);
      await this.signIn({ token: () => Promise.resolve(tokens.pop() ?? freshToken()) });
    } catch (thrown) {
      if (thrown instanceof SignInError) expectCookie(false);
      this.update({ stage: "signed-out", failure: silent ? undefined : failureOf(thrown) });
    }
  }

  #adopt(session: Session): void {
    this.update({ session, stage: "signed-in", failure: undefined });
    this.emit("opened", session);
    session.on("state", ({ state }) => {
      if (state === "closed") this.#onClosed(session);
    });
  }

  #onClosed(session: Session): void {
    if (this.view().session !== session) return;
    ofTab.set("user", undefined);
    this.update({ stage: "signed-out", session: undefined, failure: this.#leaving ? undefined : "signed-out" });
  }
}

const failureOf = (thrown: unknown): SignInFailure | undefined =>
  thrown instanceof SignInError ? thrown.failure : undefined;
