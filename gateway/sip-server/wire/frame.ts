import { CodedError } from "../../base/errors.ts";

/** Bytes on a control link that are no frames. */
export class FrameError extends CodedError<"length" | "too-large"> {}

/** One frame of drachtio's protocol: `|`-separated fields, and SIP text after the first line end. */
export interface Frame {
  readonly id: string;
  readonly type: string;
  /** What follows the type. */
  readonly fields: readonly string[];
  /** The SIP message; undefined when there is none. */
  readonly sip: Buffer | undefined;
}

const maxFrameSize = 1 << 20;
const maxDigits = 7;

/** Cuts a byte stream into payloads: `<decimal length>#<payload>`, nothing in between. */
export class FrameDecoder {
  #bytes: Buffer = Buffer.alloc(0);
  #waiting: Buffer[] = [];
  #missing = 0;

  /** Takes the next bytes. @throws FrameError */
  push(chunk: Buffer): Buffer[] {
    this.#waiting.push(chunk);
    this.#missing -= chunk.length;
    if (this.#missing > 0) return [];
    this.#bytes =
      this.#bytes.length + this.#waiting.length === 1 ? chunk : Buffer.concat([this.#bytes, ...this.#waiting]);
    this.#waiting = [];
    const payloads: Buffer[] = [];
    for (let payload = this.#next(); payload; payload = this.#next()) payloads.push(payload);
    return payloads;
  }

  #next(): Buffer | undefined {
    const hash = this.#bytes.indexOf(0x23);
    if (hash < 0 && this.#bytes.length <= maxDigits) return this.#wait(0);
    const digits = this.#bytes.toString("latin1", 0, Math.min(hash, maxDigits + 1));
    if (hash < 1 || !/^\d{1,7}$/.test(digits) || Number(digits) < 1) throw new FrameError("length", "no frame length");
    if (Number(digits) > maxFrameSize) throw new FrameError("too-large", "the frame is too large");
    const end = hash + 1 + Number(digits);
    if (this.#bytes.length < end) return this.#wait(end - this.#bytes.length);
    const payload = this.#bytes.subarray(hash + 1, end);
    this.#bytes = this.#bytes.subarray(end);
    return payload;
  }

  #wait(bytes: number): undefined {
    this.#missing = bytes;
    return undefined;
  }
}

/** Reads a payload; undefined when it has not even id and type. */
export function parseFrame(payload: Buffer): Frame | undefined {
  const lineEnd = payload.indexOf("\r\n");
  const leader = payload.toString("utf8", 0, lineEnd < 0 ? payload.length : lineEnd);
  const [id, type, ...fields] = leader.split("|");
  if (!id || type === undefined) return undefined;
  return { id, type, fields, sip: lineEnd < 0 ? undefined : payload.subarray(lineEnd + 2) };
}

/** The bytes of a frame. The leader must hold neither CR nor LF. */
export function printFrame(leader: string, sip?: Buffer): Buffer[] {
  const size = Buffer.byteLength(leader) + (sip ? sip.length + 2 : 0);
  const head = Buffer.from(sip ? `${size}#${leader}\r\n` : `${size}#${leader}`);
  return sip ? [head, sip] : [head];
}
