/** SIP as the rest of this folder sees it: requests and responses of one SIP server, without drachtio-srf. */

export type HeaderValues = Readonly<Record<string, string>>;

export interface LinkInfo {
  /** `proto/host:port` of each listener. */
  readonly hostports: readonly string[];
  readonly version: string;
  /** Announced behind `+` in the version: `fork`, `spiral`, `body64`, `route`, `adopt`. */
  readonly capabilities: ReadonlySet<string>;
}

export interface SipLinkEvents {
  up: [LinkInfo];
  down: [why: string];
  request: [InRequest];
}

/** Where a message came from. */
export interface Source {
  readonly address: string;
  readonly port: number;
  /** `udp`, `tcp`, `ws`, `tls`, `wss`. */
  readonly transport: string;
}

/** A header as sent; several of one name are joined with commas, authentication headers stand one a line. */
export interface MessageView {
  header(name: string): string | undefined;
  readonly body: string;
}

export interface ResponseOptions {
  readonly status: number;
  readonly reason?: string;
  readonly headers?: HeaderValues;
  readonly body?: string;
  /** Called in the turn in which the SIP server confirms, before any later frame of it is looked at. */
  readonly onSent?: (sent: SentResponse) => void;
}

export interface SentResponse {
  /** Empty for requests that make no dialog. */
  readonly dialogId: string;
  /** The To header with our tag. */
  readonly to: string;
}

/** A request that arrived. */
export interface InRequest extends MessageView {
  readonly method: string;
  readonly uri: string;
  readonly callId: string;
  readonly transactionId: string;
  /** Empty for a request outside a dialog. */
  readonly dialogId: string;
  readonly source: Source;
  /** Made by the SIP server itself (ACK timeout and the like); no answer is possible. */
  readonly unsolicited: boolean;
  /** @throws LinkDown, SipServerRefusal, DeadlineError */
  respond(options: ResponseOptions): Promise<SentResponse>;
  /** The far end cancelled; the SIP server has already answered 487. `reason`: its Reason header. */
  onCancel(listener: (reason: string | undefined) => void): void;
}

export interface InResponse extends MessageView {
  readonly status: number;
  readonly reason: string;
  readonly dialogId: string;
  readonly source: Source;
  /** ACK of a 2xx, or PRACK of a reliable 1xx (RFC 3262). */
  ack(options?: { readonly headers?: HeaderValues; readonly body?: string }): void;
}

export interface OutRequestOptions {
  readonly method: string;
  /** Absent inside a dialog: the SIP server knows the remote target. */
  readonly uri?: string;
  readonly headers?: HeaderValues;
  readonly body?: string;
  readonly dialogId?: string;
  readonly transactionId?: string;
  /** Next hop as a SIP URI, when it is not the Request-URI's. */
  readonly proxy?: string;
}

/** A request that was sent. */
export interface OutRequest extends MessageView {
  /** The Request-URI that went out; inside a dialog the remote target. */
  readonly uri: string;
  readonly transactionId: string;
  readonly callId: string;
  /** Every response but 100, provisional ones included; those that came before the listener too. One listener. */
  onResponse(listener: (response: InResponse) => void): void;
  cancel(headers?: HeaderValues): Promise<void>;
}

/** @see ControlLink, which implements it */
export interface SipLink {
  readonly isUp: boolean;
  /** Rejects with LinkDown, SipServerRefusal or DeadlineError. */
  request(options: OutRequestOptions): Promise<OutRequest>;
  on<K extends keyof SipLinkEvents>(event: K, listener: (...args: SipLinkEvents[K]) => void): () => void;
}
