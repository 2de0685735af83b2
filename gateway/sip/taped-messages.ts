import type { HeaderValues, InRequest, InResponse, OutRequest, ResponseOptions, SentResponse, Source } from "./link.ts";

type Acknowledgement = NonNullable<Parameters<InResponse["ack"]>[0]>;

/** Hears of what becomes of a request that arrived. */
export interface InRequestWitness {
  answered(options: ResponseOptions, sent: SentResponse): void;
  cancelled(reason: string | undefined): void;
}

/** A request that arrived, whose responses and cancellation somebody hears of first. */
export class TapedInRequest implements InRequest {
  readonly #request: InRequest;
  readonly #witness: InRequestWitness;

  constructor(request: InRequest, witness: InRequestWitness) {
    this.#request = request;
    this.#witness = witness;
  }

  get method(): string {
    return this.#request.method;
  }

  get uri(): string {
    return this.#request.uri;
  }

  get callId(): string {
    return this.#request.callId;
  }

  get transactionId(): string {
    return this.#request.transactionId;
  }

  get dialogId(): string {
    return this.#request.dialogId;
  }

  get source(): Source {
    return this.#request.source;
  }

  get unsolicited(): boolean {
    return this.#request.unsolicited;
  }

  get body(): string {
    return this.#request.body;
  }

  header(name: string): string | undefined {
    return this.#request.header(name);
  }

  respond(options: ResponseOptions): Promise<SentResponse> {
    return this.#request.respond({
      ...options,
      onSent: (sent) => {
        this.#witness.answered(options, sent);
        options.onSent?.(sent);
      },
    });
  }

  onCancel(listener: (reason: string | undefined) => void): void {
    this.#request.onCancel((reason) => {
      this.#witness.cancelled(reason);
      listener(reason);
    });
  }
}

/** Hears of what becomes of a request that was sent. */
export interface OutRequestWitness {
  response(response: InResponse): InResponse;
  cancelled(headers: HeaderValues): void;
}

/** A request that was sent, whose responses and cancellation somebody hears of first. */
export class TapedOutRequest implements OutRequest {
  readonly #request: OutRequest;
  readonly #witness: OutRequestWitness;

  constructor(request: OutRequest, witness: OutRequestWitness) {
    this.#request = request;
    this.#witness = witness;
  }

  get uri(): string {
    return this.#request.uri;
  }

  get transactionId(): string {
    return this.#request.transactionId;
  }

  get callId(): string {
    return this.#request.callId;
  }

  get body(): string {
    return this.#request.body;
  }

  header(name: string): string | undefined {
    return this.#request.header(name);
  }

  onResponse(listener: (response: InResponse) => void): void {
    this.#request.onResponse((response) => listener(this.#witness.response(response)));
  }

  cancel(headers: HeaderValues = {}): Promise<void> {
    this.#witness.cancelled(headers);
    return this.#request.cancel(headers);
  }
}

/** A response whose acknowledgement somebody hears of first. */
export class TapedResponse implements InResponse {
  readonly #response: InResponse;
  readonly #acknowledged: (options: Acknowledgement) => void;

  constructor(response: InResponse, acknowledged: (options: Acknowledgement) => void) {
    this.#response = response;
    this.#acknowledged = acknowledged;
  }

  get status(): number {
    return this.#response.status;
  }

  get reason(): string {
    return this.#response.reason;
  }

  get dialogId(): string {
    return this.#response.dialogId;
  }

  get source(): Source {
    return this.#response.source;
  }

  get body(): string {
    return this.#response.body;
  }

  header(name: string): string | undefined {
    return this.#response.header(name);
  }

  ack(options: Acknowledgement = {}): void {
    this.#acknowledged(options);
    this.#response.ack(options);
  }
}
