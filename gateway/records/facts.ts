import type { CauseCode } from "../call/cause.ts";
import type { DescriptionNote, JournalEnd, JournalLeg } from "../call/journal.ts";
import { isPrivate } from "./private-address.ts";
import { networkOf, type AttemptEnd, type Story, type StoryEntry } from "./story.ts";

/** One side of a call, as far as a verdict asks. */
export interface SideFacts {
  readonly channel: "browser" | "sip" | "ours";
  /** For people: `the browser`, `trunk B`, `the phone of carol`. */
  readonly name: string;
  /** Where its signalling comes from. */
  readonly address?: string;
  /** As it described itself last. */
  readonly media?: { readonly address: string; readonly port: number; readonly codecs: readonly string[] };
  readonly sends: boolean;
  readonly receives: boolean;
  /** RTP packets that have come from it; absent when the relay did not say. */
  readonly packets?: number;
  readonly octets?: number;
  readonly codec?: string;
  readonly mos?: number;
  readonly lossPercent?: number;
  readonly jitterMs?: number;
  /** Its description names an address that cannot be reached from where its signalling comes from. */
  readonly hiddenAddress?: string;
}

/** What a page reported of its media. */
export interface ReportFacts {
  readonly problem?: string;
  readonly detail?: string;
  /** Browser and relay found each other. */
  readonly paired: boolean;
  readonly sent?: number;
  readonly received?: number;
  readonly lossPercent?: number;
  readonly jitterMs?: number;
  readonly mos?: number;
}

/** All that verdicts look at. */
export interface StoryFacts {
  readonly end: JournalEnd | undefined;
  readonly cause: CauseCode | undefined;
  readonly causeText: string;
  readonly attempt: AttemptEnd | undefined;
  readonly network: string | undefined;
  readonly called: string;
  readonly connected: boolean;
  readonly talkMs: number;
  readonly rang: boolean;
  /** Nobody was there to ring. */
  readonly unrouted: boolean;
  readonly caller: SideFacts;
  readonly callee: SideFacts;
  /** The called network's final answer to our INVITE, with its phrase and Warning. */
  readonly final: { readonly status: number; readonly phrase: string; readonly warning?: string } | undefined;
  /** Any response of the called network. */
  readonly answered: boolean;
  readonly challenged: boolean;
  readonly report: ReportFacts;
  /** Legs that had sent nothing for the media time-out. */
  readonly silent: readonly ("caller" | "callee")[];
  readonly relayFailure: string | undefined;
  readonly ringMs: number;
}

/** Talk of less than this says nothing about sound. Milliseconds. */
export const heardMs = 1_000;

/** The side should have sent, for long enough, and nothing came. */
export const isUnheard = ({ channel, sends, packets }: SideFacts, talkMs: number): boolean =>
  channel !== "ours" && sends && packets === 0 && talkMs >= heardMs;

type Wire = Extract<StoryEntry, { is: "wire" }>;
type SipWire = Extract<Wire, { protocol: "sip" }>;
type Side = "caller" | "callee";

export function factsOf(story: Story): StoryFacts {
  const { entries, end, attempt, to } = story;
  const called = calledLeg(entries);
  const responses = finalsOf(entries.filter(isSip).filter(({ leg }) => leg > 0));
  const states = entries.filter((entry) => entry.is === "state");
  const over = states.find((entry) => entry.to === "ended");
  const counters = entries.filter((entry) => entry.is === "counters").at(-1)?.sides;
  const side = (which: Side): SideFacts => sideFacts(story, which === "caller" ? 0 : called, counters?.[which]);
  const ringing = entries.find((entry) => entry.is === "fact" && (entry.fact === "ringing" || entry.fact === "early"));
  return {
    end,
    cause: end?.cause.code,
    causeText: end?.cause.text ?? "",
    attempt,
    network: networkOf(story),
    called: to,
    connected: states.some((entry) => entry.to === "connected"),
    talkMs: end?.durationMs ?? 0,
    rang: ringing !== undefined,
    ringMs: ringing && over ? over.ms - ringing.ms : 0,
    unrouted: states.some((entry) => entry.input === "unroutable"),
    caller: side("caller"),
    callee: side("callee"),
    ...responses,
    report: reportFacts(entries),
    silent: entries.flatMap((entry) => (entry.is === "media" && entry.event === "silent" && entry.side) || []),
    relayFailure: entries.flatMap((entry) => (entry.is === "relay" && entry.failed) || []).at(-1),
  };
}

const isSip = (entry: StoryEntry): entry is SipWire => entry.is === "wire" && entry.protocol === "sip";

