import type { Emitter } from "../../base/emitter.ts";
import type { Logger } from "../../base/log.ts";
import { bracketed } from "../../sip-syntax/uri.ts";
import type { Endpoint, TransportEvents } from "../transport/flow.ts";
import { withoutSecrets } from "./mask.ts";
import { PassingMessage } from "./passing-message.ts";
import { fits, isSame, type TraceFilter } from "./trace-filter.ts";

const maxFilters = 20;

/** Shows messages on demand, one line each. Without a filter it does not even look. */
export class MessageTrace {
  readonly #events: Emitter<TransportEvents>;
  readonly #log: Logger;
  #filters: TraceFilter[] = [];
  #stop: (() => void) | undefined;

  constructor(events: Emitter<TransportEvents>, log: Logger) {
    this.#events = events;
    this.#log = log;
  }

  get filters(): readonly TraceFilter[] {
    return this.#filters;
  }

  /** Messages that `filter` fits are shown from now on; false when there are too many filters. */
  add(filter: TraceFilter): boolean {
    if (this.#filters.some((one) => isSame(one, filter))) return true;
    if (this.#filters.length >= maxFilters) return false;
    this.#filters = [...this.#filters, filter];
    this.#stop ??= this.#events.on("passing", (direction, flow, bytes) =>
      this.#look(new PassingMessage(direction, flow, bytes)),
    );
    return true;
  }

  /** Takes `filter` away, or all. */
  remove(filter?: TraceFilter): void {
    this.#filters = this.#filters.filter((one) => filter !== undefined && !isSame(one, filter));
    if (this.#filters.length > 0) return;
    this.#stop?.();
    this.#stop = undefined;
  }

  #look(message: PassingMessage): void {
    if (!this.#filters.some((filter) => fits(filter, message))) return;
    const { direction, flow } = message;
    const [local, remote] = [shown(flow.listener), shown(flow.remote)];
    const way = direction === "in" ? `${remote} > ${local}` : `${local} > ${remote}`;
    const text = withoutSecrets(message.text);
    this.#log.info(`sip ${direction} ${flow.listener.protocol} ${way}`, { text });
  }
}

function shown({ host, port }: Endpoint): string {
  return `${bracketed(host)}:${port}`;
}
