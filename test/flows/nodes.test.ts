import assert from "node:assert/strict";
import { connect, type ClientError, type ConnectOptions, type Session } from "../../webclient/index.ts";
import type { SocketPort } from "../../webclient/platform.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { FrameClient } from "../support/frame-client.ts";
import { domain, patience, TestGateway } from "../support/gateway.ts";
import { NodePlatform } from "../support/library-session.ts";
import { claimPorts, type PortRange } from "../support/ports.ts";
import { startRedis, type RunningRedis } from "../support/redis-server.ts";
import { elapsed, until } from "../support/until.ts";

/** A gateway, and its way to the Redis that all share. */
interface Node {
  gateway: TestGateway;
  readonly redis: CuttingProxy;
  readonly ports: PortRange;
  /** Pages find it. */
  open: boolean;
}

/** What stands before the gateways in production: a page that comes back is sent to the next one that is open. */
class Balanced extends NodePlatform {
  readonly #nodes: readonly Node[];
  #next: number;

  constructor(nodes: readonly Node[], first: number) {
    super("ws://gateway.invalid/ws");
    this.#nodes = nodes;
    this.#next = first;
  }

  override openSocket(_url: string, subprotocol: string): SocketPort {
    const count = this.#nodes.length;
    const order = this.#nodes.map((_node, index) => (this.#next + index) % count);
    const chosen = order.find((index) => this.#nodes[index]?.open) ?? 0;
    this.#next = chosen + 1;
    return super.openSocket(this.#nodes[chosen]?.gateway.wsUrl ?? "", subprotocol);
  }
}

/** A page that counts what it sent, and what came. */
class Writer {
  readonly session: Session;
  readonly platform: Balanced;
  readonly name: string;
  readonly accepted: string[] = [];
  readonly came: string[] = [];
  /** States of its link after the first connection. */
  readonly states: string[] = [];

  private constructor(session: Session, platform: Balanced, name: string) {
    this.session = session;
    this.platform = platform;
    this.name = name;
    session.messages.on("message", ({ from, text }) => {
      if ("user" in from.target && from.target.user !== `${name}@${domain}`) this.came.push(text ?? "");
    });
    session.subscribe(() => {
      const { state } = session.view();
      if (this.states.at(-1) !== state) this.states.push(state);
    });
  }

  static async at(nodes: readonly Node[], first: number, name: string, options: ConnectOptions = {}): Promise<Writer> {
    const platform = new Balanced(nodes, first);
    return new Writer(await connect({ platform, user: `${name}@${domain}`, ...options }), platform, name);
  }

  /** Until it is kept, however often that takes. */
  async write(to: string, text: string): Promise<void> {
    await this.session.messages.send({ user: `${to}@${domain}` }, text);
    this.accepted.push(text);
  }

  status(name: string): string | undefined {
    return this.session.presence
      .view()
      .contacts.find(({ target }) => "user" in target && target.user === `${name}@${domain}`)?.status;
  }

  sees(name: string, status: string, withinMs = 5000): Promise<unknown> {
    return until(`${this.name} to see ${name} ${status}`, () => this.status(name) === status, withinMs);
  }
}

describe("several gateways over one Redis", function () {
  this.timeout(4 * patience);
  const nodes: Node[] = [];
  const writers: Writer[] = [];
  let redis: RunningRedis & { readonly port: number };

  const start = (node: Pick<Node, "redis" | "ports">): Promise<TestGateway> =>
    TestGateway.start({
      ports: node.ports,
      // As it is shipped: three that compile themselves first take long to start.
      entry: "dist/gateway/main.js",
      env: {
        NO_MEDIA: "/nonexistent",
        GATEWAY_REDIS_URL: `redis://127.0.0.1:${node.redis.port}`,
        GATEWAY_REDIS_TIMEOUT: "1000",
        GATEWAY_SESSION_GRACE: "30000",
        GATEWAY_MESSAGES_PER_MINUTE: "60000",
        GATEWAY_DATA_PER_SECOND: "1000",
        GATEWAY_CALL_FRAMES_PER_SECOND: "1000",
      },
    });

  before(async () => {
    redis = await startRedis();
    for (let made = 0; made < 3; made++) {
      const site = { redis: await CuttingProxy.open(redis.port), ports: await claimPorts(399) };
      nodes.push({ ...site, gateway: await start(site), open: true });
    }
    await allTogether();
  });
  afterEach(async () => {
    await Promise.all(writers.splice(0).map(({ session }) => session.close()));
    for (const { gateway } of nodes) await gateway.assertIdle();
  });
  after(async () => {
    for (const { gateway, redis: proxy, ports } of nodes) {
      await gateway.stop();
      await proxy.close();
      await ports.release();
    }
    await redis?.stop();
  });

  /** Each knows the others. */
  const allTogether = (): Promise<unknown> =>
    until(
      "the nodes to know each other",
      async () => {
        const known = await Promise.all(
          nodes.map(async ({ gateway }) => (await gateway.metrics())["offhook_other_nodes"]),
        );
        return known.every((others) => others === nodes.length - 1);
      },
      15_000,
    );
  const node = (index: number): Node => nodes[index] ?? assert.fail();
  const writer = async (first: number, name: string, options?: ConnectOptions): Promise<Writer> => {
    const made = await Writer.at(nodes, first, name, options);
    writers.push(made);
    return made;
  };

  /** What was accepted came, once, and in order of each sender. */
  async function delivered(to: Writer, from: readonly Writer[], what: string): Promise<void> {
    const sent = from.flatMap(({ accepted }) => accepted);
    await until(what, () => to.came.length >= sent.length, 20_000).catch(() => {});
    assert.deepEqual([...to.came].sort(), [...sent].sort(), `${what}: ${to.came.length} of ${sent.length} came`);
    for (const { accepted, name } of from)
      assert.deepEqual(
        to.came.filter((text) => text.startsWith(name)),
        accepted,
        `the order of ${name}`,
      );
    process.stdout.write(`      ${what}: ${sent.length} accepted, ${to.came.length} delivered\n`);
  }

  it("are one to their users: presence, chats, marks and data cross nodes", async () => {
    const [alice, bob] = [await writer(0, "alice"), await writer(1, "bob", { userData: { desk: 7 } })];
    const carol = await writer(2, "carol");
    await Promise.all([alice.sees("bob", "online"), bob.sees("alice", "online"), carol.sees("bob", "online")]);
    await bob.session.presence.setStatus("busy", "Report");
    await Promise.all([alice.sees("bob", "busy"), carol.sees("bob", "busy")]);
    const receipts: string[] = [];
    alice.session.messages.on("receipt", ({ state }) => receipts.push(state));
    await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        await alice.write("carol", `alice ${String(index).padStart(3, "0")}`);
        await bob.write("carol", `bob ${String(index).padStart(3, "0")}`);
      }),
    );
    for (const from of [alice, bob]) from.accepted.sort();
    await until("all", () => carol.came.length >= 80, 20_000);
    assert.deepEqual([...carol.came].sort(), [...alice.accepted, ...bob.accepted].sort());
    await until("a receipt", () => receipts.includes("delivered"));
    const values: unknown[] = [];
    carol.session.data.on("data", ({ value }) => values.push(value));
    for (let sent = 0; sent < 20; sent++) await alice.session.data.send({ user: `carol@${domain}` }, sent);
    await until("the data", () => values.length >= 20);
    assert.deepEqual(
      values,
      Array.from({ length: 20 }, (_, index) => index),
    );
    await bob.session.close();
    await carol.sees("bob", "offline");
  });

