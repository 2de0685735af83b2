import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort, startRedis, type RunningRedis } from "./redis-server.ts";
import { until } from "./until.ts";

const run = promisify(execFile);

export interface RunningRedisCluster {
  /** `host:port` of each node. */
  readonly nodes: readonly string[];
  stop(): Promise<void>;
}

/** Three masters on this machine that share the keys. */
export async function startRedisCluster(): Promise<RunningRedisCluster> {
  const folders = Array.from({ length: 3 }, () => mkdtempSync(join(tmpdir(), "offhook-redis-cluster-")));
  const servers = await Promise.all(folders.map(startNode));
  const nodes = servers.map(({ port }) => `127.0.0.1:${port}`);
  await run("redis-cli", ["--cluster", "create", ...nodes, "--cluster-yes"]);
  for (const server of servers) await until("the Cluster is whole", () => isWhole(server), 20_000);
  return {
    nodes,
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startNode(folder: string): Promise<RunningRedis & { readonly port: number }> {
  const bus = ["--cluster-port", String(await freePort())];
  return startRedis(undefined, { folder, settings: ["--cluster-enabled", "yes", ...bus] });
}

const isWhole = async (server: RunningRedis): Promise<boolean> =>
  (await server.command("CLUSTER", "INFO")).includes("cluster_state:ok");

export interface RunningSentinel {
  /** `host:port`; it calls the master `mymaster`. */
  readonly address: string;
  /** It could make one the master. */
  knowsReplica(): Promise<boolean>;
  stop(): Promise<void>;
}

/** A Sentinel that alone decides that the master on this port is gone. */
export async function startSentinel(master: number): Promise<RunningSentinel> {
  const folder = mkdtempSync(join(tmpdir(), "offhook-sentinel-"));
  const file = join(folder, "sentinel.conf");
  const lines = [
    `sentinel monitor mymaster 127.0.0.1 ${master} 1`,
    "sentinel down-after-milliseconds mymaster 500",
    "sentinel failover-timeout mymaster 2000",
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
  const server = await startRedis(undefined, { config: [file, "--sentinel"] });
  return {
    address: `127.0.0.1:${server.port}`,
    knowsReplica: async () =>
      (await server.command("SENTINEL", "REPLICAS", "mymaster")).includes("master-link-status\nok"),
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
