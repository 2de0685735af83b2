import type { Clock } from "../base/clock.ts";
import type { Description } from "../call/leg.ts";
import { momentOf, WireTap, type Endpoint, type Moment, type WireListener } from "../call/wire.ts";
import { sdpOf } from "./body.ts";
import type {
  HeaderValues,
  InRequest,
  InResponse,
  MessageView,
  OutRequest,
  OutRequestOptions,
  ResponseOptions,
  SentResponse,
  SipLink,
} from "./link.ts";
import { endpointOf, headerLines, sentBy, shown } from "./message-note.ts";
import { phraseOf } from "./status-phrases.ts";
import { TapedInRequest, TapedOutRequest, TapedResponse } from "./taped-messages.ts";

/** A message as it is told. `far`: where it came from or went to. */
interface Message {
  readonly direction: "in" | "out";
  readonly line: string;
  header(name: string): string | undefined;
  readonly description?: Description | undefined;
  readonly far?: Endpoint | undefined;
  readonly moment?: Moment;
}

/** Tells what passes of one call on the SIP side: a leg uses its link, and requests to it, through this. */
export class SipTape {
  readonly #clock: Clock;
  readonly #tap: WireTap;
  #near: Endpoint | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#tap = new WireTap(clock);
  }

  listen(listener: WireListener): void {
    this.#tap.listen(listener);
  }

  /** The same link: what is sent through it is told, and what comes back. */
  link(link: SipLink): SipLink {
    return {
      get isUp() {
        return link.isUp;
      },
      on: (event, listener) => link.on(event, listener),
      request: (options) => this.#request(link, options),
    };
  }

  /** The same request: it is told, and what it is answered with. */
  request(request: InRequest): InRequest {
    if (request.unsolicited) return request;
    this.#near ??= endpointOf(request.uri);
    const { source: far, method, uri } = request;
    const description = describedIn(request, method === "ACK" || method === "PRACK" ? "answer" : "offer");
    this.#tell({ direction: "in", line: requestLine(method, uri), ...viewOf(request), description, far });
    return new TapedInRequest(request, {
      answered: (options, sent) => this.#answered(request, options, sent, responseKind(description)),
      cancelled: (reason) => this.#cancelled(request, reason),
    });
  }

  async #request(link: SipLink, options: OutRequestOptions): Promise<OutRequest> {
    const moment = momentOf(this.#clock);
    const sent = await link.request(options);
    this.#near = sentBy(sent.header("via")) ?? this.#near;
    const far = endpointOf(options.proxy ?? sent.uri);
    const description = describedIn(sent, "offer");
    this.#tell({
      direction: "out",
      line: requestLine(options.method, sent.uri),
      ...viewOf(sent),
      description,
      far,
      moment,
    });
    return new TapedOutRequest(sent, {
      response: (response) => this.#response(sent, response, responseKind(description)),
      cancelled: (headers) => {
        const header = likeRequest(sent, "CANCEL", headers);
        this.#tell({ direction: "out", line: requestLine("CANCEL", sent.uri), header, far });
      },
    });
  }

  #response(sent: OutRequest, response: InResponse, kind: Description["kind"]): InResponse {
    const { status, reason, source } = response;
    const line = statusLine(status, reason);
    // RFC 3261 17.1.1.2: what our own SIP server says when nothing came is no message.
    const made = source.address === "";
    if (made) this.#tell({ direction: "in", line: `${line} (made here: nothing came)`, header: () => undefined });
    else
      this.#tell({ direction: "in", line, ...viewOf(response), description: describedIn(response, kind), far: source });
    return new TapedResponse(response, ({ headers = {}, body }) => {
      const method = status < 200 ? "PRACK" : "ACK";
      const uri = /<([^>]+)>/.exec(response.header("contact") ?? "")?.[1] ?? sent.uri;
      const description = body === undefined ? undefined : ({ kind: "answer", sdp: body, generation: 1 } as const);
      const header = likeRequest(response, method, headers);
      this.#tell({
        direction: "out",
        line: requestLine(method, uri),
        header,
        description,
        far: made ? undefined : source,
      });
    });
  }

  #answered(request: InRequest, options: ResponseOptions, { to }: SentResponse, kind: Description["kind"]): void {
    const { status, reason = "", headers = {}, body = "" } = options;
    const header = (name: string): string | undefined =>
      name === "To" ? to : (valueIn(headers, name) ?? (echoed.has(name) ? request.header(name) : undefined));
    const description = describedIn({ header: (name) => valueIn(headers, name), body }, kind);
    this.#tell({ direction: "out", line: statusLine(status, reason), header, description, far: request.source });
  }

  /** The SIP server has answered by itself (RFC 3261 9.2). */
  #cancelled(request: InRequest, reason: string | undefined): void {
    const { source: far, uri } = request;
    const header = likeRequest(request, "CANCEL", reason === undefined ? {} : { Reason: reason });
    this.#tell({ direction: "in", line: requestLine("CANCEL", uri), header, far });
    this.#tell({ direction: "out", line: statusLine(487, ""), header: likeRequest(request, "INVITE"), far });
  }

  #tell({ direction, line, header, description, far, moment }: Message): void {
    const ends = { ...(this.#near && { near: this.#near }), ...(far && far.address !== "" && { far }) };
    const headers = headerLines(header);
    const fact = { protocol: "sip", direction, line, headers, ...ends, ...(description && { description }) } as const;
    this.#tap.tell(fact, moment);
  }
}

const requestLine = (method: string, uri: string): string => `${method} ${shown(uri)} SIP/2.0`;
const statusLine = (status: number, reason: string): string => `SIP/2.0 ${status} ${reason || phraseOf(status)}`;

const viewOf = (message: MessageView): Pick<Message, "header"> => ({ header: (name) => message.header(name) });

function describedIn(message: MessageView, kind: Description["kind"]): Description | undefined {
  const sdp = sdpOf(message);
  return sdp === undefined ? undefined : { kind, sdp, generation: 1 };
}

/** RFC 3264: the response to an offer answers it; without one it makes its own. */
const responseKind = (offered: Description | undefined): Description["kind"] => (offered ? "answer" : "offer");

/** RFC 3261 8.2.6.2: what a response takes from its request. */
const echoed: ReadonlySet<string> = new Set(["Via", "From", "To", "Call-ID", "CSeq"]);

const valueIn = (headers: HeaderValues, name: string): string | undefined =>
  Object.entries(headers).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];

/** The headers of an ACK, PRACK or CANCEL, which we do not see: those of what it belongs to (RFC 3261 9.1, 13.2.2.4). */
function likeRequest(base: MessageView, method: string, headers: HeaderValues = {}): Message["header"] {
  return (name) => {
    if (name === "CSeq") return `${Number.parseInt(base.header("cseq") ?? "1", 10)} ${method}`;
    return valueIn(headers, name) ?? (echoed.has(name) ? base.header(name) : undefined);
  };
}
