const controlFrames = 0x08;

/**
 * Follows the frames of one direction of a WebSocket (RFC 6455 5.2) without looking at what they carry: tells whether
 * a message has begun and is not complete, which the WebSocket library does not say.
 */
export class WsFrameTracker {
  /** Header bytes of the frame that has begun. */
  #header: number[] = [];
  /** Payload bytes of it that are still to come. */
  #payload = 0;
  #fragmented = false;

  /** True while a frame, or a message of several frames, has begun and is not complete. */
  get halfMessage(): boolean {
    return this.#header.length > 0 || this.#payload > 0 || this.#fragmented;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.#payload > 0 ? this.#skip(chunk, at) : this.#readHeader(chunk, at);
  }

  #skip(chunk: Buffer, at: number): number {
    const taken = Math.min(this.#payload, chunk.length - at);
    this.#payload -= taken;
    return at + taken;
  }

  #readHeader(chunk: Buffer, at: number): number {
    this.#header.push(chunk[at] ?? 0);
    if (this.#header.length === headerLength(this.#header)) this.#begin();
    return at + 1;
  }

  #begin(): void {
    const [first = 0, second = 0, ...rest] = this.#header;
    const control = (first & controlFrames) !== 0;
    // RFC 6455 5.4: control frames may stand between the fragments of a message.
    if (!control) this.#fragmented = (first & 0x80) === 0;
    const extended = lengthBytes(second & 0x7f);
    const long = rest.slice(0, extended).reduce((sum, byte) => sum * 256 + byte, 0);
    this.#payload = extended === 0 ? second & 0x7f : long;
    this.#header = [];
  }
}

function headerLength(header: readonly number[]): number {
  const [, second] = header;
  if (second === undefined) return 2;
  return 2 + lengthBytes(second & 0x7f) + ((second & 0x80) === 0 ? 0 : 4);
}

function lengthBytes(short: number): number {
  return short === 126 ? 2 : short === 127 ? 8 : 0;
}
