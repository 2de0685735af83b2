import assert from "node:assert/strict";
import { silentLogger } from "../../../gateway/base/log.ts";
import { systemClock } from "../../../gateway/base/clock.ts";
import { check } from "../../../gateway/config.ts";
import { MemoryBus, MemoryHub } from "../../../gateway/directory/memory/memory-bus.ts";
import { MemoryRegistrations } from "../../../gateway/directory/memory/memory-registrations.ts";
import { Nodes } from "../../../gateway/directory/nodes.ts";
import { RedisConnection } from "../../../gateway/directory/redis/connection.ts";
import { RedisRegistrations } from "../../../gateway/directory/redis/redis-registrations.ts";
import type { Binding, Registrations } from "../../../gateway/directory/registrations.ts";
import type { UserId } from "../../../gateway/directory/user-id.ts";
import { CuttingProxy } from "../../support/cutting-proxy.ts";
import { startRedis, type RunningRedis } from "../../support/redis-server.ts";
import { settled } from "../../support/settled.ts";
import { until } from "../../support/until.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const alice: UserId = { domain: "a.example", name: "alice" };
const namesake: UserId = { domain: "b.example", name: "alice" };
const domains = ["a.example", "b.example"];

interface RegistrationsUnderTest {
  readonly clock: VirtualClock;
  readonly registrations: Registrations;
  close(): void;
}

const bindingAt = (clock: VirtualClock, contact: string, more: Partial<Binding> = {}): Binding => ({
  contact,
  address: "192.0.2.7",
  port: 5060,
  transport: "udp",
  callId: "c",
  cseq: 1,
  q: 1,
  expiresAt: clock.now() + 60_000,
  ...more,
});

/** One of several nodes over one Redis. */
class RedisNode {
  readonly clock: VirtualClock;
  readonly bus: MemoryBus;
  readonly nodes: Nodes;
  readonly own: MemoryRegistrations;
  readonly registrations: RedisRegistrations;
  readonly connection: RedisConnection;
  /** Users that changed, with `!` those whose binding is here. */
  readonly changed: string[] = [];

  private constructor(clock: VirtualClock, hub: MemoryHub, connection: RedisConnection, server: string) {
    this.clock = clock;
    this.connection = connection;
    this.bus = new MemoryBus(hub);
    this.nodes = new Nodes(this.bus, clock, server);
    this.own = new MemoryRegistrations(clock);
    this.registrations = new RedisRegistrations({
      connection,
      bus: this.bus,
      nodes: this.nodes,
      clock,
      log: silentLogger,
      own: this.own,
      server,
      domains,
      holds: ({ transport }) => transport === "udp",
    });
    this.registrations.on("changed", ({ name }, here) => this.changed.push(here ? `${name}!` : name));
  }

  static async open(clock: VirtualClock, hub: MemoryHub, port: number, server: string): Promise<RedisNode> {
    const settings = check({ redis: { url: `redis://127.0.0.1:${port}`, timeout: 1000 } }).redis;
    const connection = new RedisConnection({ settings, clock: systemClock, log: silentLogger });
    await connection.open();
    const node = new RedisNode(clock, hub, connection, server);
    await settled();
    return node;
  }

  binding(contact: string, more: Partial<Binding> = {}): Binding {
    return bindingAt(this.clock, contact, more);
  }

  async contacts(user = alice): Promise<readonly string[]> {
    return (await this.registrations.list(user)).map(({ contact }) => contact);
  }

  /** Waits until it lists exactly these. */
  lists(...expected: readonly string[]): Promise<unknown> {
    const sorted = [...expected].sort().join();
    return until(`contacts ${sorted}`, async () => [...(await this.contacts())].sort().join() === sorted);
  }

  /** It dies. */
  close(): void {
    this.registrations.close();
    this.own.close();
    this.nodes.leave();
    this.bus.close();
    this.connection.close();
  }
}

