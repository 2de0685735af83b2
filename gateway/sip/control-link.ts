import type { Socket } from "node:net";
import Srf from "drachtio-srf";
import { afterReading, type Clock, type Timer } from "../base/clock.ts";
import { withDeadline } from "../base/deadline.ts";
import { Emitter } from "../base/emitter.ts";
import { CodedError, messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { checkHeaders } from "./headers.ts";
import type {
  InRequest,
  OutRequest,
  OutRequestOptions,
  ResponseOptions,
  SentResponse,
  SipLink,
  SipLinkEvents,
} from "./link.ts";
import { incoming, outgoing, type SrfInRequest, type SrfOutRequest, type SrfResponse } from "./srf-messages.ts";

/** There is no SIP server at the other end of the control link now. */
export class LinkDown extends CodedError<"link-down"> {
  constructor() {
    super("link-down", "the SIP server is not connected");
  }
}

/** The SIP server said no to a request or response; `code` is `dialog-gone` when the dialog is not there any more. */
export class SipServerRefusal extends CodedError<"dialog-gone" | "refused"> {}

export interface ControlLinkOptions {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
  /** Dialogs belong to a tag, not to a connection. */
  readonly tag: string;
  /** Deadline of each operation, in milliseconds (default 5000). drachtio-srf itself has none. */
  readonly deadline?: number;
  /** Milliseconds between pings (default 1000), and without a word until the link counts as dead (default 4000). */
  readonly ping?: number;
  readonly silence?: number;
}

/** The private face of drachtio-srf 5.0.29; a contract test guards it. */
interface SrfFace {
  connect(options: object): void;
  on(event: string, listener: (...args: never[]) => void): void;
  use(method: string, handler: (req: SrfInRequest, res: SrfResponse) => void): void;
  request(uri: string, options: object, done: (fault: Error | null, req: SrfOutRequest) => void): void;
  disconnect(): void;
  /** Its connection, there once `connect` was emitted. */
  readonly _app: {
    readonly client: { _getDefaultSocket(): Socket; readonly wp: { send(socket: Socket, text: string): string } };
  };
}

const routed = [
  "invite",
  "register",
  "options",
  "message",
  "subscribe",
  "notify",
  "refer",
  "info",
  "update",
  "publish",
];
const inDialog = ["ack", "bye", "prack"];
const firstRetryMs = 100;
const lastRetryMs = 2000;

/**
 * The connection to one SIP server, over drachtio-srf's request layer. srf reconnects badly, so each connection gets
 * a new Srf; in the gap every operation rejects with LinkDown.
 */
export class ControlLink extends Emitter<SipLinkEvents> implements SipLink {
  readonly #options: ControlLinkOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  #srf: SrfFace | undefined;
  #up = false;
  #retry: Timer | undefined;
  #connecting: Timer | undefined;
  #pings: Timer | undefined;
  #retryMs = firstRetryMs;
  #stopped = false;

  constructor(options: ControlLinkOptions, clock: Clock, log: Logger) {
    super();
    this.#options = options;
    this.#clock = clock;
    this.#log = log;
  }

  get isUp(): boolean {
    return this.#up;
  }

  /** Connects, and again whenever the connection goes, until `stop`. */
  start(): void {
    if (!this.#stopped) this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    this.#retry?.cancel();
    this.#connecting?.cancel();
    this.#pings?.cancel();
    const srf = this.#srf;
    this.#srf = undefined;
    this.#up = false;
    if (srf) disconnect(srf);
  }

  async request(options: OutRequestOptions): Promise<OutRequest> {
    checkHeaders(options.headers);
    const { proxy, dialogId, transactionId, ...rest } = options;
    const srfOptions = {
      ...rest,
      ...(proxy !== undefined && { proxy }),
      ...(dialogId !== undefined && { stackDialogId: dialogId }),
      ...(transactionId !== undefined && { stackTxnId: transactionId }),
    };
    return this.#ask<OutRequest>(options.method, (srf, done) =>
      srf.request(options.uri ?? "sip:placeholder", srfOptions, (fault, sent) => {
        if (fault) return done(fault);
        // In the same turn: a response may follow in the same segment.
        sent.on("update", (req: SrfInRequest, res: SrfResponse) => this.#receive(req, res));
        done(
          null,
          outgoing(sent, (req, headers) => this.#cancel(req, headers)),
        );
      }),
    );
  }

  #connect(): void {
    const srf = new (Srf as unknown as new (tag: string) => SrfFace)(this.#options.tag);
    const { host, port, secret } = this.#options;
    this.#srf = srf;
    let gone = false;
    const lost = (why: unknown): void => {
      if (gone) return;
      gone = true;
      this.#connecting?.cancel();
      if (this.#srf === srf) this.#down(messageOf(why));
    };
    for (const method of [...routed, ...inDialog]) srf.use(method, (req, res) => this.#arrived(srf, req, res));
    srf.on("error", (fault: Error) => lost(fault));
    srf.on("close", () => lost("closed"));
    srf.on("connect", (fault: Error | null, hostports: string, version: string) => {
      this.#connecting?.cancel();
      if (fault) lost(fault);
      else if (this.#srf === srf) this.#connected(srf, hostports, version, lost);
    });
    srf.connect({ host, port, secret, reconnect: { maxAttempts: 1 } });
    // A server that hangs takes connections and answers nothing.
    this.#connecting = this.#clock.after(this.#options.deadline ?? 5000, () => {
      lost("no answer");
      disconnect(srf);
    });
  }

  #connected(srf: SrfFace, hostports: string, version: string, lost: (why: unknown) => void): void {
    const socket = srf._app.client._getDefaultSocket();
    gatherWrites(socket);
    this.#watch(srf, socket, lost);
    this.#up = true;
    this.#retryMs = firstRetryMs;
    const capabilities = new Set(version.split("+").slice(1));
    this.#log.info("SIP server connected", { version, sip: hostports });
    this.emit("up", { hostports: hostports.split(",").filter(Boolean), version, capabilities });
  }

  /** A server that hangs, or a way to it that is cut, closes no connection: only silence tells. */
  #watch(srf: SrfFace, socket: Socket, lost: (why: unknown) => void): void {
    const { ping = 1000, silence = 4000 } = this.#options;
    let [heardAt, lookedAt] = [this.#clock.monotonic(), this.#clock.monotonic()];
    socket.on("data", () => (heardAt = this.#clock.monotonic()));
    this.#pings = this.#clock.every(ping, () => {
      const now = this.#clock.monotonic();
      // Who was held up itself has not read yet what came meanwhile.
      const overslept = now - lookedAt > 2 * ping;
      lookedAt = now;
      if (now - heardAt <= silence || overslept) return void srf._app.client.wp.send(socket, "ping");
      lost(`silent for ${silence} ms`);
      socket.destroy();
    });
  }

  #down(why: string): void {
    this.#pings?.cancel();
    const was = this.#up;
    this.#up = false;
    this.#srf = undefined;
    if (this.#stopped) return;
    if (was) {
      this.#log.warn("SIP server lost", { why });
      this.emit("down", why);
    }
    this.#retry = this.#clock.after(this.#retryMs, () => this.start());
    this.#retryMs = Math.min(this.#retryMs * 2, lastRetryMs);
  }

  /** srf asks for requests two turns before it says that it is connected: until then none could be answered. */
  #arrived(srf: SrfFace, req: SrfInRequest, res: SrfResponse): void {
    if (this.#up) return this.#receive(req, res);
    this.once("up", () => this.#srf === srf && this.#receive(req, res));
  }

  #receive(req: SrfInRequest, res: SrfResponse): void {
    const request: InRequest = incoming(req, res, (options) => this.#respond(res, options));
    if (req.method === "INVITE") req.on("update", (update, response) => this.#receive(update, response));
    this.emit("request", request);
  }

  async #respond(res: SrfResponse, options: ResponseOptions): Promise<SentResponse> {
    const { status, reason, headers, body, onSent } = options;
    checkHeaders(headers);
    return this.#ask<SentResponse>(String(status), (_srf, done) =>
      res.send(status, reason, { headers: { ...headers }, ...(body !== undefined && { body }) }, (fault, message) => {
        if (fault) return done(new Error(messageOf(fault)));
        const sent = { dialogId: res.meta.dialogId ?? "", to: message.get("to") ?? "" };
        onSent?.(sent);
        done(null, sent);
      }),
    );
  }

  #cancel(req: SrfOutRequest, headers: Readonly<Record<string, string>>): Promise<void> {
    return this.#ask<void>("CANCEL", (_srf, done) => req.cancel({ headers }, (fault) => done(fault)));
  }

  /** One operation of srf: typed refusal, LinkDown in the gap, and a deadline. */
  #ask<T>(what: string, start: (srf: SrfFace, done: (fault: Error | null, result?: T) => void) => void): Promise<T> {
    const srf = this.#srf;
    if (!srf || !this.#up) return Promise.reject(new LinkDown());
    const operation = new Promise<T>((resolve, reject) => {
      start(srf, (fault, result) => (fault ? reject(refusal(fault)) : resolve(result as T)));
    });
    return withDeadline(operation, this.#options.deadline ?? 5000, `SIP server: ${what}`, this.#clock);
  }
}

function disconnect(srf: SrfFace): void {
  try {
    srf.disconnect();
  } catch {
    // srf throws when its socket has already gone
  }
}

/** What the frames of one reading cause leaves in one segment; srf writes each frame by itself. */
function gatherWrites(socket: Socket): void {
  let gathering = false;
  socket.prependListener("data", () => {
    if (gathering) return;
    gathering = true;
    socket.cork();
    afterReading(() => {
      gathering = false;
      socket.uncork();
    });
  });
}

function refusal(fault: Error): SipServerRefusal {
  const gone = /unable to find dialog|unknown transaction/i.test(fault.message);
  return new SipServerRefusal(gone ? "dialog-gone" : "refused", fault.message);
}
