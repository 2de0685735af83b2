import type { HeaderValues, InRequest, InResponse, OutRequest, ResponseOptions, SentResponse, Source } from "./link.ts";

/** What we use of drachtio-srf's Request and Response objects. */
interface SrfMessage {
  get(name: string): string | undefined;
  body?: string;
  source_address: string;
  source_port: number;
  protocol: string;
  stackTxnId: string;
  stackDialogId: string;
}

export interface SrfInRequest extends SrfMessage {
  method: string;
  uri: string;
  source: "network" | "application";
  on(event: "cancel", listener: (message: { get(name: string): string | undefined }) => void): void;
  on(event: "update", listener: (req: SrfInRequest, res: SrfResponse) => void): void;
}

export interface SrfResponse extends SrfMessage {
  status: number;
  reason: string;
  meta: { dialogId?: string };
  send(
    status: number,
    reason: string | undefined,
    options: object,
    done: (fault: unknown, message: { get(name: string): string | undefined }) => void,
  ): void;
}

export interface SrfOutRequest extends SrfMessage {
  uri: string;
  on(event: "response", listener: (res: SrfResponse, ack: (options?: object) => void) => void): void;
  on(event: "update", listener: (req: SrfInRequest, res: SrfResponse) => void): void;
  cancel(options: object, done: (fault: Error | null) => void): void;
}

const unsolicited = "unsolicited";

export function incoming(
  req: SrfInRequest,
  _res: SrfResponse,
  respond: (options: ResponseOptions) => Promise<SentResponse>,
): InRequest {
  return {
    method: req.method,
    uri: req.uri,
    callId: req.get("call-id") ?? "",
    transactionId: req.stackTxnId,
    dialogId: req.stackDialogId ?? "",
    source: sourceOf(req),
    unsolicited: req.stackTxnId === unsolicited,
    header: (name) => req.get(name),
    body: req.body ?? "",
    respond,
    onCancel: (listener) => req.on("cancel", (message) => listener(message.get("reason"))),
  };
}

export function outgoing(
  req: SrfOutRequest,
  cancel: (req: SrfOutRequest, headers: HeaderValues) => Promise<void>,
): OutRequest {
  const early: InResponse[] = [];
  let tell = (received: InResponse): void => void early.push(received);
  req.on("response", (res, ack) => tell(response(res, ack)));
  return {
    uri: req.uri,
    transactionId: req.stackTxnId,
    callId: req.get("call-id") ?? "",
    header: (name) => req.get(name),
    body: req.body ?? "",
    onResponse: (listener) => {
      tell = listener;
      for (const received of early.splice(0)) listener(received);
    },
    cancel: (headers = {}) => cancel(req, headers),
  };
}

function response(res: SrfResponse, ack: (options?: object) => void): InResponse {
  return {
    status: res.status,
    reason: res.reason,
    dialogId: res.stackDialogId ?? "",
    source: sourceOf(res),
    header: (name) => res.get(name),
    body: res.body ?? "",
    ack: (options = {}) => ack({ ...options, headers: { ...options.headers } }),
  };
}

/** drachtio-server says `tcp` for WebSocket, so there the top Via tells; it is the sender's word and counts no further. */
function sourceOf(message: SrfMessage): Source {
  const via = /^SIP\s*\/\s*2\.0\s*\/\s*(WSS?)\b/i.exec(message.get("via") ?? "")?.[1]?.toLowerCase();
  const transport = message.protocol === "tcp" && via !== undefined ? via : message.protocol;
  return { address: message.source_address, port: message.source_port, transport };
}
