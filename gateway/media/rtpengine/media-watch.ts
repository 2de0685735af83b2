import type { Clock, Timer } from "../../base/clock.ts";
import { isRecord } from "../../base/json.ts";
import { RelayError, type RelayLegId } from "../relay.ts";
import { records } from "./counters.ts";
import type { NgReply } from "./ng-client.ts";
import type { RelayNode } from "./node.ts";
import type { RtpengineSession } from "./session.ts";

/** Looks for legs that should send and do not, by asking each relay for its packet counts. */
export class MediaWatch {
  readonly #nodes: readonly RelayNode[];
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #silent: (session: RtpengineSession, leg: RelayLegId) => void;
  readonly #timer: Timer;
  #looking = false;

  constructor(options: {
    nodes: readonly RelayNode[];
    clock: Clock;
    timeoutMs: number;
    silent: (session: RtpengineSession, leg: RelayLegId) => void;
  }) {
    this.#nodes = options.nodes;
    this.#clock = options.clock;
    this.#timeoutMs = options.timeoutMs;
    this.#silent = options.silent;
    this.#timer = options.clock.every(Math.min(10_000, options.timeoutMs / 4), () => void this.#look());
  }

  close(): void {
    this.#timer.cancel();
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    for (const node of this.#nodes.filter(({ up }) => up))
      for (const session of node.sessions) if (session.watched) await this.#ask(node, session);
    this.#looking = false;
  }

  async #ask(node: RelayNode, session: RtpengineSession): Promise<void> {
    try {
      const packets = packetsByLeg(await session.query());
      if (!session.watched) return;
      const silent = session.heard(packets, this.#clock.monotonic(), this.#timeoutMs);
      for (const leg of silent) this.#silent(session, leg);
    } catch (fault) {
      // A relay that was started anew between two health checks knows nothing of us.
      const unknown = fault instanceof RelayError && fault.code === "refused";
      if (unknown && node.sessions.has(session)) node.forget([session], "the relay has forgotten the session");
    }
  }
}

/** Packets, RTP and RTCP, that have come from each tag of a `query` reply. */
export function packetsByLeg({ tags }: NgReply): Map<RelayLegId, number> {
  const entries = Object.entries(isRecord(tags) ? tags : {});
  return new Map(entries.map(([tag, state]) => [tag, sum(records(state, "medias").map(packetsOf))]));
}

const packetsOf = (media: unknown): number =>
  sum(records(media, "streams").map(({ stats }) => (isRecord(stats) ? Number(stats["packets"]) : 0)));

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
