import { systemClock } from "../../../gateway/base/clock.ts";
import { silentLogger } from "../../../gateway/base/log.ts";
import { check } from "../../../gateway/config.ts";
import { MemoryBus, MemoryHub } from "../../../gateway/directory/memory/memory-bus.ts";
import { RedisBus } from "../../../gateway/directory/redis/redis-bus.ts";
import { RedisConnection } from "../../../gateway/directory/redis/connection.ts";
import { CuttingProxy } from "../../support/cutting-proxy.ts";
import { startRedis } from "../../support/redis-server.ts";
import { until } from "../../support/until.ts";
import { describeBus } from "./bus-contract.ts";

describeBus("in memory", async () => {
  const hub = new MemoryHub();
  return {
    join: async () => {
      const bus = new MemoryBus(hub);
      return {
        bus,
        cut: async () => void (bus.isUp = false),
        mend: async () => void (bus.isUp = true),
      };
    },
    close: async () => {},
  };
});

describeBus("over Redis", async () => {
  const redis = await startRedis();
  const undo: (() => unknown)[] = [() => redis.stop()];
  return {
    join: async () => {
      const proxy = await CuttingProxy.open(redis.port);
      const url = `redis://127.0.0.1:${proxy.port}`;
      const settings = check({ redis: { url, timeout: 500 } }).redis;
      const connection = new RedisConnection({ settings, clock: systemClock, log: silentLogger });
      await connection.open();
      const bus = new RedisBus({ connection, clock: systemClock, log: silentLogger, lost: () => {} });
      undo.push(
        () => bus.close(),
        () => connection.close(),
        () => proxy.close(),
      );
      await until("the bus", () => bus.isUp);
      return {
        bus,
        cut: async () => {
          proxy.down = true;
          proxy.cut();
        },
        mend: async () => void (proxy.down = false),
      };
    },
    close: async () => {
      for (const step of undo.splice(0).reverse()) await step();
    },
  };
});
