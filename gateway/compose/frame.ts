import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { Config } from "../config.ts";
import type { GatewayMetrics } from "./metrics.ts";
import type { PreparedAccounts } from "./accounts.ts";
import type { Accounts } from "../directory/accounts.ts";
import type { RedisConnection } from "../directory/redis/connection.ts";
import type { Stories } from "../records/stories.ts";
import type { StateDir } from "./state-dir.ts";
import type { Registrations } from "../directory/registrations.ts";

/** What the first parts are built with. */
export interface Foundation {
  /** Without what it said of accounts: their plain passwords are kept by nobody. */
  readonly config: Omit<Config, "accounts">;
  readonly dir: StateDir;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: GatewayMetrics;
  readonly prepared: PreparedAccounts;
  readonly accounts: Accounts;
  /** What all nodes share, where it is configured. */
  readonly redis?: RedisConnection;
  /** What happens in calls, and what was in them. */
  readonly stories: Stories;
  /** To be done when the gateway stops, last one first. */
  later(undo: () => Promise<void> | void): void;
}

/** What every other part is built with. */
export interface Frame extends Foundation {
  readonly registrations: Registrations;
}
