import type { Clock } from "../../base/clock.ts";
import { createLogger, type Logger } from "../../base/log.ts";
import { type Counted, serverMetrics } from "./server-metrics.ts";
import type { Endpoint } from "../transport/flow.ts";
import { Admission } from "./admission.ts";
import { BusyWatch } from "./busy-watch.ts";
import { Drain } from "./drain.ts";
import { HepExport } from "./hep-export.ts";
import { MessageTrace } from "./message-trace.ts";
import type { Operation } from "./options.ts";
import { OperatorSite } from "./site.ts";

/** Everything that those who run the server see and steer, put together. */
export class OperatorDesk {
  readonly drain: Drain;
  readonly #trace: MessageTrace;
  readonly #hep: HepExport | undefined;
  readonly #site: OperatorSite;

  constructor(
    { admission: limits, drainMs, hep }: Operation,
    clock: Clock,
    log: Logger,
    counted: Omit<Counted, "busy" | "drain" | "trace" | "hep">,
  ) {
    const { transport, transactions } = counted;
    const busy = new BusyWatch(clock);
    const admission = new Admission(limits, busy, {
      unanswered: () => transactions.unanswered,
      lagMs: () => counted.lagMs(),
    });
    transactions.gate = () => admission.decide();
    const dialogs = (): number => counted.dialogs();
    const waiting = (): boolean => transactions.waiting;
    this.drain = new Drain(admission, { clock, log, ms: drainMs, dialogs, waiting });
    // Who asks for messages wants to see them at any log level.
    this.#trace = new MessageTrace(transport.events, createLogger({ level: "info" }));
    this.#hep = hep && new HepExport(transport.events, hep, clock, log);
    const parts = { busy, drain: this.drain, trace: this.#trace, hep: this.#hep };
    const metrics = serverMetrics({ ...counted, ...parts });
    this.#site = new OperatorSite({ metrics: () => metrics.text(), trace: this.#trace, drain: this.drain, dialogs });
  }

  /** Serves /metrics, /trace and /drain; resolves with the port. Rejects with the system's error. */
  listen(address: Endpoint): Promise<number> {
    return this.#site.listen(address);
  }

  close(): void {
    this.drain.close();
    this.#trace.remove();
    this.#hep?.close();
    this.#site.close();
  }
}