/** What every supplier of registrations does. */
function describeRegistrations(supplier: string, open: () => Promise<RegistrationsUnderTest>): void {
  describe(`registrations ${supplier}`, () => {
    let stage: RegistrationsUnderTest;
    let changed: UserId[];

    beforeEach(async () => {
      stage = await open();
      changed = [];
      stage.registrations.on("changed", (user) => changed.push(user));
    });
    afterEach(() => stage.close());

    const put = (user: UserId, contact: string, more: Partial<Binding> = {}): Promise<void> =>
      stage.registrations.put(user, bindingAt(stage.clock, contact, more));
    const contacts = async (user: UserId): Promise<string[]> =>
      (await stage.registrations.list(user)).map((one) => one.contact);

    it("list the best contact first", async () => {
      await put(alice, "sip:low@192.0.2.7", { q: 0.1 });
      await put(alice, "sip:high@192.0.2.7", { q: 0.9 });
      assert.deepEqual(await contacts(alice), ["sip:high@192.0.2.7", "sip:low@192.0.2.7"]);
      assert.deepEqual(await stage.registrations.here(alice), await stage.registrations.list(alice));
    });

    it("are refreshed without a word, and then live on", async () => {
      await put(alice, "sip:1@192.0.2.7");
      stage.clock.advance(50_000);
      await put(alice, "sip:1@192.0.2.7");
      stage.clock.advance(59_999);
      assert.deepEqual(await contacts(alice), ["sip:1@192.0.2.7"]);
      assert.equal(changed.length, 1);
    });

    it("are told when they come, expire and go", async () => {
      await put(alice, "sip:1@192.0.2.7");
      stage.clock.advance(60_000);
      assert.deepEqual(await contacts(alice), []);
      await put(alice, "sip:2@192.0.2.7");
      await stage.registrations.remove(alice, "sip:2@192.0.2.7");
      await stage.registrations.remove(alice, "sip:2@192.0.2.7");
      assert.deepEqual(changed, [alice, alice, alice, alice]);
      assert.equal(stage.registrations.size, 0);
    });

    it("of one domain are not seen from another", async () => {
      await put(alice, "sip:1@192.0.2.7");
      assert.deepEqual(await contacts(namesake), []);
      await stage.registrations.remove(namesake, "sip:1@192.0.2.7");
      assert.deepEqual(await contacts(alice), ["sip:1@192.0.2.7"]);
      assert.deepEqual(await stage.registrations.online("a.example"), [{ user: alice, phones: 1 }]);
      assert.deepEqual(await stage.registrations.online("b.example"), []);
    });
  });
}

describeRegistrations("in memory", async () => {
  const clock = new VirtualClock();
  const registrations = new MemoryRegistrations(clock);
  const close = (): void => {
    registrations.close();
    assert.equal(clock.pending, 0, "timers");
  };
  return { clock, registrations, close };
});

