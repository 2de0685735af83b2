import type { Direction, Flow } from "../transport/flow.ts";

/** What looks on reads of a message as it stands on the wire: as little as possible, and only when it wants to. */
export class PassingMessage {
  readonly direction: Direction;
  readonly flow: Flow;
  readonly bytes: Buffer;
  #head: string | undefined;

  constructor(direction: Direction, flow: Flow, bytes: Buffer) {
    this.direction = direction;
    this.flow = flow;
    this.bytes = bytes;
  }

  get text(): string {
    return this.bytes.toString("utf8");
  }

  get startLine(): string {
    return this.#lines.slice(0, this.#lines.indexOf("\r\n"));
  }

  get callId(): string {
    return this.#header(callId);
  }

  /** The texts that name who is called and who calls. */
  get parties(): readonly string[] {
    return [this.startLine, this.#header(from), this.#header(to)];
  }

  #header(pattern: RegExp): string {
    return pattern.exec(this.#lines)?.[1]?.trim() ?? "";
  }

  /** Start line and headers, with the line end of the last. */
  get #lines(): string {
    if (this.#head === undefined) {
      const end = this.bytes.indexOf("\r\n\r\n");
      this.#head = this.bytes.toString("utf8", 0, end < 0 ? this.bytes.length : end + 2);
    }
    return this.#head;
  }
}

const [callId, from, to] = (["call-id|i", "from|f", "to|t"] as const).map(
  (names) => new RegExp(`\\r\\n(?:${names})[ \\t]*:([^\\r]*)`, "i"),
) as [RegExp, RegExp, RegExp];
