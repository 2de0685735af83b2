import type { Timer } from "../gateway/base/clock.ts";
import { Emitter } from "../gateway/base/emitter.ts";
import { isRecord, parseJson } from "../gateway/base/json.ts";
import type { Answer, ServerFrame } from "../gateway/protocol/server-frame.ts";
import { closing } from "../gateway/protocol/version.ts";
import { ClientError } from "./client-error.ts";
import type { Platform, SocketPort } from "./platform.ts";
import { requestDeadlineMs, Requests, type AnswerOf, type AnswerType, type Request } from "./requests.ts";
import { whyUnreachable } from "./unreachable.ts";

export type { AnswerOf, AnswerType, Request } from "./requests.ts";

export const pingEveryMs = 10_000;
export const pongDeadlineMs = 4_000;
/** How much later than the refusal of a connection its reason may come. */
const violationMs = 100;
/** A request without an answer after this time makes a ping: a connection that died shows when it is used. */
const doubtMs = 2_000;
/** Another connection has the session now. */
const replacedCode = 4409;

export interface ConnectionParts {
  readonly platform: Platform;
  readonly url: string;
  newId(): string;
  /** The last event that came, for the gateway to know. */
  seq(): number;
  /** How long it may take to open: milliseconds. */
  readonly patienceMs?: number | undefined;
  /** @throws DOMException for an address that the browser never connects to */
  open(): SocketPort;
}

const isFrame = (value: unknown): value is ServerFrame => isRecord(value) && typeof value["type"] === "string";
const isAnswer = (frame: ServerFrame): frame is Answer => "re" in frame || frame.type === "refused";

export type Fact = Exclude<ServerFrame, Answer>;

/** One connection from its opening to its end: frames both ways, pings. It never comes back. */
export class Connection {
  readonly events = new Emitter<{
    opened: [];
    fact: [Fact];
    /** An answer to what was not asked by `request` here. */
    answer: [Answer];
    /** Once, whoever ended it. `replaced`: the session goes on elsewhere. */
    lost: [ClientError, replaced: boolean];
    /** The gateway answered a ping that told it `seq`. */
    alive: [seq: number];
  }>();
  readonly #parts: ConnectionParts;
  readonly #socket: SocketPort | undefined;
  readonly #requests: Requests;
  readonly #timers: Timer[] = [];
  #doubt: Timer | undefined;
  readonly #offForbidden: () => void;
  #pinging = false;
  #open = false;
  #over = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    const { platform, url } = parts;
    this.#requests = new Requests(platform.clock, parts.newId);
    this.#offForbidden = platform.onForbidden(url, () =>
      this.#lose(new ClientError("unreachable", { detail: "csp", retry: "never" })),
    );
    this.#socket = this.#openSocket();
    const opening = platform.clock.after(parts.patienceMs ?? requestDeadlineMs, () => this.#onUnopened());
    this.#timers.push(opening);
    if (!this.#socket) return;
    this.#socket.onopen = () => {
      opening.cancel();
      this.#open = true;
      this.#requests.attach((text) => this.#socket?.send(text));
      this.#timers.push(platform.clock.every(pingEveryMs, () => this.ping()));
      this.events.emit("opened");
    };
    this.#socket.onmessage = ({ data }) => this.#receive(data);
    this.#socket.onclose = (event) =>
      this.#open ? this.#lose(new ClientError("unreachable"), event?.code === replacedCode) : this.#onUnopened();
  }

  /** A request that ends with this connection. @throws ClientError as `Requests.ask` */
  request<Type extends AnswerType, Result>(
    request: Request,
    expected: Type,
    read: (answer: AnswerOf<Type>) => Result,
    deadlineMs = requestDeadlineMs,
  ): Promise<Result> {
    if (this.#over) return Promise.reject(new ClientError("unreachable"));
    return this.#requests.ask(request, expected, read, deadlineMs);
  }

  /** Sends what somebody else waits to be answered; a gateway that stays silent is asked whether it is there. */
  send(text: string): void {
    this.#socket?.send(text);
    this.#doubt ??= this.#parts.platform.clock.after(doubtMs, () => {
      this.#doubt = undefined;
      this.ping();
    });
  }

  /** Asks whether the gateway is there; no answer in time is a loss. */
  ping(): void {
    if (this.#pinging || !this.#open) return;
    this.#pinging = true;
    const seq = this.#parts.seq();
    this.request({ type: "ping", seq }, "pong", () => this.#alive(seq), pongDeadlineMs).catch((why: ClientError) =>
      this.#lose(why),
    );
  }

  /** On purpose. */
  close(): void {
    this.#lose(new ClientError("aborted"), false, null);
  }

  #trust(): void {
    this.#doubt?.cancel();
    this.#doubt = undefined;
  }

  #alive(seq: number): void {
    this.#pinging = false;
    this.events.emit("alive", seq);
  }

  /** Undefined when the browser refuses at once; what it says of the reason, a violation of CSP, comes a moment later. */
  #openSocket(): SocketPort | undefined {
    try {
      return this.#parts.open();
    } catch (cause) {
      const blocked = new ClientError("unreachable", { detail: "socket-blocked", retry: "never", cause });
      this.#timers.push(this.#parts.platform.clock.after(violationMs, () => this.#lose(blocked)));
      return undefined;
    }
  }

  #onUnopened(): void {
    void whyUnreachable(this.#parts.platform, this.#parts.url).then((why) => this.#lose(why));
  }

  #receive(data: unknown): void {
    if (this.#over || typeof data !== "string") return;
    this.#trust();
    let frame: ServerFrame;
    try {
      frame = parseJson(data, isFrame);
    } catch {
      return;
    }
    if (!isAnswer(frame)) this.events.emit("fact", frame);
    else if (!this.#requests.take(frame)) this.events.emit("answer", frame);
  }

  /** `code`: how the gateway is told. By default that the page comes back; null is a goodbye. */
  #lose(why: ClientError, replaced = false, code: number | null = closing.lost): void {
    if (this.#over) return;
    this.#over = true;
    for (const timer of this.#timers) timer.cancel();
    this.#trust();
    this.#offForbidden();
    if (this.#socket) this.#socket.onclose = this.#socket.onmessage = this.#socket.onopen = null;
    if (code === null) this.#socket?.close();
    else this.#socket?.close(code);
    this.#requests.lose(why);
    this.events.emit("lost", why, replaced);
  }
}