/** The number of the leg that answered, else of the first that was rung. */
export function calledLeg(entries: readonly StoryEntry[]): number {
  const answered = entries.find((entry) => entry.is === "fact" && entry.fact === "answered" && entry.leg > 0);
  return answered?.is === "fact" ? answered.leg : 1;
}

function finalsOf(wires: readonly SipWire[]): Pick<StoryFacts, "final" | "answered" | "challenged"> {
  const responses = wires.filter(({ direction, line }) => direction === "in" && line.startsWith("SIP/2.0 "));
  const real = responses.filter(({ far }) => far !== undefined);
  const toInvite = responses.filter(
    ({ headers, far }) => far === undefined || headerOf(headers, "CSeq").endsWith("INVITE"),
  );
  const finals = toInvite.map((wire) => ({ wire, status: statusOf(wire.line) })).filter(({ status }) => status >= 200);
  const last = finals.at(-1);
  const warning = headerOf(last?.wire.headers ?? [], "Warning");
  return {
    answered: real.length > 0,
    challenged: finals.some(({ status }) => status === 401 || status === 407),
    final: last && {
      status: last.status,
      phrase: last.wire.line.slice("SIP/2.0 200 ".length),
      ...(warning !== "" && { warning }),
    },
  };
}

const statusOf = (line: string): number => Number(line.split(" ")[1]);

export const headerOf = (headers: SipWire["headers"], name: string): string =>
  headers.find(([known]) => known === name)?.[1] ?? "";

type Counted = Partial<Pick<SideFacts, "packets" | "octets" | "codec" | "mos" | "lossPercent" | "jitterMs">>;

function sideFacts(story: Story, leg: number, counted: Counted = {}): SideFacts {
  const wires = story.entries.filter((entry): entry is Wire => entry.is === "wire" && entry.leg === leg);
  const described = wires.filter(({ direction, media }) => direction === "in" && media !== undefined).at(-1)?.media;
  const address = wires.flatMap((wire) => (wire.protocol === "sip" && wire.far?.address) || []).at(-1);
  const [main] = described?.media.filter(({ kind }) => kind === "audio") ?? [];
  const hiddenAddress = main && hidden(main.address, address);
  const { packets, octets, codec, mos, lossPercent, jitterMs } = counted;
  return {
    channel: channelOf(story.legs[leg]),
    name: nameOf(story.legs[leg], leg),
    sends: sendsIn(described),
    receives: receivesIn(described),
    ...defined({ packets, octets, codec, mos, lossPercent, jitterMs, address, hiddenAddress }),
    ...(main && { media: { address: main.address, port: main.port, codecs: main.codecs } }),
  };
}

/** Leaves out what is not known. */
function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

const hidden = (media: string, signalling: string | undefined): string | undefined =>
  isPrivate(media) && signalling !== undefined && media !== signalling ? media : undefined;

const channelOf = (leg: JournalLeg | undefined): SideFacts["channel"] =>
  leg?.wire === "frames" ? "browser" : leg?.wire === "sip" ? "sip" : "ours";

export function nameOf(leg: JournalLeg | undefined, number: number): string {
  if (leg?.wire === "frames") return number === 0 ? "the caller's browser" : "the called browser";
  if (leg?.network !== undefined) return `trunk ${leg.network}`;
  if (leg?.wire === "sip") return number === 0 ? "the calling phone" : "the called phone";
  return "the test number";
}

const directionOf = (described: DescriptionNote | undefined): string => described?.media[0]?.direction ?? "sendrecv";
const sendsIn = (described: DescriptionNote | undefined): boolean => directionOf(described).startsWith("send");
const receivesIn = (described: DescriptionNote | undefined): boolean =>
  /^(sendrecv|recvonly)$/.test(directionOf(described));

function reportFacts(entries: readonly StoryEntry[]): ReportFacts {
  const reports = entries.flatMap((entry) =>
    entry.is === "wire" && entry.protocol === "frame" && entry.type === "call.report" ? [entry.fields] : [],
  );
  const last = (name: string): string | number | boolean | undefined =>
    reports.findLast((fields) => fields[name] !== undefined)?.[name];
  const loss = last("loss");
  return {
    paired: last("local") !== undefined,
    ...defined({
      problem: last("problem") as string | undefined,
      detail: last("detail") as string | undefined,
      sent: last("sent") as number | undefined,
      received: last("received") as number | undefined,
      jitterMs: last("jitterMs") as number | undefined,
      mos: last("mos") as number | undefined,
      lossPercent: typeof loss === "number" ? Math.round(loss * 1000) / 10 : undefined,
    }),
  };
}
