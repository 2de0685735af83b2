import type { Clock, Timer } from "../../base/clock.ts";
import { Emitter } from "../../base/emitter.ts";
import type { Binding, RegistrationEvents, Registrations } from "../registrations.ts";
import { userKey, type UserId } from "../user-id.ts";

interface UserBindings {
  readonly user: UserId;
  readonly bindings: Map<string, { binding: Binding; timer: Timer }>;
}

/** Bindings of one process. Each has a timer that deletes it when it expires. */
export class MemoryRegistrations extends Emitter<RegistrationEvents> implements Registrations {
  readonly #clock: Clock;
  readonly #users = new Map<string, UserBindings>();

  constructor(clock: Clock) {
    super();
    this.#clock = clock;
  }

  async list(user: UserId): Promise<readonly Binding[]> {
    const entries = [...(this.#users.get(userKey(user))?.bindings.values() ?? [])];
    return entries.map((entry) => entry.binding).sort((a, b) => b.q - a.q);
  }

  here(user: UserId): Promise<readonly Binding[]> {
    return this.list(user);
  }

  async put(user: UserId, binding: Binding): Promise<void> {
    const key = userKey(user);
    let entry = this.#users.get(key);
    if (!entry) this.#users.set(key, (entry = { user, bindings: new Map() }));
    const known = entry.bindings.get(binding.contact);
    known?.timer.cancel();
    const timer = this.#clock.after(
      binding.expiresAt - this.#clock.now(),
      () => void this.remove(user, binding.contact),
    );
    entry.bindings.set(binding.contact, { binding, timer });
    if (!known) this.emit("changed", user, true);
  }

  async remove(user: UserId, contact: string): Promise<void> {
    const entry = this.#users.get(userKey(user));
    const known = entry?.bindings.get(contact);
    if (!entry || !known) return;
    known.timer.cancel();
    entry.bindings.delete(contact);
    if (entry.bindings.size === 0) this.#users.delete(userKey(user));
    this.emit("changed", user, true);
  }

  async online(domain: string): Promise<readonly { user: UserId; phones: number }[]> {
    return [...this.#users.values()]
      .filter(({ user }) => user.domain === domain)
      .map(({ user, bindings }) => ({ user, phones: bindings.size }));
  }

  get size(): number {
    let count = 0;
    for (const { bindings } of this.#users.values()) count += bindings.size;
    return count;
  }

  /** Forgets everything: the process stops. */
  close(): void {
    for (const { bindings } of this.#users.values()) for (const { timer } of bindings.values()) timer.cancel();
    this.#users.clear();
    this.removeAllListeners();
  }
}
