import type { Clock } from "../base/clock.ts";
import { CodedError, messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { bracketed } from "../sip-syntax/uri.ts";
import type { Config, KeptIn } from "./config.ts";
import { CountedClock } from "./counted-clock.ts";
import { DialogKeeper } from "./dialog-keeper.ts";
import { UserAgentCore } from "./dialog/user-agent-core.ts";
import { OperatorDesk } from "./operation/desk.ts";
import type { Drain } from "./operation/drain.ts";
import { RefusalLog } from "./refusal-log.ts";
import type { OpenDialogStore } from "./store.ts";
import { RedisDialogStore } from "./store/redis.ts";
import { timersOf } from "./transaction/timers.ts";
import { TransactionLayer } from "./transaction/transaction-layer.ts";
import type { Endpoint, Listener } from "./transport/flow.ts";
import { TlsCredentials, type TlsFiles } from "./transport/tls-credentials.ts";
import { defaultLimits, TransportLayer } from "./transport/transport-layer.ts";
import { ControlServer } from "./wire/control-server.ts";

/** The server cannot start; the message is one clear line. */
export class StartError extends CodedError<"listen" | "ready-file"> {}

/** Where everything listens, once it does. */
export interface Addresses {
  /** `udp/127.0.0.1:5060` and so on. */
  readonly sip: readonly string[];
  /** `127.0.0.1:9022`. */
  readonly control: string;
  readonly controlTls?: string;
  readonly metrics?: string;
}

/** The embedded SIP server: floors put together. `stop` releases every socket and timer. */
export class SipServer {
  readonly #config: Config;
  readonly #log: Logger;
  readonly #clock: CountedClock;
  readonly #transport: TransportLayer;
  readonly #transactions: TransactionLayer;
  readonly #core: UserAgentCore;
  readonly #control: ControlServer;
  readonly #desk: OperatorDesk;
  readonly #keeper: DialogKeeper | undefined;

  constructor(config: Config, clock: Clock, log: Logger) {
    this.#config = config;
    this.#log = log;
    this.#clock = new CountedClock(clock);
    const credentials = config.tls && this.#loadCredentials(config.tls);
    this.#transport = new TransportLayer(
      this.#clock,
      { ...defaultLimits, ...config.limits },
      credentials,
      config.dns,
      config.gate,
    );
    new RefusalLog(this.#transport.events, this.#clock, log);
    this.#transactions = new TransactionLayer(this.#transport, this.#clock, timersOf(config));
    this.#core = new UserAgentCore(this.#transport, this.#transactions, this.#clock, config);
    this.#keeper = config.redis && this.#openKeeper(config.redis);
    this.#control = new ControlServer(this.#core, {
      clock: this.#clock,
      log,
      secret: config.secret,
      hostports: () => hostports(this.#transport.listeners),
      rules: config.applications,
      credentials,
    });
    this.#desk = new OperatorDesk(config.operation, this.#clock, log, {
      transport: this.#transport,
      transactions: this.#transactions,
      core: this.#core.events,
      dialogs: () => this.#core.dialogs,
      registrations: () => this.#core.registrations,
      timers: () => this.#clock.pending,
      lagMs: () => this.#control.lagMs,
      applications: () => this.#control.applications,
    });
  }

  /** Listens everywhere. @throws StartError and then nothing listens */
  async start(): Promise<Addresses> {
    const { control, metrics } = this.#config;
    try {
      if (this.#keeper) this.#core.know(await this.#keeper.left());
      await this.#transport.listen(this.#config.sip);
      this.#core.resume();
      const controlPort = await this.#control.listen(control);
      const { controlTls } = this.#config;
      const tlsPort = controlTls && (await this.#control.listenTls(controlTls));
      const metricsPort = metrics && (await this.#desk.listen(metrics));
      const addresses = {
        sip: hostports(this.#transport.listeners)[1].split(","),
        control: hostPort({ ...control, port: controlPort }),
        ...(controlTls && tlsPort && { controlTls: hostPort({ ...controlTls, port: tlsPort }) }),
        ...(metrics && metricsPort && { metrics: hostPort({ ...metrics, port: metricsPort }) }),
      };
      this.#log.info("listening", addresses);
      return addresses;
    } catch (fault) {
      await this.stop();
      throw new StartError("listen", startFault(fault));
    }
  }

  /** No application is connected and no dialog is held. */
  get idle(): boolean {
    return this.#control.applications === 0 && this.#core.dialogs === 0;
  }

  /** Lets the server run empty. */
  get drain(): Drain {
    return this.#desk.drain;
  }

  #loadCredentials(files: TlsFiles): TlsCredentials {
    const credentials = new TlsCredentials(files);
    credentials.events.on("reloaded", () => this.#log.info("certificates reloaded"));
    credentials.events.on("refused", (why) => this.#log.warn("certificates stay as they were", { why }));
    credentials.watch(this.#clock);
    return credentials;
  }

  #openKeeper({ url, instance }: KeptIn): DialogKeeper {
    const [clock, log] = [this.#clock, this.#log];
    const open: OpenDialogStore = (everything) => new RedisDialogStore({ url, instance, everything, clock, log });
    return new DialogKeeper(this.#core, open, log);
  }

  /** Ends everything; dialogs that are kept stay where they are. */
  async stop(): Promise<void> {
    this.#control.close();
    this.#core.dispose();
    this.#transactions.dispose();
    this.#transport.close();
    this.#desk.close();
    await this.#keeper?.close();
  }
}

function hostports(listeners: readonly Listener[]): readonly [advertised: string, local: string] {
  const text = (host: (one: Listener) => string): string =>
    listeners.map((one) => `${one.protocol}/${hostPort({ host: host(one), port: one.port })}`).join(",");
  return [text((one) => one.externalHost ?? one.host), text((one) => one.host)];
}

function hostPort({ host, port }: Endpoint): string {
  return `${bracketed(host)}:${port}`;
}

function startFault(fault: unknown): string {
  const { code, address, port } = fault as NodeJS.ErrnoException & { address?: string; port?: number };
  return code === "EADDRINUSE" ? `cannot listen on ${address}:${port}: the port is in use` : messageOf(fault);
}
