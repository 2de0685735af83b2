import { createSocket, type Socket } from "node:dgram";
import { randomBytes } from "node:crypto";
import { until } from "./until.ts";

/**
 * A very small SIP user agent on UDP whose every byte is in the test's hands: no transactions, no retransmission, no
 * dialog checks. For peers that behave badly, and for carrying descriptions in media tests.
 */
export interface SipMessage {
  /** Request or status line. */
  readonly line: string;
  /** 0 for a request. */
  readonly status: number;
  /** Of the request, or of CSeq in a response. */
  readonly method: string;
  /** Header values by lower-case name, one entry a header line. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
  readonly raw: string;
  readonly from: { readonly address: string; readonly port: number };
  /** When it came, in milliseconds since the epoch. */
  readonly at: number;
}

/** What a dialog needs to send its next request; plain and open, so that a test can spoil it. */
export interface SipDialog {
  readonly callId: string;
  readonly localTag: string;
  localUri: string;
  remoteUri: string;
  remoteTag?: string;
  target: string;
  cseq: number;
  peer: { address: string; port: number };
}

export interface RequestOptions {
  readonly body?: string;
  readonly contentType?: string;
  /** More header lines, as they are. */
  readonly headers?: readonly string[];
  readonly cseq?: number;
  readonly branch?: string;
}

export const newBranch = (): string => `z9hG4bK${token()}`;
const token = (): string => randomBytes(8).toString("hex");

export class SipUa {
  readonly messages: SipMessage[] = [];
  readonly user: string;
  /** Answers these requests with 200 by itself. */
  readonly autoOk = new Set(["BYE", "INFO", "OPTIONS", "CANCEL", "NOTIFY", "MESSAGE", "UPDATE", "PRACK"]);
  readonly #socket: Socket;
  readonly #taken = new Set<SipMessage>();
  readonly #arrived: (() => void)[] = [];
  readonly address: string;
  port = 0;

