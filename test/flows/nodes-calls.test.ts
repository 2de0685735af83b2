import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Chromium, hearsTone } from "../support/chromium.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { domain, patience, TestGateway } from "../support/gateway.ts";
import { PhonePage } from "../support/phone-page.ts";
import { claimPorts, type PortRange } from "../support/ports.ts";
import { startRedis, type RunningRedis } from "../support/redis-server.ts";
import { until } from "../support/until.ts";

/** A gateway with relay and SIP server, and its way to the Redis that all share. */
interface Node {
  gateway: TestGateway;
  readonly redis: CuttingProxy;
  readonly ports: PortRange;
}

const [aliceHz, bobHz] = [600, 900];

describe("calls across nodes", function () {
  this.timeout(4 * patience);
  const nodes: Node[] = [];
  let redis: RunningRedis & { readonly port: number };
  let browser: Chromium;

  const start = (node: Pick<Node, "redis" | "ports">): Promise<TestGateway> =>
    TestGateway.start({
      ports: node.ports,
      entry: "dist/gateway/main.js",
      env: { GATEWAY_REDIS_URL: `redis://127.0.0.1:${node.redis.port}`, GATEWAY_REDIS_TIMEOUT: "1000" },
    });

  before(async () => {
    [redis, browser] = await Promise.all([startRedis(), Chromium.launch({ toneHz: aliceHz })]);
    for (let made = 0; made < 2; made++) {
      const site = { redis: await CuttingProxy.open(redis.port), ports: await claimPorts(399) };
      nodes.push({ ...site, gateway: await start(site) });
    }
    await allTogether();
  });
  afterEach(async () => {
    for (const { gateway } of nodes) await gateway.assertIdle();
  });
  after(async () => {
    await browser?.close();
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
  const at = (index: number): TestGateway => (nodes[index] ?? assert.fail()).gateway;
  const pageAt = async (index: number, name: string, toneHz: number): Promise<PhonePage<Page>> =>
    PhonePage.open(await browser.page({ toneHz }), at(index), name);

  it("page to page: sound both ways, and either hangs up", async () => {
    const [alice, bob] = [await pageAt(0, "alice", aliceHz), await pageAt(1, "bob", bobHz)];
    for (const ending of [alice, bob]) {
      await alice.call({ user: `bob@${domain}` });
      await bob.answer();
      await Promise.all([alice.state("connected"), bob.state("connected")]);
      await Promise.all([hearsTone(alice.page, bobHz, aliceHz), hearsTone(bob.page, aliceHz, bobHz)]);
      await ending.end();
      const ends = await Promise.all([alice.ended(), bob.ended()]);
      assert.deepEqual(
        ends.map(({ by, reason }) => [by, reason]),
        ending === alice
          ? [
              ["local", "normal"],
              ["remote", "normal"],
            ]
          : [
              ["remote", "normal"],
              ["local", "normal"],
            ],
      );
    }
    await Promise.all([alice.page.close(), bob.page.close()]);
  });
});
