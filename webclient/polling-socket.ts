import { limits } from "../gateway/protocol/version.ts";
import type { Platform, SocketPort } from "./platform.ts";

/** Frames that are sent together. */
const maxFrames = 32;
/** A gateway answers a waiting request after 20 s at the latest: milliseconds. */
const receiveDeadlineMs = 30_000;
const sendDeadlineMs = 10_000;
/** RFC 6455 7.1.5: the connection ended without a word. */
const lostCode = 1006;

/** `wss://example.org/ws` as the address of long polling there; undefined for an address of another form. */
export function pollUrl(url: string): string | undefined {
  const [, scheme, rest] = /^ws(s?:\/\/.+)(\/ws)$/i.exec(url) ?? [];
  return scheme === undefined || rest === undefined ? undefined : `http${scheme}/poll`;
}

/**
 * A connection by long polling, where WebSocket does not come through: one request waits for frames, another sends some.
 * Any request that fails ends the connection: the session then goes on with another one, which brings what was lost.
 */
export class PollingSocket implements SocketPort {
  onopen: (() => void) | null = null;
  onclose: ((event?: { readonly code?: number }) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  readonly #platform: Platform;
  readonly #url: string;
  readonly #posting = new Set<AbortController>();
  #id = "";
  #unsent: string[] = [];
  #sending = false;
  #over = false;

  /** `url`: as of `pollUrl`. */
  constructor(platform: Platform, url: string) {
    this.#platform = platform;
    this.#url = url;
    void this.#run().catch(() => this.#end(lostCode));
  }

  send(text: string): void {
    if (this.#over) return;
    this.#unsent.push(text);
    if (!this.#sending) void this.#flush().catch(() => this.#end(lostCode));
  }

  /** Told even while the page goes away. */
  close(code = 1000): void {
    if (this.#over) return;
    this.#over = true;
    this.#stop();
    if (this.#id !== "") this.#platform.beacon?.(`${this.#url}/close`, `${this.#id}\n${code}`);
  }

  async #run(): Promise<void> {
    this.#id = await this.#post("open", "", sendDeadlineMs);
    if (this.#over) return;
    this.onopen?.();
    // Which answer is wanted: a browser may send a request again by itself, after its answer was lost.
    for (let turn = 0; !this.#over; turn++) {
      const frames = await this.#post("receive", `${this.#id}\n${turn}`, receiveDeadlineMs);
      for (const data of frames.split("\n")) if (data !== "" && !this.#over) this.onmessage?.({ data });
    }
  }

  /** One request at a time, so that frames come in their order. */
  async #flush(): Promise<void> {
    this.#sending = true;
    while (this.#unsent.length > 0 && !this.#over)
      await this.#post("send", [this.#id, ...this.#next()].join("\n"), sendDeadlineMs);
    this.#sending = false;
  }

  #next(): string[] {
    let room = limits.frame;
    const fits = this.#unsent.findIndex((text) => (room -= text.length) < 0);
    return this.#unsent.splice(0, Math.min(maxFrames, fits < 0 ? maxFrames : Math.max(1, fits)));
  }

  async #post(what: string, body: string, deadlineMs: number): Promise<string> {
    const abort = new AbortController();
    const late = this.#platform.clock.after(deadlineMs, () => abort.abort());
    this.#posting.add(abort);
    try {
      const answer = await this.#platform.post?.(`${this.#url}/${what}`, body, abort.signal);
      if (answer?.status === 200 || answer?.status === 204) return answer.text;
      this.#end(answer?.status === 410 ? Number(answer.text) : lostCode);
      return "";
    } finally {
      late.cancel();
      this.#posting.delete(abort);
    }
  }

  #stop(): void {
    for (const abort of this.#posting) abort.abort();
  }

  #end(code: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#stop();
    this.onclose?.({ code });
  }
}
