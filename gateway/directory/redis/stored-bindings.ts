import type { Clock } from "../../base/clock.ts";
import { messageOf } from "../../base/errors.ts";
import { isRecord } from "../../base/json.ts";
import type { Logger } from "../../base/log.ts";
import type { Binding } from "../registrations.ts";
import type { UserId } from "../user-id.ts";
import type { RedisConnection } from "./connection.ts";
import { bindingsOfUser, phonesOfDomain } from "./keys.ts";
import { writeBindings } from "./registration-script.ts";
import { pack, unpack } from "./stored.ts";

export interface StoredBindingsParts {
  readonly connection: RedisConnection;
  readonly clock: Clock;
  readonly log: Logger;
  /** This node's SIP server: the same name after a restart. */
  readonly server: string;
}

/** What is written of a user, live, of this node's SIP server and of others. */
export interface ReadBindings {
  readonly own: readonly Binding[];
  readonly far: readonly Binding[];
}

const isBinding = (value: unknown): value is Binding =>
  isRecord(value) &&
  [value.contact, value.address, value.transport, value.callId].every((text) => typeof text === "string") &&
  [value.port, value.cseq, value.q, value.expiresAt].every((number) => typeof number === "number");

/** Takes a user's bindings out, of whatever node; how many there were. @throws StoreError */
export function eraseBindings(connection: RedisConnection, user: UserId): Promise<number> {
  return connection.run("erasing registrations", async (client) => {
    const count = await client.hlen(bindingsOfUser(user));
    await client.del(bindingsOfUser(user));
    await client.zrem(phonesOfDomain(user.domain), user.name);
    return count;
  });
}

/** Bindings as they lie in Redis: a hash a user, and a sorted set of users a domain. Everything throws StoreError. */
export class StoredBindings {
  readonly #parts: StoredBindingsParts;

  constructor(parts: StoredBindingsParts) {
    this.#parts = parts;
  }

  async read(user: UserId): Promise<ReadBindings> {
    const { connection, server, clock } = this.#parts;
    const texts = await connection.run("reading registrations", (client) => client.hgetall(bindingsOfUser(user)));
    const live = Object.values(texts)
      .flatMap((text) => this.#unpacked(text))
      .filter(({ expiresAt }) => expiresAt > clock.now());
    return {
      own: live.filter((binding) => binding.server === server),
      far: live.filter((binding) => binding.server !== server),
    };
  }

  /** `bindings`: all that the user has here. Contacts of them that are another server's by now. */
  async write(user: UserId, bindings: readonly Binding[]): Promise<readonly string[]> {
    const { connection, server, clock } = this.#parts;
    const values = bindings.flatMap((binding) => {
      const { contact, expiresAt, at = 0 } = binding;
      return [contact, expiresAt, at, pack({ ...binding, at, server })];
    });
    const [latest, lost] = (await connection.run("writing registrations", (client) =>
      writeBindings.run(client, [bindingsOfUser(user)], [server, clock.now(), ...values]),
    )) as [string, string[]];
    if (Number(latest) > 0)
      await connection.run("writing registrations", (client) =>
        client.zadd(phonesOfDomain(user.domain), "GT", latest, user.name),
      );
    return lost;
  }

  /** Users of the domain that may have bindings. */
  async users(domain: string): Promise<readonly UserId[]> {
    const { connection, clock } = this.#parts;
    const key = phonesOfDomain(domain);
    const names = await connection.run("reading registrations", async (client) => {
      await client.zremrangebyscore(key, "-inf", clock.now());
      return client.zrange(key, "0", "-1");
    });
    return names.map((name) => ({ domain, name }));
  }

  #unpacked(text: string): readonly Binding[] {
    try {
      return [unpack(text, isBinding)];
    } catch (fault) {
      this.#parts.log.warn("registration not read", { fault: messageOf(fault) });
      return [];
    }
  }
}
