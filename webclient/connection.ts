import type { Timer } from "../gateway/base/clock.ts";
import { Emitter } from "../gateway/base/emitter.ts";
import { isRecord, parseJson } from "../gateway/base/json.ts";
import type { ClientFrame } from "../gateway/protocol/client-frame.ts";
import type { Answer, ServerEvent, ServerFrame } from "../gateway/protocol/server-frame.ts";
import { subprotocol } from "../gateway/protocol/version.ts";
import { ClientError, refusalError } from "./client-error.ts";
import type { Platform, SocketPort } from "./platform.ts";
import { whyUnreachable } from "./unreachable.ts";

type WithoutId<Frame> = Frame extends unknown ? Omit<Frame, "id"> : never;
/** A request as it is written here; the connection numbers it. */
export type Request = WithoutId<ClientFrame>;

export type AnswerType = Exclude<Answer["type"], "refused">;
export type AnswerOf<Type extends AnswerType> = Extract<Answer, { type: Type }>;

export const requestDeadlineMs = 10_000;
export const pingEveryMs = 15_000;
export const pongDeadlineMs = 5_000;
/** How much later than the refusal of a connection its reason may come. */
const violationMs = 100;

interface Pending {
  answered(frame: Answer): void;
  lost(why: ClientError): void;
}

const isAnswer = (frame: ServerFrame): frame is Answer => "re" in frame || frame.type === "refused";
const isFrame = (value: unknown): value is ServerFrame => isRecord(value) && typeof value["type"] === "string";

/** One WebSocket from its opening to its end: requests with deadlines, numbered facts, pings. It never comes back. */
export class Connection {
  readonly events = new Emitter<{
    opened: [];
    fact: [ServerEvent];
    /** Once, whoever ended it. */
    lost: [ClientError];
    /** An answer after its deadline. */
    stray: [Answer];
    /** The gateway answered a ping. */
    alive: [];
  }>();
  readonly #platform: Platform;
  readonly #url: string;
  readonly #socket: SocketPort | undefined;
  readonly #pending = new Map<string, Pending>();
  readonly #timers: Timer[] = [];
  readonly #offForbidden: () => void;
  #requests = 0;
  #open = false;
  #over = false;

  constructor(platform: Platform, url: string) {
    this.#platform = platform;
    this.#url = url;
    this.#offForbidden = platform.onForbidden(url, () =>
      this.#lose(new ClientError("unreachable", { detail: "csp", retry: "never" })),
    );
    this.#socket = this.#openSocket();
    const opening = platform.clock.after(requestDeadlineMs, () => this.#onUnopened());
    this.#timers.push(opening);
    if (!this.#socket) return;
    this.#socket.onopen = () => {
      opening.cancel();
      this.#open = true;
      this.#timers.push(platform.clock.every(pingEveryMs, () => this.#ping()));
      this.events.emit("opened");
    };
    this.#socket.onmessage = ({ data }) => this.#receive(data);
    this.#socket.onclose = () => (this.#open ? this.#lose(new ClientError("unreachable")) : this.#onUnopened());
  }

  /**
   * Sends a request. `read` turns the answer into the result within the turn in which the answer came, so that no
   * event can overtake what it builds.
   * @throws ClientError as the gateway refused it; `unreachable` when the deadline passes or the connection is lost
   */
  request<Type extends AnswerType, Result>(
    request: Request,
    expected: Type,
    read: (answer: AnswerOf<Type>) => Result,
    deadlineMs = requestDeadlineMs,
  ): Promise<Result> {
    if (this.#over) return Promise.reject(new ClientError("unreachable"));
    const id = String(++this.#requests);
    return new Promise((resolve, reject) => {
      const late = (): void => this.#pending.get(id)?.lost(new ClientError("unreachable"));
      const timer = this.#platform.clock.after(deadlineMs, late);
      const settle = (how: () => void): void => {
        timer.cancel();
        this.#pending.delete(id);
        how();
      };
      this.#pending.set(id, {
        answered: (answer) => settle(() => this.#accept(answer, expected, read).then(resolve, reject)),
        lost: (why) => settle(() => reject(why)),
      });
      this.#socket?.send(JSON.stringify({ ...request, id }));
    });
  }

  close(): void {
    this.#lose(new ClientError("aborted"));
  }

  /** Undefined when the browser refuses at once; what it says of the reason, a violation of CSP, comes a moment later. */
  #openSocket(): SocketPort | undefined {
    try {
      return this.#platform.openSocket(this.#url, subprotocol);
    } catch (cause) {
      const blocked = new ClientError("unreachable", { detail: "socket-blocked", retry: "never", cause });
      this.#timers.push(this.#platform.clock.after(violationMs, () => this.#lose(blocked)));
      return undefined;
    }
  }

  #onUnopened(): void {
    void whyUnreachable(this.#platform, this.#url).then((why) => this.#lose(why));
  }

  /** `read` runs now; only its result waits. */
  async #accept<Type extends AnswerType, Result>(
    answer: Answer,
    expected: Type,
    read: (answer: AnswerOf<Type>) => Result,
  ): Promise<Result> {
    if (answer.type === "refused") throw refusalError(answer);
    if (answer.type === expected) return read(answer as AnswerOf<Type>);
    throw new ClientError("unsupported", { text: `The gateway answered with ${answer.type}.` });
  }

  #receive(data: unknown): void {
    if (this.#over || typeof data !== "string") return;
    let frame: ServerFrame;
    try {
      frame = parseJson(data, isFrame);
    } catch {
      return;
    }
    if (isAnswer(frame)) this.#onAnswer(frame);
    else this.events.emit("fact", frame);
  }

  #onAnswer(answer: Answer): void {
    const pending = this.#pending.get(answer.re ?? "");
    if (pending) pending.answered(answer);
    else this.events.emit("stray", answer);
  }

  #ping(): void {
    this.request({ type: "ping" }, "pong", () => this.events.emit("alive"), pongDeadlineMs).catch((why: ClientError) =>
      this.#lose(why),
    );
  }

  #lose(why: ClientError): void {
    if (this.#over) return;
    this.#over = true;
    for (const timer of this.#timers) timer.cancel();
    this.#offForbidden();
    if (this.#socket) this.#socket.onclose = this.#socket.onmessage = this.#socket.onopen = null;
    this.#socket?.close();
    for (const pending of [...this.#pending.values()]) pending.lost(why);
    this.events.emit("lost", why);
  }
}
