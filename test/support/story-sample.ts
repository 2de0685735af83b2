import type { Cause } from "../../gateway/call/cause.ts";
import type { JournalEntry, JournalLeg } from "../../gateway/call/journal.ts";
import type { Story, StoryEntry } from "../../gateway/records/story.ts";

export const startedAt = Date.UTC(2026, 0, 5, 14, 6, 50);

const browser: JournalLeg = { kind: "web", wire: "frames", party: { address: { user: "alice@a.example" } } };
const trunk: JournalLeg = { kind: "rtp", wire: "sip", network: "B", party: { address: { tel: "+442079460958" } } };
export const phone: JournalLeg = { kind: "rtp", wire: "sip", party: { address: { user: "carol@a.example" } } };
export const sampleLegs = { browser, trunk, phone };

type Counted = {
  readonly packets: number;
  readonly octets?: number;
  readonly codec?: string;
  readonly lossPercent?: number;
};

export interface SampleOptions {
  readonly cause?: Cause;
  readonly by?: "caller" | "callee" | "system";
  readonly durationMs?: number;
  readonly legs?: readonly JournalLeg[];
  /** Answers to our INVITE, as status lines, or `made 408`. */
  readonly responses?: readonly string[];
  readonly warning?: string;
  /** Of the called side's description. */
  readonly address?: string;
  readonly caller?: Counted;
  readonly callee?: Counted;
  readonly report?: Readonly<Record<string, string | number>>;
  readonly more?: readonly JournalEntry[];
  readonly connected?: boolean;
}

const far = { address: "198.51.100.7", port: 5060, transport: "udp" };
const near = { address: "203.0.113.1", port: 5060, transport: "udp" };

const outline = (address: string, codec: string) => ({
  media: [
    {
      kind: "audio",
      address,
      port: 40_122,
      protocol: "RTP/AVP",
      direction: "sendrecv" as const,
      codecs: [codec],
      dtmf: true as const,
    },
  ],
});

/** A call of alice's page to a number on trunk B, up for 38 s, as `options` want it. */
export function sampleStory(options: SampleOptions = {}): Story {
  const {
    cause = { code: "normal" },
    by = "caller",
    durationMs = 38_000,
    legs = [browser, trunk],
    connected = true,
  } = options;
  const {
    address = "198.51.100.7",
    caller = { packets: 1893 },
    callee = { packets: 1890 },
    report,
    more = [],
  } = options;
  const headers = (cseq: string, extra: readonly [string, string][] = []): [string, string][] => [
    ["From", '"Alice" <sip:alice@a.example>;tag=1'],
    ["To", "<sip:+442079460958@198.51.100.7>"],
    ["CSeq", cseq],
    ...extra,
  ];
  const sip = { is: "wire", leg: 1, protocol: "sip", near } as const;
  const responses = options.responses ?? ["SIP/2.0 200 OK"];
  const entries: JournalEntry[] = [
    {
      is: "wire",
      leg: 0,
      protocol: "frame",
      direction: "in",
      type: "call.start",
      fields: {},
      media: { kind: "offer", ...outline("0.0.0.0", "opus/48000") },
    },
    { is: "relay", relay: "own", operation: "offer", side: "caller", tookMs: 0.7 },
    {
      ...sip,
      direction: "out",
      far,
      line: "INVITE sip:+442079460958@198.51.100.7 SIP/2.0",
      headers: headers("1 INVITE"),
    },
    ...responses.map((line): JournalEntry => {
      if (line.startsWith("made")) return { ...sip, direction: "in", line: `SIP/2.0 ${line.slice(5)}`, headers: [] };
      const described = line.includes("200")
        ? { media: { kind: "answer" as const, ...outline(address, "PCMA/8000") } }
        : {};
      const warned: [string, string][] = options.warning ? [["Warning", options.warning]] : [];
      return { ...sip, direction: "in", far, line, headers: headers("1 INVITE", warned), ...described };
    }),
    ...(connected
      ? ([
          { is: "fact", leg: 1, fact: "answered" },
          { is: "state", from: "answering", to: "connected", input: "joined" },
        ] as const)
      : []),
    ...more,
    ...(report
      ? [{ is: "wire", leg: 0, protocol: "frame", direction: "in", type: "call.report", fields: report } as const]
      : []),
    { is: "wire", leg: 0, protocol: "frame", direction: "in", type: "call.end", fields: {} },
    { is: "state", from: "connected", to: "ended", input: "leg-ended" },
    ...(connected
      ? [{ is: "counters", relay: "own", sides: { caller: counted(caller), callee: counted(callee) } } as const]
      : []),
  ];
  return {
    version: 1,
    reference: "K7F3QM",
    startedAt,
    node: "node-2",
    from: "alice@a.example",
    to: "+442079460958",
    legs,
    entries: timed(entries),
    endedAt: startedAt + 41_000,
    end: { cause, by, durationMs: connected ? durationMs : 0 },
  };
}

const counted = ({ octets, ...rest }: Counted) => ({ errors: 0, octets: octets ?? rest.packets * 172, ...rest });

/** A tenth of a second between each. */
export const timed = (entries: readonly JournalEntry[]): StoryEntry[] =>
  entries.map((entry, index) => ({ ...entry, at: startedAt + index * 100, ms: index * 100 }));

/** An INVITE that never became a call. */
export const sampleAttempt = (refusal: NonNullable<Story["attempt"]>["refusal"], status: number | string): Story => ({
  version: 1,
  reference: "7PXKRT",
  startedAt,
  node: "node-2",
  from: "eve@a.example",
  to: "bob@a.example",
  legs: [phone],
  entries: timed([
    {
      is: "wire",
      leg: 0,
      protocol: "sip",
      direction: "in",
      far,
      line: "INVITE sip:bob@a.example SIP/2.0",
      headers: [],
    },
    { is: "wire", leg: 0, protocol: "sip", direction: "out", far, line: `SIP/2.0 ${status} Forbidden`, headers: [] },
  ]),
  endedAt: startedAt + 100,
  attempt: { refusal, status, address: "198.51.100.66" },
});
