import { connect, type Socket } from "node:net";
import { randomUUID } from "node:crypto";
import { FrameDecoder, parseFrame, type Frame } from "../../../gateway/sip-server/wire/frame.ts";
import { until } from "../../support/until.ts";
import type { Server } from "./suppliers.ts";

/** A SIP frame as an application sees it. */
export interface SipFrame {
  readonly fields: readonly string[];
  readonly transactionId: string;
  readonly dialogId: string;
  /** Start line. */
  readonly line: string;
  readonly text: string;
  readonly body: string;
}

/** An application that speaks the wire protocol by hand, so that every field can be looked at. */
export class Application {
  readonly frames: Frame[] = [];
  readonly #socket: Socket;
  readonly #taken = new Set<Frame>();
  #closed = false;
  #request: ((request: SipFrame) => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const decoder = new FrameDecoder();
    socket.on("data", (chunk) => {
      for (const payload of decoder.push(chunk)) {
        const frame = parseFrame(payload);
        if (!frame) continue;
        if (this.#request && isRequest(frame)) this.#request(sipFrame(frame));
        else if (!this.#request) this.frames.push(frame);
      }
    });
    socket.on("error", () => {});
    socket.on("close", () => (this.#closed = true));
  }

  /** Connects only. */
  static connect(server: Server): Promise<Application> {
    const socket = connect(server.control.port, server.control.host);
    return new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.once("connect", () => resolve(new Application(socket)));
    });
  }

  /** On a connection that is there. */
  static over(socket: Socket): Application {
    return new Application(socket);
  }

  /** Connects, authenticates and routes verbs. */
  static async open(server: Server, ...verbs: string[]): Promise<Application> {
    const application = await Application.connect(server);
    await application.ask(`authenticate|${server.control.secret}|tag`);
    for (const verb of verbs) await application.ask(`route|${verb}`);
    return application;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Sends a frame without waiting; returns its id. */
  send(fields: string, sip?: string): string {
    const id = randomUUID();
    const text = `${id}|${fields}${sip === undefined ? "" : `\r\n${sip}`}`;
    this.raw(`${Buffer.byteLength(text)}#${text}`);
    return id;
  }

  raw(bytes: string | Buffer): void {
    this.#socket.write(bytes);
  }

  /** Sends a frame and waits for its answer: the fields after the id of the frame. */
  async ask(fields: string, sip?: string): Promise<{ fields: string[]; text: string }> {
    const id = this.send(fields, sip);
    const answer = await until(`an answer to ${fields}`, () => this.frames.find((one) => one.fields[0] === id));
    return { fields: answer.fields.slice(1), text: answer.sip?.toString() ?? "" };
  }

  /** From now on each request goes to `handle`, and no frame is kept: for very many of them. */
  onRequest(handle: (request: SipFrame) => void): void {
    this.frames.length = 0;
    this.#request = handle;
  }

  /** Answers a request without waiting. */
  reply(request: SipFrame, status: number, headers: readonly string[] = []): void {
    const cseq = /^CSeq: .*$/m.exec(request.text)?.[0]?.trim() ?? "";
    this.send(`sip|${request.transactionId}|`, [`SIP/2.0 ${status} Reason`, cseq, ...headers, "", ""].join("\r\n"));
  }

  /** Takes the next SIP frame whose start line fits. */
  async next(line: RegExp, withinMs = 5000): Promise<SipFrame> {
    const fits = (frame: Frame): boolean =>
      frame.type === "sip" && !this.#taken.has(frame) && line.test(sipFrame(frame).line);
    const frame = await until(`a SIP frame ${line}`, () => this.frames.find(fits), withinMs);
    this.#taken.add(frame);
    return sipFrame(frame);
  }

  /** SIP frames not taken yet. */
  left(): SipFrame[] {
    return this.frames.filter((frame) => frame.type === "sip" && !this.#taken.has(frame)).map(sipFrame);
  }

  /** Answers a request. */
  respond(
    request: SipFrame,
    status: number,
    headers: readonly string[] = [],
    body = "",
  ): ReturnType<Application["ask"]> {
    const cseq = /^CSeq: .*$/m.exec(request.text)?.[0]?.trim() ?? "";
    const text = [`SIP/2.0 ${status} Reason`, cseq, ...headers, "", body].join("\r\n");
    return this.ask(`sip|${request.transactionId}|`, text);
  }

  /** Sends a request in a dialog. */
  inDialog(
    dialogId: string,
    method: string,
    headers: readonly string[] = [],
    body = "",
  ): ReturnType<Application["ask"]> {
    return this.ask(`sip||${dialogId}`, [`${method} sip:placeholder SIP/2.0`, ...headers, "", body].join("\r\n"));
  }

  close(): void {
    this.#socket.destroy();
  }
}

function isRequest(frame: Frame): boolean {
  return frame.type === "sip" && frame.sip?.toString("latin1", 0, 8) !== "SIP/2.0 ";
}

function sipFrame(frame: Frame): SipFrame {
  const text = frame.sip?.toString() ?? "";
  const blank = text.indexOf("\r\n\r\n");
  return {
    fields: frame.fields,
    transactionId: frame.fields[6] ?? "",
    dialogId: frame.fields[7] ?? "",
    line: text.slice(0, text.indexOf("\r\n")),
    text,
    body: blank < 0 ? "" : text.slice(blank + 4),
  };
}
