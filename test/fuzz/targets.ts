import assert from "node:assert/strict";
import { StreamFramer } from "../../gateway/sip-server/transport/stream-framer.ts";
import { readDatagram } from "../../gateway/sip-server/transport/datagram.ts";
import { isScanner } from "../../gateway/sip-server/transport/scanners.ts";
import { WsFrameTracker } from "../../gateway/sip-server/transport/ws-frame-tracker.ts";
import { fromApplication, toApplication } from "../../gateway/sip-server/wire/application-text.ts";
import { FrameDecoder, FrameError, parseFrame, printFrame } from "../../gateway/sip-server/wire/frame.ts";
import { parseContacts } from "../../gateway/sip-syntax/contact.ts";
import { parseAuthValue, printCredentials, splitAuthValues } from "../../gateway/sip-syntax/credentials.ts";
import { parseCSeq, parseRAck, printCSeq, printRAck } from "../../gateway/sip-syntax/cseq.ts";
import { readEnvelope } from "../../gateway/sip-syntax/envelope.ts";
import { SipSyntaxError } from "../../gateway/sip-syntax/grammar.ts";
import { parseMessage, printMessage, type SipMessage } from "../../gateway/sip-syntax/message.ts";
import { parseNameAddr, printNameAddr, tagOf, uriOf, withTag } from "../../gateway/sip-syntax/name-addr.ts";
import { parseReasons, printReason, type Reason } from "../../gateway/sip-syntax/reason.ts";
import { parseUri, printUri } from "../../gateway/sip-syntax/uri.ts";
import { parseVia, printVia, splitTopVia } from "../../gateway/sip-syntax/via.ts";
import { cut, mutated } from "./mutate.ts";
import { Random } from "./random.ts";
import { controlSeeds, sipSeeds, streamSeeds, webSocketSeeds } from "./seeds.ts";

/** Something that takes bytes from outside: `run` throws what it must not throw, or says what does not hold. */
export interface FuzzTarget {
  readonly name: string;
  readonly seeds: readonly Buffer[];
  run(bytes: Buffer, random: Random): void;
}

/** What `read` returns; undefined when it throws the one error that it may throw. */
function allowing<T>(kind: typeof SipSyntaxError | typeof FrameError, read: () => T): T | undefined {
  try {
    return read();
  } catch (fault) {
    if (fault instanceof kind) return undefined;
    throw fault;
  }
}

const syntax = <T>(read: () => T): T | undefined => allowing(SipSyntaxError, read);

/** RFC 3261 has no one way to print a value; but ours, read again, is printed the same. */
function stable<T>(text: string, parse: (text: string) => T, print: (value: T) => string): void {
  const value = syntax(() => parse(text));
  if (value === undefined) return;
  const once = print(value);
  const again = syntax(() => parse(once));
  if (again !== undefined && print(again) === once) return;
  throw new Error(`printed ${JSON.stringify(once)} of ${JSON.stringify(text)} is read otherwise`);
}

/** What may be made of a header's value. Most of them refuse most values, which takes time: each gets one. */
const readers: readonly ((value: string) => void)[] = [
  (value) => stable(value, parseNameAddr, printNameAddr),
  (value) => stable(value, (text) => parseVia(splitTopVia(text).top), printVia),
  (value) => stable(value, parseUri, printUri),
  (value) => stable(value, parseAuthValue, printCredentials),
  (value) => stable(value, parseCSeq, printCSeq),
  (value) => stable(value, parseRAck, printRAck),
  (value) => {
    for (const reason of parseReasons([value])) stable(printReason(reason), firstReason, printReason);
  },
  (value) => splitAuthValues(value),
  (value) => void syntax(() => withTag(value, tagOf(value) ?? uriOf(value))),
];

const firstReason = (text: string): Reason => parseReasons([text])[0] ?? { protocol: "none" };

function values({ headers }: SipMessage, random: Random): void {
  for (const { value } of headers.fields) random.pick(readers)(value);
  syntax(() => parseContacts(headers));
}

