import { startGateway } from "./compose/gateway.ts";
import { withFreePorts } from "./compose/ports.ts";
import { withStartMode } from "./compose/start-mode.ts";
import { welcomeText } from "./compose/welcome.ts";
import { CodedError, messageOf } from "./base/errors.ts";
import { readConfig } from "./config.ts";

/**
 * Entry point: reads the configuration, starts everything, stops on SIGINT and SIGTERM. SIGTERM lets other nodes take
 * over first, where there are any; a second signal ends that.
 * Exit codes: 0 stopped, 1 could not start, 2 a setting is wrong.
 */
async function main(): Promise<void> {
  const { config, notes } = await withFreePorts(await withStartMode(readConfig()));
  const gateway = await startGateway(config);
  process.stdout.write(await welcomeText(gateway, notes));
  let stopping = false;
  let draining = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    process.stdout.write("\nStopping …\n");
    gateway.stop().then(
      () => process.exit(0),
      (fault: unknown) => fail(fault),
    );
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", () => {
    if (draining) return stop();
    draining = true;
    void gateway.drain().then(stop);
  });
}

function fail(fault: unknown): never {
  process.stderr.write(`offhook: ${messageOf(fault)}\n`);
  process.exit(fault instanceof CodedError && fault.code === "bad-config" ? 2 : 1);
}

process.on("unhandledRejection", (fault) =>
  process.stderr.write(`offhook: unhandled: ${fault instanceof Error ? fault.stack : String(fault)}\n`),
);
main().catch(fail);
