import { Emitter } from "../base/emitter.ts";
import type { Call } from "../call/call.ts";
import type { Bus } from "../directory/bus.ts";
import type { Nodes } from "../directory/nodes.ts";
import { parseUserId, userKey, type UserId } from "../directory/user-id.ts";
import type { Switchboard } from "../switchboard/switchboard.ts";
import { TalkingElsewhere } from "./talking-elsewhere.ts";

/** Who talks now, on whatever device, at whatever node. */
export class InCall extends Emitter<{ changed: [UserId] }> {
  readonly #calls = new Map<Call, readonly UserId[]>();
  readonly #counts = new Map<string, { readonly user: UserId; readonly calls: number }>();
  readonly #elsewhere: TalkingElsewhere;

  constructor(switchboard: Switchboard, others: { readonly bus: Bus; readonly nodes: Nodes }) {
    super();
    this.#elsewhere = new TalkingElsewhere({
      ...others,
      own: () => [...this.#counts.values()].map(({ user }) => user),
    });
    this.#elsewhere.on("changed", (user) => this.emit("changed", user));
    switchboard.on("started", (call) => call.on("connected", () => this.#connected(call)));
    switchboard.on("ended", (call) => this.#ended(call));
  }

  has(user: UserId): boolean {
    return this.#counts.has(userKey(user)) || this.#elsewhere.has(user);
  }

  close(): void {
    this.#elsewhere.close();
    this.removeAllListeners();
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
    const before = this.#counts.get(key)?.calls ?? 0;
    const calls = before + by;
    if (calls > 0) this.#counts.set(key, { user, calls });
    else this.#counts.delete(key);
    if (before > 0 !== calls > 0) this.#elsewhere.changed(user, calls > 0);
    this.emit("changed", user);
  }
}
