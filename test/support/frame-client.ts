import { readFileSync } from "node:fs";
import { WebSocket } from "ws";
import { subprotocol } from "../../gateway/protocol/version.ts";
import { domain, type TestGateway } from "./gateway.ts";
import { until } from "./until.ts";

/** A frame of the gateway and when it came, in milliseconds since the epoch. */
export interface Received {
  readonly type: string;
  readonly at: number;
  readonly re?: string;
  readonly code?: string;
  readonly callId?: string;
  readonly reason?: string;
  readonly [field: string]: unknown;
}

export interface FrameClientOptions {
  /** More headers of the upgrade, such as `Origin` and a foreign `Host`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;
type Target = { user: string } | { tel: string } | { sip: string };

const vector = (name: string): string =>
  readFileSync(new URL(`../vectors/sdp/${name}.sdp`, import.meta.url), "utf8").replace(/\r?\n/g, "\r\n");

/** What Chromium offers. Nothing answers at its candidates: such a call has no sound. */
export const browserOffer = vector("chromium-offer");

/** A browser's answer to `offer`: its first format and the offered media id, as Chromium would write it. */
export function browserAnswer(offer: string): string {
  const format = /^m=audio \d+ \S+ (\d+)/m.exec(offer)?.[1] ?? "0";
  const mid = /^a=mid:(.*)\r$/m.exec(offer)?.[1];
  const kept = browserOffer
    .split("\r\n")
    .filter((line) => !/^a=(candidate|extmap|ssrc|msid|fmtp|rtpmap|rtcp-fb|group|mid)/.test(line))
    .map((line) => line.replace(/^m=.*/, `m=audio 9 UDP/TLS/RTP/SAVPF ${format}`))
    .map((line) => line.replace("a=setup:actpass", "a=setup:active"));
  const rtpmap = new RegExp(`^a=rtpmap:${format} .*$`, "m").exec(offer)?.[0]?.trim();
  const added = [...(mid === undefined ? [] : [`a=mid:${mid}`]), ...(rtpmap === undefined ? [] : [rtpmap])];
  return [...kept.filter((line) => line !== ""), ...added, ""].join("\r\n");
}

let clients = 0;

/** A page without a browser: the frames themselves, in the test's hands. */
export class FrameClient {
  readonly frames: Received[] = [];
  /** How the gateway closed the connection. */
  closing: { readonly code: number; readonly reason: string; readonly at: number } | undefined;
  readonly #socket: WebSocket;
  readonly #taken = new Set<Received>();
  /** A session that several connections carry must not see an id twice. */
  readonly #name = `c${(clients += 1)}`;
  #requests = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => this.frames.push({ ...JSON.parse(String(data)), at: Date.now() }));
    socket.on("close", (code, reason) => (this.closing = { code, reason: String(reason), at: Date.now() }));
    socket.on("error", () => {});
  }

  /** Connects, and signs nobody in. */
  static async open(gateway: TestGateway, options: FrameClientOptions = {}): Promise<FrameClient> {
    const { headers = {}, protocols = [subprotocol] } = options;
    const socket = new WebSocket(gateway.wsUrl, [...protocols], { headers });
    const client = new FrameClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    return client;
  }

  /** A signed-in page of `name` of the test domain, or of `name@domain`. */
  static async signedIn(gateway: TestGateway, name: string): Promise<FrameClient> {
    const client = await FrameClient.open(gateway);
    await client.signIn({ user: name.includes("@") ? name : `${name}@${domain}` });
    return client;
  }

  /** `session.open` with `fields`; fails when it is refused. */
  async signIn(fields: Fields): Promise<Received> {
    const answer = await this.request("session.open", fields);
    if (answer.type !== "session.opened") throw new Error(`not signed in: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Sends a request frame and returns its answer, a refusal too. */
  async request(type: string, fields: Fields = {}): Promise<Received> {
    const id = `${this.#name}-${++this.#requests}`;
    this.raw(JSON.stringify({ type, id, ...fields }));
    return this.next(`the answer to ${type}`, (frame) => frame.re === id);
  }

  /** Sends exactly this. */
  raw(data: string | Buffer): void {
    this.#socket.send(data);
  }

  /** The next frame that fits and that nobody has taken yet, also one that has already come. */
  next(what: string, fits: (frame: Received) => boolean, withinMs = 5000): Promise<Received> {
    const look = (): Received | undefined => {
      const found = this.frames.find((frame) => !this.#taken.has(frame) && fits(frame));
      if (found) this.#taken.add(found);
      return found;
    };
    return until(what, look, withinMs).catch(() => {
      throw new Error(`${what}: not within ${withinMs} ms, but ${JSON.stringify(this.frames.map(brief))}`);
    });
  }

  event(type: string, callId?: string, withinMs?: number): Promise<Received> {
    return this.next(type, (frame) => frame.type === type && (!callId || frame.callId === callId), withinMs);
  }

  /** Calls `target` with a browser's offer, or with `fields`; the call's id. */
  async call(target: Target, fields: Fields = {}): Promise<string> {
    const description = { kind: "offer", sdp: browserOffer, generation: 1 };
    const answer = await this.request("call.start", { target, description, ...fields });
    if (answer.type !== "call.started") throw new Error(`not started: ${JSON.stringify(answer)}`);
    return String(answer.callId);
  }

  /** Answers the call that rings here. */
  answer(incoming: Received): Promise<Received> {
    const { sdp } = incoming.description as { sdp: string };
    const description = { kind: "answer", sdp: browserAnswer(sdp), generation: 1 };
    return this.request("call.answer", { callId: incoming.callId, description });
  }

  end(callId: string): Promise<Received> {
    return this.request("call.end", { callId });
  }

  /** The call's `call.ended`. */
  ended(callId: string, withinMs?: number): Promise<Received> {
    return this.event("call.ended", callId, withinMs);
  }

  /** Waits for the gateway to close the connection. */
  closed(withinMs = 5000): Promise<NonNullable<FrameClient["closing"]>> {
    return until("the connection's end", () => this.closing, withinMs);
  }

  /** Closes the tab. */
  async close(): Promise<void> {
    this.#socket.close();
    await this.closed();
  }
}

const brief = ({ type, re, code, callId, reason }: Received): object => ({ type, re, code, callId, reason });
