import { createSocket, type Socket } from "node:dgram";
import { Emitter } from "../../base/emitter.ts";
import { isRecord, parseJson } from "../../base/json.ts";

/** One key press as rtpengine tells it at its end (`--dtmf-log-dest`). */
export interface DtmfReport {
  readonly callId: string;
  readonly tag: string;
  readonly digit: string;
  readonly durationMs: number;
}

/** RFC 4733 3.2: event codes 0 to 15. */
const digits = "0123456789*#ABCD";

/** The UDP port at which an rtpengine reports the key presses that it saw. */
export class DtmfListener extends Emitter<{ pressed: [report: DtmfReport] }> {
  readonly port: number;
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    super();
    this.#socket = socket;
    this.port = socket.address().port;
    socket.on("message", (datagram) => {
      const found = readReport(datagram.toString("utf8"));
      if (found) this.emit("pressed", found);
    });
    socket.on("error", () => {});
    socket.unref();
  }

  /** Rejects when `port` is taken; 0 takes any. */
  static open(host: string, port: number): Promise<DtmfListener> {
    const socket = createSocket("udp4");
    return new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(port, host, () => resolve(new DtmfListener(socket)));
    });
  }

  close(): void {
    this.#socket.close();
  }
}

/** Undefined for anything but a key press: the port is open to whoever can send to it. */
export function readReport(text: string): DtmfReport | undefined {
  try {
    const { callid, source_tag, event, duration } = parseJson(text, isRecord);
    const digit = digits[Number(event)];
    if (typeof callid !== "string" || typeof source_tag !== "string" || digit === undefined) return undefined;
    return { callId: callid, tag: source_tag, digit, durationMs: Number(duration) || 0 };
  } catch {
    return undefined;
  }
}