  private constructor(user: string, socket: Socket) {
    this.user = user;
    this.#socket = socket;
    ({ address: this.address, port: this.port } = socket.address());
    socket.on("message", (data, from) => this.#receive(data.toString("utf8"), from));
  }

  /** `address`: another one of loopback, for what is counted by source address. */
  static async open(user = "peer", port = 0, address = "127.0.0.1"): Promise<SipUa> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(port, address, resolve);
    });
    return new SipUa(user, socket);
  }

  get uri(): string {
    return `sip:${this.user}@${this.address}:${this.port}`;
  }

  /** The next message that fits and that nobody has taken yet, also one that has already come. */
  next(what: string, fits: (message: SipMessage) => boolean, withinMs = 8000): Promise<SipMessage> {
    return until(
      `${what} at ${this.uri} (seen ${this.messages.map((message) => message.line).join(" | ")})`,
      () => {
        const found = this.messages.find((message) => !this.#taken.has(message) && fits(message));
        if (found) this.#taken.add(found);
        return found;
      },
      withinMs,
    );
  }

  /** Resolves with the next message that comes, at once: for measuring time. */
  arrival(): Promise<void> {
    return new Promise((resolve) => this.#arrived.push(resolve));
  }

  /** The next request of `method`; a copy that was sent because our answer took long is not one. */
  request(method: string, withinMs?: number): Promise<SipMessage> {
    const fits = (message: SipMessage): boolean =>
      message.status === 0 && message.method === method && (method === "ACK" || !this.#isCopy(message));
    return this.next(method, fits, withinMs);
  }

  /** RFC 3261 17.1: a retransmission is the same to the byte. */
  #isCopy(message: SipMessage): boolean {
    return this.messages.find(({ raw }) => raw === message.raw) !== message;
  }

  /** The final answer to a request of `method` in the dialog; a challenge that came twice is one, copies of others count. */
  final(dialog: SipDialog, method: string, withinMs?: number): Promise<SipMessage> {
    const fits = (message: SipMessage): boolean =>
      message.status >= 200 &&
      message.method === method &&
      only(message, "call-id") === dialog.callId &&
      !([401, 407].includes(message.status) && this.#isCopy(message));
    return this.next(`final answer to ${method}`, fits, withinMs);
  }

  /** Sends these bytes and nothing else. */
  raw(bytes: string | Buffer, to: { address: string; port: number }): void {
    this.#socket.send(bytes, to.port, to.address);
  }

  /** A dialog of which nothing has been sent yet. */
  dialog(uri: string, peer: { address: string; port: number }): SipDialog {
    return { callId: token(), localTag: token(), localUri: this.uri, remoteUri: uri, target: uri, cseq: 0, peer };
  }

  /** The called side's view of the dialog that `invite` would make. */
  dialogOf(invite: SipMessage): SipDialog {
    return {
      callId: only(invite, "call-id"),
      localTag: token(),
      localUri: uriIn(only(invite, "to")),
      remoteUri: uriIn(only(invite, "from")),
      remoteTag: tagIn(only(invite, "from")),
      target: uriIn(only(invite, "contact")),
      cseq: 100,
      peer: invite.from,
    };
  }

  send(dialog: SipDialog, method: string, options: RequestOptions = {}): void {
    const { body = "", contentType = "application/sdp", headers = [] } = options;
    const cseq = options.cseq ?? ++dialog.cseq;
    this.raw(
      [
        `${method} ${dialog.target} SIP/2.0`,
        `Via: SIP/2.0/UDP ${this.address}:${this.port};branch=${options.branch ?? newBranch()};rport`,
        "Max-Forwards: 70",
        `From: <${dialog.localUri}>;tag=${dialog.localTag}`,
        `To: <${dialog.remoteUri}>${dialog.remoteTag ? `;tag=${dialog.remoteTag}` : ""}`,
        `Call-ID: ${dialog.callId}`,
        `CSeq: ${cseq} ${method}`,
        ...(headers.some((line) => /^contact:/i.test(line)) ? [] : [`Contact: <${this.uri}>`]),
        ...headers,
        ...(body ? [`Content-Type: ${contentType}`] : []),
        `Content-Length: ${Buffer.byteLength(body)}`,
        "",
        body,
      ].join("\r\n"),
      dialog.peer,
    );
  }

  /** Sends INVITE, waits for the final answer, sends ACK. The dialog is then up to date. */
  async invite(dialog: SipDialog, options: RequestOptions = {}): Promise<SipMessage> {
    const branch = newBranch();
    this.send(dialog, "INVITE", { branch, ...options });
    const final = await this.final(dialog, "INVITE");
    dialog.remoteTag = tagIn(only(final, "to"));
    const target = final.headers.get("contact")?.[0];
    if (final.status < 300 && target) dialog.target = uriIn(target);
    const branchOfAck = final.status < 300 ? newBranch() : branch;
    this.send(dialog, "ACK", { cseq: dialog.cseq, branch: branchOfAck });
    return final;
  }

  /** Answers a request. `tag` is the To tag when the request had none. */
  reply(request: SipMessage, status: number, reason: string, options: RequestOptions & { tag?: string } = {}): void {
    const { body = "", contentType = "application/sdp", headers = [], tag = `ua${this.port}` } = options;
    const to = only(request, "to");
    const copied = (name: string, print: string): string[] =>
      (request.headers.get(name) ?? []).map((value) => `${print}: ${value}`);
    this.raw(
      [
        `SIP/2.0 ${status} ${reason}`,
        ...copied("via", "Via"),
        ...copied("record-route", "Record-Route"),
        `From: ${only(request, "from")}`,
        `To: ${/;\s*tag=/i.test(to) || status === 100 ? to : `${to};tag=${tag}`}`,
        `Call-ID: ${only(request, "call-id")}`,
        `CSeq: ${only(request, "cseq")}`,
        ...(headers.some((line) => /^contact:/i.test(line)) ? [] : [`Contact: <${this.uri}>`]),
        ...headers,
        ...(body ? [`Content-Type: ${contentType}`] : []),
        `Content-Length: ${Buffer.byteLength(body)}`,
        "",
        body,
      ].join("\r\n"),
      request.from,
    );
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }

  #receive(raw: string, from: { address: string; port: number }): void {
    const message = parse(raw, from);
    if (!message) return;
    this.messages.push(message);
    for (const told of this.#arrived.splice(0)) told();
    if (message.status === 0 && this.autoOk.has(message.method)) this.reply(message, 200, "OK");
  }
}

/** The first value of a header, empty when there is none. */
export const only = (message: SipMessage, name: string): string => message.headers.get(name)?.[0] ?? "";
export const uriIn = (value: string): string => /<([^>]+)>/.exec(value)?.[1] ?? value.split(";")[0] ?? "";
export const tagIn = (value: string): string => /;\s*tag=([^;>\s]+)/i.exec(value)?.[1] ?? "";

const compact: Record<string, string> = {
  v: "via",
  f: "from",
  t: "to",
  i: "call-id",
  m: "contact",
  l: "content-length",
};

function parse(raw: string, from: { address: string; port: number }): SipMessage | undefined {
  const end = raw.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [line = "", ...lines] = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, " ")
    .split("\r\n");
  const headers = new Map<string, string[]>();
  for (const text of lines) {
    const colon = text.indexOf(":");
    const written = text.slice(0, colon).trim().toLowerCase();
    const name = compact[written] ?? written;
    headers.set(name, [...(headers.get(name) ?? []), text.slice(colon + 1).trim()]);
  }
  const status = Number(/^SIP\/2\.0 (\d{3})/.exec(line)?.[1] ?? 0);
  const method = status ? (headers.get("cseq")?.[0]?.split(/\s+/)[1] ?? "") : (line.split(" ")[0] ?? "");
  return { line, status, method, headers, body: raw.slice(end + 4), raw, from, at: Date.now() };
}
