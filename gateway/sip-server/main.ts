import { renameSync, rmSync, writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { systemClock } from "../base/clock.ts";
import { reportListenerFaults } from "../base/emitter.ts";
import { messageOf } from "../base/errors.ts";
import { createLogger, type Logger } from "../base/log.ts";
import { markOf } from "../base/process.ts";
import { type Config, ConfigError, readConfig, usage } from "./config.ts";
import { gatewayRuns, stopSiblings, watchIdle } from "./linger.ts";
import { type Addresses, SipServer, StartError } from "./server.ts";
import { CredentialsError } from "./transport/tls-credentials.ts";
import { serverVersion } from "./wire/control-server.ts";

/**
 * What is over stays for 64·T1 and is then garbage of the old generation. V8 would let it grow to four times what is in
 * use before it collects: a server that shares its machine collects at half as much again.
 */
setFlagsFromString("--heap-growing-percent=50");

/** Entry point of the SIP server process. Exit codes: 0 stopped, 1 cannot listen, 2 bad option. */
async function main(args: readonly string[]): Promise<void> {
  if (args.includes("--help")) return void process.stdout.write(usage);
  const config = readConfig(args);
  const log = createLogger({ level: config.logLevel });
  surviveFaults(log);
  const server = new SipServer(config, systemClock, log);
  const addresses = await server.start();
  const stopWatch = watchForNobody(config, server, log);
  const stop = async (): Promise<void> => {
    stopWatch();
    await server.stop();
    if (config.readyFile !== undefined) rmSync(config.readyFile, { force: true });
    log.info("stopped");
  };
  server.drain.done = () => void end(stop);
  process.on("SIGUSR2", () => server.drain.begin());
  process.once("SIGTERM", () => void end(stop));
  process.once("SIGINT", () => void end(stop));
  // Who reads it may send signals from then on.
  if (config.readyFile !== undefined) writeReadyFile(config.readyFile, addresses);
}

/** One message must not end the process: what nobody caught is logged, and the call that it broke runs into a timer. */
function surviveFaults(log: Logger): void {
  const report = (fault: unknown): void =>
    log.error("unexpected fault", {
      fault: fault instanceof Error ? (fault.stack ?? fault.message) : messageOf(fault),
    });
  reportListenerFaults(report);
  process.on("uncaughtException", report);
  process.on("unhandledRejection", report);
}

function writeReadyFile(path: string, addresses: Addresses): void {
  const mark = markOf(process.pid);
  const temporary = `${path}.${process.pid}`;
  try {
    writeFileSync(temporary, JSON.stringify({ ...mark, version: serverVersion, ...addresses }), { mode: 0o600 });
    renameSync(temporary, path);
  } catch (fault) {
    rmSync(temporary, { force: true });
    throw new StartError("ready-file", `cannot write the ready file: ${messageOf(fault)}`);
  }
}

function watchForNobody(config: Config, server: SipServer, log: Logger): () => void {
  const { stateDir, lingerMs } = config;
  if (stateDir === undefined) return () => {};
  const idle = (): boolean => server.idle && !gatewayRuns(stateDir);
  return watchIdle(systemClock, lingerMs, idle, () => {
    log.info("no application for too long");
    stopSiblings(stateDir, systemClock)
      .catch((fault: unknown) => log.warn("a process could not be stopped", { fault: messageOf(fault) }))
      .finally(() => process.kill(process.pid, "SIGTERM"));
  });
}

async function end(stop: () => Promise<void>): Promise<void> {
  await stop();
  // Sockets close in the background; nothing else is left to do.
  process.exit(0);
}

main(process.argv.slice(2)).catch((fault: unknown) => {
  const code = fault instanceof ConfigError ? 2 : 1;
  const known = [ConfigError, StartError, CredentialsError].some((kind) => fault instanceof kind);
  process.stderr.write(
    `sip-server: ${known ? messageOf(fault) : String(fault instanceof Error ? fault.stack : fault)}\n`,
  );
  process.exit(code);
});
