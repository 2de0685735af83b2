import { bodyStart, contentLength, emptyBody, parseHead, type SipMessage } from "../../sip-syntax/message.ts";
import { SipSyntaxError } from "../../sip-syntax/grammar.ts";
import type { Flaw } from "./flow.ts";

/** What a stream holds: messages, and the keep-alives between them: a ping is a double line end (RFC 5626 3.5.1). */
export type StreamPiece =
  { kind: "message"; message: SipMessage; bytes: Buffer; flaw?: Flaw } | { kind: "keep-alive"; double: boolean };

interface Head {
  readonly message: SipMessage;
  /** Where the body begins and ends. */
  readonly start: number;
  readonly end: number;
}

/** Cuts a byte stream into messages by Content-Length (RFC 3261 18.3). */
export class StreamFramer {
  readonly #maxSize: number;
  #bytes: Buffer = Buffer.alloc(0);
  /** Where the search for the empty line goes on, so that a dripping sender costs no more than its bytes. */
  #searched = 0;
  /** The message whose body is still coming. */
  #head: Head | undefined;
  #refused = false;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** True while a message has begun and is not complete. */
  get halfMessage(): boolean {
    return this.#bytes.length > 0;
  }

  /**
   * Takes the next bytes and gives the pieces that are complete with them, one by one: those before bytes of no
   * meaning still count. @throws SipSyntaxError: where the next message begins is unknown from here on
   */
  *push(chunk: Buffer): Generator<StreamPiece, void> {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    for (let piece = this.#next(); piece; piece = this.#next()) yield piece;
  }

  #next(): StreamPiece | undefined {
    if (!this.#head && this.#bytes[0] === 0x0d) return this.#lineEnd();
    this.#head ??= this.#readHead();
    if (!this.#head) return this.#wait(this.#bytes.length);
    const { message, start, end } = this.#head;
    if (end > this.#maxSize && !this.#refused) return this.#refuse(message, start);
    if (this.#bytes.length < end) return this.#wait(end);
    const bytes = this.#bytes.subarray(0, end);
    const body = Buffer.from(bytes.subarray(start));
    this.#take(end);
    return { kind: "message", message: { ...message, body }, bytes };
  }

  /** RFC 3261 21.5.7: its sender is told, and what follows is not looked at. */
  #refuse(message: SipMessage, bodyStart: number): StreamPiece {
    this.#refused = true;
    const bytes = this.#bytes.subarray(0, bodyStart);
    return { kind: "message", message, bytes, flaw: { status: 513, reason: `more than ${this.#maxSize} bytes` } };
  }

  #readHead(): Head | undefined {
    const start = bodyStart(this.#bytes, Math.max(0, this.#searched - 3));
    this.#searched = this.#bytes.length;
    if (start < 0) return undefined;
    const message = parseHead(this.#bytes.subarray(0, start - 2), emptyBody);
    const length = contentLength(message.headers);
    // RFC 3261 20.14: on a stream Content-Length is mandatory.
    if (length === undefined) throw new SipSyntaxError("content-length", "Content-Length is missing on a stream");
    return { message, start, end: start + length };
  }

  /** RFC 3261 7.5: line ends before a start line are ignored; two of them are a ping (RFC 5626 3.5.1). */
  #lineEnd(): StreamPiece | undefined {
    if (this.#bytes.length < 2) return undefined;
    if (this.#bytes[1] !== 0x0a) throw new SipSyntaxError("start-line", "a lone CR");
    const double = this.#bytes[2] === 0x0d && this.#bytes[3] === 0x0a;
    this.#take(double ? 4 : 2);
    return { kind: "keep-alive", double };
  }

  #take(bytes: number): void {
    this.#bytes = this.#bytes.subarray(bytes);
    this.#searched = 0;
    this.#head = undefined;
  }

  #wait(needed: number): undefined {
    if (needed > this.#maxSize) throw new SipSyntaxError("too-large", "the message is too large");
    return undefined;
  }
}