function parser(bytes: Buffer, random: Random): void {
  const read = readDatagram(bytes);
  if (read) syntax(() => readEnvelope(read.message));
  const message = syntax(() => parseMessage(bytes));
  if (!message) return;
  const printed = printMessage(message);
  const again = parseMessage(printed);
  assert.deepEqual(printMessage(again), printed);
  assert.deepEqual(again.body, message.body);
  values(message, random);
  isScanner(message);
  const told = toApplication(message);
  syntax(() => fromApplication(told));
}

/** All messages of a stream as text, and how it ended. */
function framed(pieces: readonly Buffer[]): string[] {
  const framer = new StreamFramer(65_536);
  const found: string[] = [];
  const complete = allowing(SipSyntaxError, () => {
    for (const chunk of pieces) {
      for (const piece of framer.push(chunk)) {
        if (piece.kind === "message") found.push(printMessage(piece.message).toString("latin1"));
      }
    }
    return true;
  });
  return [...found, complete === undefined ? "garbage" : framer.halfMessage ? "half" : "whole"];
}

function stream(bytes: Buffer, random: Random): void {
  assert.deepEqual(framed(cut(bytes, random)), framed([bytes]));
}

function webSocket(bytes: Buffer, random: Random): void {
  const [whole, cutUp] = [new WsFrameTracker(), new WsFrameTracker()];
  whole.push(bytes);
  for (const piece of cut(bytes, random)) cutUp.push(piece);
  assert.equal(cutUp.halfMessage, whole.halfMessage);
}

function payloads(pieces: readonly Buffer[]): string[] {
  const decoder = new FrameDecoder();
  const found: Buffer[] = [];
  const complete = allowing(FrameError, () => {
    for (const chunk of pieces) found.push(...decoder.push(chunk));
    return true;
  });
  // What comes with the bytes that are no frame is not told apart from what comes before them.
  return complete === undefined ? ["no frame"] : found.map((one) => one.toString("latin1"));
}

function control(bytes: Buffer, random: Random): void {
  const whole = payloads([bytes]);
  assert.deepEqual(payloads(cut(bytes, random)), whole);
  for (const text of whole) {
    const frame = parseFrame(Buffer.from(text, "latin1"));
    if (!frame) continue;
    if (frame.sip) syntax(() => fromApplication(frame.sip as Buffer));
    const printed = Buffer.concat(printFrame([frame.id, frame.type, ...frame.fields].join("|"), frame.sip));
    assert.equal(payloads([printed]).length, 1);
  }
}

export const targets: readonly FuzzTarget[] = [
  { name: "parser", seeds: sipSeeds, run: parser },
  { name: "stream framing", seeds: streamSeeds, run: stream },
  { name: "WebSocket frames", seeds: webSocketSeeds, run: webSocket },
  { name: "control frames", seeds: controlSeeds, run: control },
];

export interface Crash {
  readonly target: string;
  /** Which try it was: with the seed it can be made again. */
  readonly number: number;
  readonly bytes: Buffer;
  readonly fault: string;
}

/** The input that a target gets as its n-th of a seed. */
export function inputOf({ seeds }: Pick<FuzzTarget, "seeds">, seed: number, number: number): [Buffer, Random] {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b));
  return [mutated(seeds, random), random];
}

/** Tries one input; returns what it broke. */
export function tryOne(target: FuzzTarget, seed: number, number: number): Crash | undefined {
  const [bytes, random] = inputOf(target, seed, number);
  try {
    target.run(bytes, random);
    return undefined;
  } catch (fault) {
    const text = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
    return { target: target.name, number, bytes, fault: text };
  }
}

/** Tries inputs from number `from` on for `ms` milliseconds; returns the next number and the crashes, at most ten. */
export function tryFor(target: FuzzTarget, seed: number, from: number, ms: number): { next: number; crashes: Crash[] } {
  const limit = Error.stackTraceLimit;
  // Most of what is tried is refused by throwing: without a stack that is several times faster.
  Error.stackTraceLimit = 1;
  const end = performance.now() + ms;
  const crashes: Crash[] = [];
  let next = from;
  while (performance.now() < end && crashes.length < 10) {
    const crash = tryOne(target, seed, next++);
    if (crash) crashes.push(crash);
  }
  Error.stackTraceLimit = limit;
  return { next, crashes };
}
