import { Emitter } from "../base/emitter.ts";
import type { Call } from "../call/call.ts";
import { parseUserId, userKey, type UserId } from "../directory/user-id.ts";
import type { Switchboard } from "../switchboard/switchboard.ts";

/** Who talks now, on whatever device. */
export class InCall extends Emitter<{ changed: [UserId] }> {
  readonly #calls = new Map<Call, readonly UserId[]>();
  readonly #counts = new Map<string, number>();

  constructor(switchboard: Switchboard) {
    super();
    switchboard.on("started", (call) => call.on("connected", () => this.#connected(call)));
    switchboard.on("ended", (call) => this.#ended(call));
  }

  has(user: UserId): boolean {
    return this.#counts.has(userKey(user));
  }

  #connected(call: Call): void {
    const users = [call.caller, call.callee].flatMap((leg) => parseUserId(leg?.party.user ?? "") ?? []);
    this.#calls.set(call, users);
    for (const user of users) this.#count(user, 1);
  }

  #ended(call: Call): void {
    const users = this.#calls.get(call) ?? [];
    this.#calls.delete(call);
    for (const user of users) this.#count(user, -1);
  }

  #count(user: UserId, by: 1 | -1): void {
    const key = userKey(user);
    const count = (this.#counts.get(key) ?? 0) + by;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
    this.emit("changed", user);
  }
}