  it("lose no message and show no ghost when one of them is killed", async () => {
    const [alice, bob] = [await writer(0, "alice"), await writer(1, "bob")];
    const ghost = await FrameClient.signedIn(node(0).gateway, "dave");
    await Promise.all([bob.sees("dave", "online"), bob.sees("alice", "online")]);
    const { id } = alice.session.view();
    const write = async (from: Writer, to: string): Promise<void> => {
      for (let made = 0; made < 60; made++) await from.write(to, `${from.name} ${made}`);
    };
    const writing = [write(alice, "bob"), write(bob, "alice")];
    await until("some", () => alice.came.length > 10 && bob.came.length > 10, 20_000);
    node(0).open = false;
    await node(0).gateway.kill();
    const killed = performance.now();
    await Promise.all(writing);
    await delivered(bob, [alice], "from the killed node's page");
    await delivered(alice, [bob], "to the killed node's page");
    assert.equal(alice.session.view().id, id);
    await bob.sees("dave", "offline", 30_000);
    process.stdout.write(`      who did not come back: offline after ${Math.round(performance.now() - killed)} ms\n`);
    assert.equal(bob.status("alice"), "online");
    await ghost.closed();
    node(0).gateway = await node(0).gateway.restart();
    node(0).open = true;
    await allTogether();
  });

