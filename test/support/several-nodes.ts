import assert from "node:assert/strict";
import { CuttingProxy } from "./cutting-proxy.ts";
import { TestGateway, type GatewayOptions } from "./gateway.ts";
import { claimPorts, type PortRange } from "./ports.ts";
import { startRedis, type RedisOptions, type RunningRedis } from "./redis-server.ts";
import { until } from "./until.ts";

/** A gateway, and its way to the Redis that all share. */
interface Node {
  gateway: TestGateway;
  readonly redis: CuttingProxy;
  readonly ports: PortRange;
}

/** Several gateways over one Redis, each with a SIP server and relay of its own. */
export class SeveralNodes {
  readonly #nodes: Node[] = [];
  readonly #env: Readonly<Record<string, string>>;
  readonly #options: RedisOptions;
  readonly #settings: NonNullable<GatewayOptions["settings"]>;
  #redis: RunningRedis & { readonly port: number };

  private constructor(
    redis: SeveralNodes["redis"],
    env: Readonly<Record<string, string>>,
    options: RedisOptions,
    settings: NonNullable<GatewayOptions["settings"]>,
  ) {
    this.#settings = settings;
    this.#redis = redis;
    this.#env = env;
    this.#options = options;
  }

  get redis(): RunningRedis & { readonly port: number } {
    return this.#redis;
  }

  /** Resolves when each of `count` knows the others. */
  static async start(
    count: number,
    env: Readonly<Record<string, string>> = {},
    options: RedisOptions = {},
    settings: NonNullable<GatewayOptions["settings"]> = {},
  ): Promise<SeveralNodes> {
    const nodes = new SeveralNodes(await startRedis(undefined, options), env, options, settings);
    for (let made = 0; made < count; made++) {
      const site = { redis: await CuttingProxy.open(nodes.redis.port), ports: await claimPorts(399) };
      nodes.#nodes.push({ ...site, gateway: await nodes.#start(site) });
    }
    await nodes.together();
    return nodes;
  }

  at(index: number): TestGateway {
    return this.#node(index).gateway;
  }

  /** Each knows the others. */
  together(): Promise<unknown> {
    return until(
      "the nodes to know each other",
      async () => (await this.#metric("offhook_other_nodes")).every((others) => others === this.#nodes.length - 1),
      15_000,
    );
  }

  /** It dies at once; the returned function starts it again where it was. */
  async kill(index: number): Promise<() => Promise<void>> {
    const node = this.#node(index);
    await node.gateway.kill();
    return async () => {
      node.gateway = await node.gateway.restart();
      await this.together();
    };
  }

  /** Stops it in order, and starts another in its place. */
  async replace(index: number): Promise<void> {
    const node = this.#node(index);
    await node.gateway.stop();
    node.gateway = await this.#start(node);
    await this.together();
  }

  /** Redis is away for all from now on, or is back. */
  async cut(down: boolean): Promise<void> {
    for (const { redis: way } of this.#nodes) {
      way.down = down;
      if (down) way.cut();
    }
    await until(
      `Redis ${down ? "away" : "back"}`,
      async () => (await this.#metric("offhook_redis_up")).every((up) => up === Number(!down)),
      15_000,
    );
  }

  /** Redis dies at once; the returned function starts it again on what it had written. */
  async killRedis(): Promise<() => Promise<void>> {
    const { port } = this.#redis;
    await this.#redis.stop();
    return async () => {
      this.#redis = await startRedis(port, this.#options);
    };
  }

  /** Nothing is open at any of them. */
  async assertIdle(): Promise<void> {
    for (const { gateway } of this.#nodes) await gateway.assertIdle();
  }

  async stop(): Promise<void> {
    for (const { gateway, redis, ports } of this.#nodes) {
      await gateway.stop();
      await redis.close();
      await ports.release();
    }
    await this.#redis.stop();
  }

  #start({ redis, ports }: Pick<Node, "redis" | "ports">): Promise<TestGateway> {
    return TestGateway.start({
      ports,
      // As it is shipped: several that compile themselves first take long to start.
      entry: "dist/gateway/main.js",
      env: {
        GATEWAY_REDIS_URL: `redis://127.0.0.1:${redis.port}`,
        GATEWAY_REDIS_TIMEOUT: "1000",
        ...this.#env,
      },
      settings: this.#settings,
    });
  }

  #metric(name: string): Promise<readonly (number | undefined)[]> {
    return Promise.all(this.#nodes.map(async ({ gateway }) => (await gateway.metrics())[name]));
  }

  #node(index: number): Node {
    return this.#nodes[index] ?? assert.fail(`no node ${index}`);
  }
}
