/** How well sound passes, over the last interval. */
export interface Quality {
  /** Mean opinion score, 1 (bad) to 4.5 (best that a telephone can be), estimated by ITU-T G.107. */
  readonly mos: number;
  /** Share of the packets towards us that were lost, 0 to 1. */
  readonly loss: number;
  readonly jitterMs: number;
  /** There and back between browser and gateway. */
  readonly rttMs: number;
  /** The worst of what people notice. */
  readonly warning?: "loss" | "delay" | "silence-in" | "silence-out";
}

/** Counters of one moment, since the call began. */
export interface MediaCounters {
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  readonly jitterMs: number;
  readonly rttMs: number;
  /** The chosen pair of candidates, `type address:port` each. */
  readonly pair?: { readonly local: string; readonly remote: string; readonly protocol: string };
}

const noCounters: MediaCounters = { sent: 0, received: 0, lost: 0, jitterMs: 0, rttMs: 0 };

const noticeable = { loss: 0.05, rttMs: 400 };

/** What happened between two readings. `sends`, `hears`: whether packets are expected at all. */
export function qualityOf(
  before: MediaCounters | undefined,
  now: MediaCounters,
  expected: { readonly sends: boolean; readonly hears: boolean },
): Quality {
  const { sent, received, lost } = before ?? noCounters;
  const heard = now.received - received;
  const missing = Math.max(0, now.lost - lost);
  const loss = heard + missing > 0 ? missing / (heard + missing) : 0;
  const { jitterMs, rttMs } = now;
  const warning = warningOf({
    loss,
    rttMs,
    deaf: expected.hears && heard === 0,
    mute: expected.sends && now.sent === sent,
  });
  return { mos: mosOf(loss, jitterMs, rttMs), loss, jitterMs, rttMs, ...(warning && { warning }) };
}

function warningOf(seen: { loss: number; rttMs: number; deaf: boolean; mute: boolean }): Quality["warning"] {
  if (seen.deaf) return "silence-in";
  if (seen.mute) return "silence-out";
  if (seen.loss > noticeable.loss) return "loss";
  return seen.rttMs > noticeable.rttMs ? "delay" : undefined;
}

/** ITU-T G.107 with its defaults: R from delay and loss (Opus and G.711 with concealment: Bpl about 20), then B.4. */
function mosOf(loss: number, jitterMs: number, rttMs: number): number {
  const delay = rttMs / 2 + jitterMs * 2 + 20;
  const delayImpairment = 0.024 * delay + (delay > 177.3 ? 0.11 * (delay - 177.3) : 0);
  const lossImpairment = (95 * loss * 100) / (loss * 100 + 20);
  const r = Math.min(100, Math.max(0, 93.2 - delayImpairment - lossImpairment));
  const mos = 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;
  return Math.round(Math.min(4.5, Math.max(1, mos)) * 100) / 100;
}

/** Reads what W3C's webrtc-stats names; a browser that leaves something out leaves a zero. */
export function countersOf(report: Iterable<[string, StatsEntry]>): MediaCounters {
  const entries = [...report].map(([, entry]) => entry);
  const inbound = entries.filter(({ type, kind }) => type === "inbound-rtp" && kind === "audio");
  const sum = (some: readonly StatsEntry[], field: keyof StatsEntry): number =>
    some.reduce((total, entry) => total + Number(entry[field] ?? 0), 0);
  const path = entries.find(
    ({ type, nominated, state }) => type === "candidate-pair" && nominated && state === "succeeded",
  );
  const found = path && pairOf(path, entries);
  return {
    sent: sum(
      entries.filter(({ type, kind }) => type === "outbound-rtp" && kind === "audio"),
      "packetsSent",
    ),
    received: sum(inbound, "packetsReceived"),
    lost: sum(inbound, "packetsLost"),
    jitterMs: Math.round(Math.max(0, ...inbound.map(({ jitter }) => jitter ?? 0)) * 1000),
    rttMs: Math.round(rttOf(entries, path) * 1000),
    ...(found && { pair: found }),
  };
}

function rttOf(entries: readonly StatsEntry[], path: StatsEntry | undefined): number {
  return path?.currentRoundTripTime ?? entries.find(({ type }) => type === "remote-inbound-rtp")?.roundTripTime ?? 0;
}

function pairOf(path: StatsEntry, entries: readonly StatsEntry[]): MediaCounters["pair"] {
  const shown = (id: string | undefined): string => {
    const { candidateType = "?", address, port = 0 } = entries.find((entry) => entry.id === id) ?? {};
    return `${candidateType} ${address ?? "hidden"}:${port}`;
  };
  const { protocol = "udp" } = entries.find((entry) => entry.id === path.localCandidateId) ?? {};
  return { local: shown(path.localCandidateId), remote: shown(path.remoteCandidateId), protocol };
}

/** The fields of webrtc-stats that are read. */
export interface StatsEntry {
  readonly id?: string;
  readonly type: string;
  readonly kind?: string;
  readonly packetsSent?: number;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  /** Seconds. */
  readonly jitter?: number;
  readonly roundTripTime?: number;
  readonly currentRoundTripTime?: number;
  readonly nominated?: boolean;
  readonly state?: string;
  readonly localCandidateId?: string;
  readonly remoteCandidateId?: string;
  readonly candidateType?: string;
  readonly address?: string;
  readonly port?: number;
  readonly protocol?: string;
}
