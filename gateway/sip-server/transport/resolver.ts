import { lookup, Resolver } from "node:dns/promises";
import type { NaptrRecord, SrvRecord } from "node:dns";
import type { Clock } from "../../base/clock.ts";

export type { NaptrRecord, SrvRecord };

/** What is asked of the domain name system. A name without such records, or that cannot be asked for, has none. */
export interface Names {
  naptr(name: string): Promise<readonly NaptrRecord[]>;
  srv(name: string): Promise<readonly SrvRecord[]>;
  /** IP addresses of that version. */
  addresses(name: string, version: 4 | 6): Promise<readonly string[]>;
}

/** Seconds. Node.js tells the time to live of addresses only; NAPTR and SRV records are kept as long as is common. */
const life = { most: 300, service: 60, system: 30, failure: 5 } as const;
/** Names come from outside: no more of them are kept. */
const maxKept = 2_000;
/** Milliseconds for one server to answer one question; then the next one is asked, or the same again. */
const askMs = 1_000;
const tries = 2;

interface Found<T> {
  readonly records: readonly T[];
  readonly seconds: number;
}

/** The domain name system, with what it said kept as long as it may be (RFC 1035 3.2.1). */
export class DnsNames implements Names {
  readonly #clock: Clock;
  readonly #resolver = new Resolver({ timeout: askMs, tries });
  readonly #ownServers: boolean;
  readonly #kept = new Map<string, { until: number; records: Promise<readonly unknown[]> }>();

  /** @param servers `address:port` of the servers to ask instead of the system's */
  constructor(clock: Clock, servers: readonly string[] = []) {
    this.#clock = clock;
    this.#ownServers = servers.length > 0;
    if (this.#ownServers) this.#resolver.setServers(servers);
  }

  naptr(name: string): Promise<readonly NaptrRecord[]> {
    return this.#ask(`NAPTR ${name}`, async () => service(await this.#resolver.resolveNaptr(name)));
  }

  srv(name: string): Promise<readonly SrvRecord[]> {
    return this.#ask(`SRV ${name}`, async () => service(await this.#resolver.resolveSrv(name)));
  }

  addresses(name: string, version: 4 | 6): Promise<readonly string[]> {
    return this.#ask(`A${version} ${name}`, () => this.#askAddresses(name, version));
  }

  /** Gives up what is being asked. */
  close(): void {
    this.#resolver.cancel();
  }

  async #askAddresses(name: string, version: 4 | 6): Promise<Found<string>> {
    try {
      const asked = { ttl: true } as const;
      const found = await (version === 4 ? this.#resolver.resolve4(name, asked) : this.#resolver.resolve6(name, asked));
      const seconds = Math.min(life.most, ...found.map(({ ttl }) => ttl));
      return { records: found.map(({ address }) => address), seconds };
    } catch (fault) {
      if (this.#ownServers) throw fault;
      // The hosts file, and what else the system knows.
      const found = await lookup(name, { family: version, all: true });
      return { records: found.map(({ address }) => address), seconds: life.system };
    }
  }

  /** The same question is asked once at a time, and then again when its answer is too old. */
  #ask<T>(question: string, ask: () => Promise<Found<T>>): Promise<readonly T[]> {
    const now = this.#clock.monotonic();
    const kept = this.#kept.get(question);
    if (kept && kept.until > now) return kept.records as Promise<readonly T[]>;
    const entry = { until: Infinity, records: Promise.resolve([] as readonly T[]) };
    const keepFor = (seconds: number): void => void (entry.until = this.#clock.monotonic() + seconds * 1000);
    entry.records = ask().then(
      ({ records, seconds }) => {
        keepFor(seconds);
        return records;
      },
      () => {
        keepFor(life.failure);
        return [];
      },
    );
    this.#keep(question, entry);
    return entry.records;
  }

  #keep(question: string, entry: { until: number; records: Promise<readonly unknown[]> }): void {
    this.#kept.delete(question);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= maxKept && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(question, entry);
  }
}

function service<T>(records: readonly T[]): Found<T> {
  return { records, seconds: life.service };
}
