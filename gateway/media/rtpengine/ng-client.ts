import { createSocket, type Socket } from "node:dgram";
import rtpengine from "rtpengine-client";
import type { Clock, Timer } from "../../base/clock.ts";
import { uuid } from "../../base/ids.ts";
import { isRecord } from "../../base/json.ts";
import { RelayError } from "../relay.ts";

/** A dictionary of the ng protocol. */
export type NgReply = Readonly<Record<string, unknown>>;

export interface NgTimers {
  /** After so many milliseconds without reply the command is sent once more. */
  readonly repeatMs: number;
  /** After so many milliseconds it has failed. */
  readonly totalMs: number;
}

export const defaultNgTimers: NgTimers = { repeatMs: 500, totalMs: 1500 };

/**
 * Commands to one rtpengine over UDP ("ng" protocol: a cookie, then a bencoded dictionary). The repeat carries the
 * same cookie: rtpengine then sends its first reply again and does nothing twice.
 *
 * Of `rtpengine-client` only the codec is used: its own client never gives up, repeats nothing, and prints late
 * replies, with the SRTP keys in them, to standard output.
 */
export class NgClient {
  readonly #host: string;
  readonly #port: number;
  readonly #clock: Clock;
  readonly #timers: NgTimers;
  readonly #pending = new Map<string, Pending>();
  #socket: Socket | undefined;

  constructor(options: { host: string; port: number; clock: Clock; timers?: NgTimers }) {
    this.#host = options.host;
    this.#port = options.port;
    this.#clock = options.clock;
    this.#timers = options.timers ?? defaultNgTimers;
  }

  /** @throws RelayError `refused` with rtpengine's text | `timeout` */
  command(command: string, parameters: object = {}): Promise<NgReply> {
    const cookie = uuid();
    const datagram = rtpengine.Client.encodeMessage(cookie, { ...parameters, command });
    return new Promise((resolve, reject) => {
      const timers = [
        this.#clock.after(this.#timers.repeatMs, () => this.#send(datagram)),
        this.#clock.after(this.#timers.totalMs, () =>
          this.#settle(cookie, new RelayError("timeout", `rtpengine did not answer ${command}`)),
        ),
      ];
      this.#pending.set(cookie, { resolve, reject, timers });
      this.#send(datagram);
    });
  }

  /** Fails what is pending. */
  close(): void {
    for (const cookie of [...this.#pending.keys()]) this.#settle(cookie, new RelayError("no-relay", "relay closed"));
    this.#socket?.close();
    this.#socket = undefined;
  }

  #send(datagram: Buffer): void {
    this.#socket ??= this.#open();
    // A failed sending is like a lost datagram: the repeat or the deadline deals with it.
    this.#socket.send(datagram, this.#port, this.#host, () => {});
  }

  #open(): Socket {
    const socket = createSocket("udp4");
    socket.unref();
    socket.on("error", () => {});
    socket.on("message", (datagram, { port }) => {
      if (port === this.#port) this.#receive(datagram);
    });
    return socket;
  }

  #receive(datagram: Buffer): void {
    const reply = decode(datagram);
    if (!reply) return;
    this.#settle(reply.cookie, outcome(reply.data));
  }

  /** A reply that nobody waits for any more is dropped: the session's end has its own command. */
  #settle(cookie: string, outcome: NgReply | RelayError): void {
    const pending = this.#pending.get(cookie);
    if (!pending) return;
    this.#pending.delete(cookie);
    for (const timer of pending.timers) timer.cancel();
    if (outcome instanceof RelayError) pending.reject(outcome);
    else pending.resolve(outcome);
  }
}

interface Pending {
  readonly resolve: (reply: NgReply) => void;
  readonly reject: (error: RelayError) => void;
  readonly timers: readonly Timer[];
}

function outcome(data: NgReply): NgReply | RelayError {
  if (data["result"] !== "error") return data;
  return new RelayError("refused", String(data["error-reason"] ?? "rtpengine refused without a reason"));
}

function decode(datagram: Buffer): { cookie: string; data: NgReply } | undefined {
  try {
    const { id, data } = rtpengine.Client.decodeMessage(datagram);
    return isRecord(data) ? { cookie: id, data } : undefined;
  } catch {
    return undefined;
  }
}
