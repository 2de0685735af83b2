import type { Connection } from "./connection.ts";
import type { Endpoint } from "./flow.ts";

/** The open connections of one bound address, found by where they lead (RFC 3261 18.1.1) or are said to (RFC 5923). */
export class ConnectionTable<C extends Connection> implements Iterable<C> {
  readonly #keys = new Map<C, Set<string>>();
  readonly #byKey = new Map<string, Set<C>>();

  get size(): number {
    return this.#keys.size;
  }

  add(connection: C): void {
    this.#keys.set(connection, new Set());
    this.alias(connection, connection.remote);
  }

  /** The connection may also be used for requests to `to`. */
  alias(connection: C, to: Endpoint): void {
    const key = keyOf(to);
    const keys = this.#keys.get(connection);
    if (!keys || keys.size >= maxAliases) return;
    keys.add(key);
    const same = this.#byKey.get(key) ?? new Set();
    this.#byKey.set(key, same.add(connection));
  }

  delete(connection: C): void {
    for (const key of this.#keys.get(connection) ?? []) {
      const same = this.#byKey.get(key);
      same?.delete(connection);
      if (same?.size === 0) this.#byKey.delete(key);
    }
    this.#keys.delete(connection);
  }

  /** An open connection to `remote` whose peer is proven to be `name`. */
  find(remote: Endpoint, name: string): C | undefined {
    for (const connection of this.#byKey.get(keyOf(remote)) ?? []) {
      if (connection.open && connection.proves(name)) return connection;
    }
    return undefined;
  }

  [Symbol.iterator](): Iterator<C> {
    return [...this.#keys.keys()][Symbol.iterator]();
  }
}

/** Ports of one peer that it names on one connection: honest ones name one. */
const maxAliases = 8;

function keyOf({ host, port }: Endpoint): string {
  return `${host} ${port}`;
}