describe("registrations", function () {
  this.timeout(20_000);
  let redis: RunningRedis & { readonly port: number };
  let way: CuttingProxy;
  let clock: VirtualClock;
  let hub: MemoryHub;
  let nodes: RedisNode[];

  before(async () => void (redis = await startRedis()));
  after(() => redis.stop());
  beforeEach(async () => {
    await redis.command("FLUSHALL");
    way = await CuttingProxy.open(redis.port);
    [clock, hub, nodes] = [new VirtualClock(), new MemoryHub(), []];
  });
  afterEach(async () => {
    for (const node of nodes) node.close();
    assert.equal(clock.pending, 0, "timers");
    await way.close();
  });

  const join = async (server: string): Promise<RedisNode> => {
    const node = await RedisNode.open(clock, hub, way.port, server);
    nodes.push(node);
    return node;
  };
  const die = (node: RedisNode): void => {
    node.close();
    nodes.splice(nodes.indexOf(node), 1);
  };

  describeRegistrations("in Redis", async () => {
    const node = await join("s1");
    return { clock, registrations: node.registrations, close: () => {} };
  });

  it("of one node are seen at the others, until they go", async () => {
    const [one, other] = [await join("s1"), await join("s2")];
    await one.registrations.put(alice, one.binding("sip:1@192.0.2.7"));
    await other.lists("sip:1@192.0.2.7");
    const [found] = await other.registrations.list(alice);
    assert.deepEqual([found?.server, await other.registrations.here(alice)], ["s1", []]);
    assert.deepEqual(await other.registrations.online("a.example"), [{ user: alice, phones: 1 }]);
    await until("the other to be told", () => other.changed.length > 0);
    assert.deepEqual([one.changed, other.changed], [["alice!"], ["alice"]]);
    assert.deepEqual([one.registrations.size, other.registrations.size], [1, 0]);
    clock.advance(60_000);
    await until("the other to be told", () => other.changed.length > 1);
    await other.lists();
    assert.equal(await redis.command("EXISTS", "offhook:user:{a.example/alice}:bindings"), "0\n");
  });

  it("are where the phone registered last, for however short a time", async () => {
    const [one, other] = [await join("s1"), await join("s2")];
    const contact = "sip:1@192.0.2.7";
    await one.registrations.put(alice, one.binding(contact, { expiresAt: clock.now() + 3_600_000 }));
    clock.advance(1000);
    await other.registrations.put(alice, other.binding(contact));
    await until("the first to let it go", async () => (await one.registrations.here(alice)).length === 0);
    assert.deepEqual([(await one.registrations.list(alice))[0]?.server, await other.contacts()], ["s2", [contact]]);
  });

  it("of a SIP server that no node has are not there, and are again when it is", async () => {
    const [one, other] = [await join("s1"), await join("s2")];
    await one.registrations.put(alice, one.binding("sip:1@192.0.2.7"));
    await other.lists("sip:1@192.0.2.7");
    die(one);
    await other.lists();
    assert.equal(other.changed.at(-1), "alice");
    const again = await join("s1");
    await again.registrations.restore();
    await until("it to be known", () => other.nodes.nodeOf("s1"));
    await other.lists("sip:1@192.0.2.7");
    assert.deepEqual(await again.contacts(), ["sip:1@192.0.2.7"]);
  });

  it("are found again by the next process, as far as they hold, and no longer than they last", async () => {
    const one = await join("s1");
    await one.registrations.put(alice, one.binding("sip:udp@192.0.2.7"));
    await one.registrations.put(alice, one.binding("sip:tcp@192.0.2.7", { transport: "tcp" }));
    await one.registrations.put(alice, one.binding("sip:short@192.0.2.7", { expiresAt: clock.now() + 5_000 }));
    die(one);
    clock.advance(10_000);
    const again = await join("s1");
    await again.registrations.restore();
    assert.deepEqual(
      (await again.registrations.here(alice)).map(({ contact }) => contact),
      ["sip:udp@192.0.2.7"],
    );
    await until("the rest to be gone", async () =>
      /^1\n$/.test(await redis.command("HLEN", "offhook:user:{a.example/alice}:bindings")),
    );
    clock.advance(50_000);
    assert.equal(again.registrations.size, 0);
  });

  it("go on at their node while Redis is away, and are written when it is back", async () => {
    const [one, other] = [await join("s1"), await join("s2")];
    await one.registrations.put(alice, one.binding("sip:1@192.0.2.7"));
    await other.lists("sip:1@192.0.2.7");
    way.down = true;
    way.cut();
    await until("the cut", () => !one.connection.isUp && !other.connection.isUp);
    await one.registrations.put(alice, one.binding("sip:2@192.0.2.7"));
    assert.deepEqual(await one.contacts(), ["sip:1@192.0.2.7", "sip:2@192.0.2.7"]);
    assert.deepEqual(await other.contacts(), ["sip:1@192.0.2.7"]);
    assert.deepEqual(await other.registrations.online("a.example"), [{ user: alice, phones: 1 }]);
    way.down = false;
    await until("Redis", () => one.connection.isUp && other.connection.isUp, 10_000);
    await other.lists("sip:1@192.0.2.7", "sip:2@192.0.2.7");
  });

  it("are written again when Redis has forgotten them", async () => {
    const [one, other] = [await join("s1"), await join("s2")];
    await one.registrations.put(alice, one.binding("sip:1@192.0.2.7"));
    await redis.command("FLUSHALL");
    way.cut();
    await until("Redis", () => !one.connection.isUp);
    await until("Redis", () => one.connection.isUp && other.connection.isUp, 10_000);
    await other.lists("sip:1@192.0.2.7");
  });

  it("of a newer release are left alone", async () => {
    const one = await join("s1");
    const newer = JSON.stringify({
      schema: 99,
      value: { expiresAt: clock.now() + 99_000, contact: "sip:9@192.0.2.7" },
    });
    const key = "offhook:user:{a.example/alice}:bindings";
    await redis.command("HSET", key, "sip:9@192.0.2.7", newer);
    await one.registrations.put(alice, one.binding("sip:1@192.0.2.7"));
    assert.deepEqual(await one.contacts(), ["sip:1@192.0.2.7"]);
    assert.equal((await redis.command("HGET", key, "sip:9@192.0.2.7")).trim(), newer);
  });
});