  it("go on by themselves while Redis cannot be reached, and tell the rest when it can", async () => {
    const [alice, erin, bob] = [await writer(0, "alice"), await writer(0, "erin"), await writer(1, "bob")];
    await Promise.all([alice.sees("bob", "online"), bob.sees("erin", "online"), alice.sees("erin", "online")]);
    const { redis: way, gateway } = node(0);
    way.down = true;
    way.cut();
    await until("the cut", async () => (await gateway.metrics())["offhook_redis_up"] === 0);
    await erin.session.presence.setStatus("away");
    await alice.sees("erin", "away");
    await bob.session.presence.setStatus("busy");
    const late = Promise.all(Array.from({ length: 10 }, (_, index) => bob.write("alice", `bob ${index}`)));
    await late;
    assert.equal(bob.status("erin"), "online");
    way.down = false;
    await until("Redis", async () => (await gateway.metrics())["offhook_redis_up"] === 1, 15_000);
    await Promise.all([bob.sees("erin", "away", 10_000), alice.sees("bob", "busy", 10_000)]);
    bob.accepted.sort();
    await until("all", () => alice.came.length >= 10, 10_000);
    assert.deepEqual([...alice.came].sort(), bob.accepted);
    process.stdout.write(`      over the cut: ${bob.accepted.length} accepted, ${alice.came.length} delivered\n`);
  });

  it("are restarted one after another: no message and no data is lost, and nobody is seen offline", async () => {
    const pages = [await writer(0, "alice"), await writer(1, "bob"), await writer(2, "carol")];
    const [alice, bob, carol] = pages;
    assert.ok(alice && bob && carol);
    const names = pages.map(({ name }) => name);
    await Promise.all(pages.flatMap((page) => names.map((name) => page.sees(name, "online"))));
    const seen = pages.map((page) => {
      const statuses = new Set<string>();
      const look = (): void => {
        for (const name of names) statuses.add(`${name} ${page.status(name)}`);
      };
      look();
      page.session.presence.subscribe(look);
      return statuses;
    });
    const sessions = pages.map(({ session }) => session.view().id);
    let writing = true;
    const write = async (from: Writer): Promise<void> => {
      for (let made = 0; writing; made++) await from.write("carol", `${from.name} ${made}`);
    };
    const values: unknown[] = [];
    carol.session.data.on("data", ({ value }) => values.push(value));
    let sent = 0;
    const send = async (): Promise<void> => {
      while (writing)
        try {
          await alice.session.data.send({ user: `carol@${domain}` }, sent);
          sent += 1;
          await elapsed(5);
        } catch (thrown) {
          // Nothing is taken while the page has no connection.
          assert.equal((thrown as ClientError).code, "unreachable");
          await until("a connection", () => alice.session.view().state === "connected", 15_000);
        }
    };
    const writes = [write(alice), write(bob), send()];
    for (const one of nodes) {
      one.open = false;
      await one.gateway.stop("SIGTERM");
      one.gateway = await start(one);
      one.open = true;
      await allTogether();
    }
    writing = false;
    await Promise.all(writes);
    await delivered(carol, [alice, bob], "over a rolling restart");
    await until("the data", () => values.length >= sent, 10_000).catch(() => {});
    assert.deepEqual(
      values,
      Array.from({ length: sent }, (_, index) => index),
    );
    process.stdout.write(`      data over a rolling restart: ${sent} sent, ${values.length} came\n`);
    for (const statuses of seen)
      assert.deepEqual(
        [...statuses],
        names.map((name) => `${name} online`),
      );
    assert.deepEqual(
      pages.map(({ session }) => session.view().id),
      sessions,
    );
    await Promise.all([carol.sees("alice", "online"), carol.sees("bob", "online")]);
  });
});
