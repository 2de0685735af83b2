import type { Clock } from "../base/clock.ts";
import { readableCode } from "../base/ids.ts";
import { GuestPass, type GuestLimits } from "./guest-pass.ts";
import type { SessionSocket } from "./socket.ts";
import { TokenError, type Identity } from "./token.ts";

export interface AppKey extends GuestLimits {
  /** Public: it stands in the page. */
  readonly key: string;
  /** What the called one sees of the guest. */
  readonly label: string;
  /** The tenant that guests call in. */
  readonly domain: string;
  /** Whose pages may use it. */
  readonly origins: readonly string[];
}

interface Held {
  readonly setting: AppKey;
  readonly pass: GuestPass;
}

/** Application keys: what a page on somebody's site shows to call without an account (a "call us" button). */
export class AppKeys {
  readonly #held: ReadonlyMap<string, Held>;
  readonly #refused: (label: string, reason: string) => void;

  /** `refused`: a guest or a guest's call was refused, for metrics. */
  constructor(settings: readonly AppKey[], clock: Clock, refused: (label: string, reason: string) => void) {
    this.#refused = refused;
    this.#held = new Map(
      settings.map((setting) => {
        const pass = new GuestPass(setting, clock, (reason) => refused(setting.label, reason));
        return [setting.key, { setting, pass }];
      }),
    );
  }

  /** Whether some key is bound to that origin, so that its pages may connect. */
  serve(origin: string): boolean {
    return [...this.#held.values()].some(({ setting }) => setting.origins.includes(origin));
  }

  /** A new guest. The key is bound to the page's origin. @throws TokenError */
  guest(key: string, { origin }: Pick<SessionSocket, "origin">, displayName: string | undefined): Identity {
    const held = this.#held.get(key);
    if (!held) throw new TokenError("token-refused", "no such application key");
    const { setting, pass } = held;
    if (origin === undefined || !setting.origins.includes(origin)) {
      this.#refused(setting.label, "origin-refused");
      throw new TokenError("origin-refused", `the application key ${setting.label} is not for this origin`);
    }
    return {
      user: { name: `guest-${readableCode(8).toLowerCase()}`, domain: setting.domain },
      // The label stands first: what a visitor writes must not pass for somebody of the house.
      name: displayName ? `${setting.label}: ${displayName}` : setting.label,
      rights: setting.targets,
      guest: true,
      pass,
    };
  }
}
