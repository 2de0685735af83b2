import assert from "node:assert/strict";
import { Emitter } from "../../gateway/base/emitter.ts";
import { LinkDown } from "../../gateway/sip/control-link.ts";
import { checkHeaders } from "../../gateway/sip/headers.ts";
import type {
  HeaderValues,
  InRequest,
  InResponse,
  OutRequest,
  OutRequestOptions,
  ResponseOptions,
  SentResponse,
  SipLink,
  SipLinkEvents,
  Source,
} from "../../gateway/sip/link.ts";

const network: Source = { address: "192.0.2.7", port: 5060, transport: "udp" };

type Headers = Record<string, string>;
const lower = (headers: HeaderValues = {}): Headers =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** A SIP server that a test plays: it keeps what is sent and hands up what the test says. */
export class FakeSipLink extends Emitter<SipLinkEvents> implements SipLink {
  isUp = true;
  readonly sent: FakeOutRequest[] = [];

  async request(options: OutRequestOptions): Promise<OutRequest> {
    if (!this.isUp) throw new LinkDown();
    checkHeaders(options.headers);
    const request = new FakeOutRequest(options, this.sent.length + 1);
    this.sent.push(request);
    return request;
  }

  /** A request arrives. */
  receive(options: IncomingOptions): FakeInRequest {
    const request = new FakeInRequest(options);
    this.emit("request", request);
    return request;
  }

  lose(): void {
    this.isUp = false;
    this.emit("down", "lost");
  }

  get methods(): readonly string[] {
    return this.sent.map((request) => request.options.method);
  }

  /** The last request of `method`. */
  last(method: string): FakeOutRequest {
    const found = this.sent.findLast((request) => request.options.method === method);
    assert.ok(found, `no ${method} was sent, but: ${this.methods.join(", ")}`);
    return found;
  }
}

export interface Acknowledgement {
  readonly headers?: HeaderValues;
  readonly body?: string;
}

export interface FakeResponse {
  readonly headers?: Headers;
  readonly body?: string;
  readonly dialogId?: string;
  /** Made by the SIP server itself. */
  readonly made?: boolean;
}

export class FakeOutRequest implements OutRequest {
  readonly options: OutRequestOptions;
  readonly transactionId: string;
  readonly callId: string;
  /** Headers of each CANCEL. */
  readonly cancels: HeaderValues[] = [];
  /** ACKs and PRACKs, of all responses. */
  readonly acks: Acknowledgement[] = [];
  readonly #headers: Headers;
  #tell: (response: InResponse) => void = () => assert.fail("nobody listens for responses");

  constructor(options: OutRequestOptions, serial: number) {
    this.options = options;
    this.transactionId = options.transactionId ?? `out-${serial}`;
    this.#headers = { cseq: `${serial} ${options.method}`, ...lower(options.headers) };
    this.#headers["from"] &&= `${this.#headers["from"].replace(/;tag=.*/, "")};tag=ours`;
    this.callId = this.#headers["call-id"] ?? `call-${serial}`;
  }

  get body(): string {
    return this.options.body ?? "";
  }

  get uri(): string {
    return this.options.uri ?? "sip:target@192.0.2.7";
  }

  header(name: string): string | undefined {
    return this.#headers[name.toLowerCase()];
  }

  onResponse(listener: (response: InResponse) => void): void {
    this.#tell = listener;
  }

  async cancel(headers: HeaderValues = {}): Promise<void> {
    this.cancels.push(headers);
  }

  respond(status: number, { headers = {}, body = "", dialogId = "dialog-1", made = false }: FakeResponse = {}): void {
    const known = lower(headers);
    this.#tell({
      status,
      reason: "",
      dialogId,
      source: made ? { address: "", port: 0, transport: "" } : network,
      header: (name) => known[name.toLowerCase()],
      body,
      ack: (options = {}) => void this.acks.push(options),
    });
  }
}

export interface IncomingOptions {
  readonly method: string;
  readonly uri?: string;
  readonly headers?: Headers;
  readonly body?: string;
  readonly dialogId?: string;
  readonly callId?: string;
  readonly transactionId?: string;
  readonly source?: Partial<Source>;
  readonly unsolicited?: boolean;
}

let serial = 0;

export class FakeInRequest implements InRequest {
  readonly method: string;
  readonly uri: string;
  readonly callId: string;
  readonly transactionId: string;
  readonly dialogId: string;
  readonly source: Source;
  readonly unsolicited: boolean;
  readonly body: string;
  readonly responses: ResponseOptions[] = [];
  /** Responses wait for `confirm` while this is set. */
  held = false;
  /** Set when the SIP server refuses every response: the transaction is over. */
  fault: Error | undefined;
  readonly #headers: Headers;
  #waiting: (() => void)[] = [];
  #cancelled: ((reason: string | undefined) => void)[] = [];

  constructor(options: IncomingOptions) {
    serial += 1;
    this.method = options.method;
    this.uri = options.uri ?? "sip:bob@a.example";
    this.callId = options.callId ?? `call-in-${serial}`;
    this.transactionId = options.transactionId ?? `in-${serial}`;
    this.dialogId = options.dialogId ?? "";
    this.source = { ...network, ...options.source };
    this.unsolicited = options.unsolicited ?? false;
    this.body = options.body ?? "";
    this.#headers = lower(options.headers);
  }

  header(name: string): string | undefined {
    return this.#headers[name.toLowerCase()];
  }

  async respond(options: ResponseOptions): Promise<SentResponse> {
    checkHeaders(options.headers);
    if (this.held) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.fault) throw this.fault;
    this.responses.push(options);
    const dialogId = this.dialogId || (this.method === "INVITE" && options.status < 300 ? `d-${this.callId}` : "");
    const sent = { dialogId, to: "<sip:bob@a.example>;tag=ours" };
    options.onSent?.(sent);
    return sent;
  }

  /** The SIP server has taken the responses that wait, or refuses them. */
  confirm(fault?: Error): void {
    this.held = false;
    this.fault = fault;
    for (const go of this.#waiting.splice(0)) go();
  }

  onCancel(listener: (reason: string | undefined) => void): void {
    this.#cancelled.push(listener);
  }

  cancel(reason?: string): void {
    for (const listener of this.#cancelled) listener(reason);
  }

  get statuses(): readonly number[] {
    return this.responses.map(({ status }) => status);
  }

  get last(): ResponseOptions {
    const last = this.responses.at(-1);
    assert.ok(last, `${this.method} was not answered`);
    return last;
  }
}
