import { afterReading, type Clock } from "../../base/clock.ts";
import { Emitter } from "../../base/emitter.ts";
import { randomToken } from "../../base/ids.ts";
import { type Envelope, readEnvelope } from "../../sip-syntax/envelope.ts";
import { messageOf } from "../../base/errors.ts";
import { printMessage, type SipRequest } from "../../sip-syntax/message.ts";
import { tagOf } from "../../sip-syntax/name-addr.ts";
import { bracketed, unbracketed } from "../../sip-syntax/uri.ts";
import { branchOf, magicCookie, parseForeignVia, parseVia, splitTopVia } from "../../sip-syntax/via.ts";
import { type Arrival, type Direction, type Flaw, type Flow, type Hop, protocols } from "../transport/flow.ts";
import type { TransportLayer } from "../transport/transport-layer.ts";
import { bareResponse } from "./bare-response.ts";
import { type ClientContext, ClientTransaction, type ClientUser } from "./client-transaction.ts";
import { completeVia } from "./received-via.ts";
import { type Gate, isNewcomer, Refusals } from "./refusals.ts";
import { type ServerContext, ServerTransaction } from "./server-transaction.ts";
import { type Milestone, SetUpWatch } from "./set-up-watch.ts";
import type { Timers } from "./timers.ts";
import { clientKey, mergeKey, serverKey } from "./transaction-key.ts";

export interface TransactionEvents {
  /** A new request. An INVITE has its 100 already. */
  request: [ServerTransaction];
  /** An ACK that belongs to no failed INVITE: one for a 2xx, or a stray one. */
  ack: [Arrival, Envelope];
  /** A CANCEL and the INVITE that it is for, or undefined. */
  cancel: [ServerTransaction, invite: ServerTransaction | undefined];
  /** A response that no transaction waits for: a 2xx whose INVITE is long over, or a stray one. */
  "stray response": [Arrival, Envelope];
  /** For counters; `status` is 0 for a request. */
  traffic: [kind: Traffic, method: string, status: number];
  /** How long a call, received or sent, took to get so far; in milliseconds. */
  "set up": [direction: Direction, milestone: Milestone, ms: number];
  /** A new request was refused, for this reason. */
  refused: [why: string];
}

/** A message for the first time, or once more because of a retransmission; `bad` lacks what it must have. */
export type Traffic = Direction | `${Direction} again` | "bad";

/** Matches messages to transactions (RFC 3261 17) and makes new ones. */
export class TransactionLayer {
  readonly events = new Emitter<TransactionEvents>();
  readonly timers: Timers;
  readonly #transport: TransportLayer;
  readonly #clients = new Map<string, ClientTransaction>();
  readonly #servers = new Map<string, ServerTransaction>();
  /** Requests received outside dialogs, by what a merged copy would share. */
  readonly #merges = new Map<string, ServerTransaction>();
  /** New INVITEs without a final answer. */
  readonly #unanswered = new Set<ServerTransaction>();
  readonly #received: SetUpWatch<ServerTransaction>;
  readonly #sent: SetUpWatch<ClientTransaction>;
  readonly #refusals: Refusals;
  readonly #clientContext: ClientContext;
  readonly #serverContext: ServerContext;
  /** Have their final response, and are settled when all that this leads to has happened. */
  #settling: (ClientTransaction | ServerTransaction)[] = [];
  /** Asked about each new request. */
  gate: Gate = () => undefined;

  constructor(transport: TransportLayer, clock: Clock, timers: Timers) {
    this.#transport = transport;
    this.timers = timers;
    this.#received = new SetUpWatch(clock, (milestone, ms) => this.events.emit("set up", "in", milestone, ms));
    this.#sent = new SetUpWatch(clock, (milestone, ms) => this.events.emit("set up", "out", milestone, ms));
    this.#refusals = new Refusals(clock, timers.H);
    this.#clientContext = {
      clock,
      timers,
      sent: (method, again) => this.events.emit("traffic", again ? "out again" : "out", method, 0),
      answered: (transaction) => this.#settleLater(transaction),
      ended: (transaction) => {
        this.#clients.delete(transaction.key);
        this.#sent.ended(transaction);
      },
    };
    this.#serverContext = {
      clock,
      timers,
      respond: (of, bytes, failed) => this.#sendResponse(of, bytes, failed),
      responded: (of, status, again) => this.#responded(of, status, again),
      ended: (transaction) => this.#serverEnded(transaction),
    };
    transport.events.on("arrival", (arrival) => this.#receive(arrival));
    transport.events.on("closed", (flow) => this.#flowClosed(flow));
  }

  get size(): number {
    return this.#clients.size + this.#servers.size;
  }

  /** New INVITEs without a final answer. */
  get unanswered(): number {
    return this.#unanswered.size;
  }

  /** True while somebody waits for an answer, we or a peer. */
  get waiting(): boolean {
    const open = (one: { readonly state: string }): boolean => isOpen.has(one.state);
    return [...this.#clients.values()].some(open) || [...this.#servers.values()].some(open);
  }

  /** Adds our Via to the request and makes its transaction, which `start()` sends. @param mark the end of its branch */
  client(request: SipRequest, flow: Flow, user: ClientUser, mark = ""): ClientTransaction {
    const branch = newBranch() + mark;
    request.headers.addFirst("Via", viaFor(flow, branch));
    const key = clientKey(branch, request.method);
    const transaction = this.#client(key, request, flow, user);
    if (request.method === "INVITE" && tagOf(request.headers.get("To") ?? "") === undefined) {
      this.#sent.began(transaction);
    }
    return transaction;
  }

  /** A CANCEL goes with the INVITE's own Via, and so matches by branch (RFC 3261 9.1). */
  clientForCancel(cancel: SipRequest, flow: Flow, user: ClientUser): ClientTransaction {
    const key = clientKey(branchOf(parseVia(cancel.headers.get("Via") ?? "")), "CANCEL");
    return this.#client(key, cancel, flow, user);
  }

  /** Sends an ACK for a 2xx: no transaction, no answer (RFC 3261 13.2.2.4). Returns the bytes, to be sent again. */
  sendAck(ack: SipRequest, flow: Flow, failed: () => void): Buffer {
    ack.headers.addFirst("Via", viaFor(flow, newBranch()));
    const bytes = printMessage(ack);
    flow.send(bytes, failed);
    this.events.emit("traffic", "out", "ACK", 0);
    return bytes;
  }

  /** Answers a request with nothing but a status, and `more` headers. */
  reply(
    transaction: ServerTransaction,
    status: number,
    reason: string,
    toTag?: string,
    more: Iterable<readonly [name: string, value: string]> = [],
  ): void {
    const response = bareResponse(transaction.request, status, reason, toTag);
    for (const [name, value] of more) response.headers.add(name, value);
    response.headers.add("Content-Length", "0");
    transaction.toTag = toTag;
    transaction.respond(status, printMessage(response));
  }

  /** The request is forwarded, and may come back: a proxy knows loops, but no merged requests (RFC 3261 16.3). */
  forwarded(transaction: ServerTransaction): void {
    this.#forgetMerge(transaction);
  }

  dispose(): void {
    for (const transaction of this.#clients.values()) transaction.dispose();
    for (const transaction of this.#servers.values()) transaction.dispose();
    this.#clients.clear();
    this.#servers.clear();
    this.#merges.clear();
    this.#unanswered.clear();
  }

  #client(key: string, request: SipRequest, flow: Flow, user: ClientUser): ClientTransaction {
    const transaction = new ClientTransaction(key, request, flow, user, this.#clientContext);
    this.#clients.set(key, transaction);
    return transaction;
  }

  #settleLater(transaction: ClientTransaction | ServerTransaction): void {
    if (this.#settling.push(transaction) > 1) return;
    afterReading(() => {
      const settling = this.#settling;
      this.#settling = [];
      for (const one of settling) one.settle();
    });
  }

  #receive(arrival: Arrival): void {
    if (arrival.flaw) return this.#refuse(arrival, arrival.flaw);
    let envelope: Envelope;
    try {
      envelope = readEnvelope(arrival.message);
    } catch (fault) {
      return this.#refuse(arrival, { status: 400, reason: messageOf(fault) });
    }
    if (arrival.message.kind === "response") this.#response(arrival, envelope);
    else this.#request(arrival, arrival.message, envelope);
  }

  #response(arrival: Arrival, envelope: Envelope): void {
    if (arrival.message.kind !== "response") return;
    const { status } = arrival.message;
    const { method } = envelope.cseq;
    this.events.emit("traffic", "in", method, status);
    const transaction = this.#clients.get(clientKey(branchOf(envelope.via), method));
    if (transaction) this.#sent.responded(transaction, status);
    if (transaction) transaction.receive(arrival);
    else this.events.emit("stray response", arrival, envelope);
  }

  #request(arrival: Arrival, request: SipRequest, envelope: Envelope): void {
    if (envelope.via.params.has("alias")) this.#transport.alias(arrival.flow, envelope.via);
    completeVia(request.headers, envelope.via, arrival.flow.remote);
    if (request.method === "ACK") return this.#ack(arrival, envelope);
    const key = serverKey(envelope, request.method);
    const known = this.#servers.get(key);
    const refused = known ? undefined : this.#refusals.earlier(key);
    this.events.emit("traffic", known || refused ? "in again" : "in", request.method, 0);
    if (known) return known.step("request");
    const refusal = refused ?? (isNewcomer(request, envelope) ? this.gate(request) : undefined);
    if (!refusal) return this.#newRequest(key, arrival, request, envelope);
    this.#refusals.refuse(key, arrival, request, refusal);
    this.events.emit("traffic", refused ? "out again" : "out", request.method, 503);
    if (!refused) this.events.emit("refused", refusal.why);
  }

  #ack(arrival: Arrival, envelope: Envelope): void {
    this.events.emit("traffic", "in", "ACK", 0);
    const invite = this.#servers.get(serverKey(envelope, "INVITE"));
    if (invite && invite.state !== "accepted" && invite.state !== "proceeding") invite.step("ACK");
    else this.events.emit("ack", arrival, envelope);
  }

  #newRequest(key: string, arrival: Arrival, request: SipRequest, envelope: Envelope): void {
    const transaction = this.#server(key, arrival, request, envelope);
    if (request.method === "CANCEL") {
      return this.events.emit("cancel", transaction, this.#servers.get(serverKey(envelope, "INVITE")));
    }
    if (request.method === "INVITE") {
      if (envelope.toTag === undefined) this.#begun(transaction);
      // RFC 3261 17.2.1: at once, because nobody knows how long the application takes.
      this.reply(transaction, 100, "Trying");
    }
    if (envelope.toTag === undefined && this.#isMerged(transaction)) return;
    this.events.emit("request", transaction);
  }

  #server(key: string, arrival: Arrival, request: SipRequest, envelope: Envelope): ServerTransaction {
    const transaction = new ServerTransaction(key, arrival, request, envelope, this.#serverContext);
    this.#servers.set(key, transaction);
    return transaction;
  }

  #serverEnded(transaction: ServerTransaction): void {
    this.#servers.delete(transaction.key);
    this.#unanswered.delete(transaction);
    this.#received.ended(transaction);
    this.#forgetMerge(transaction);
  }

  #begun(invite: ServerTransaction): void {
    this.#unanswered.add(invite);
    this.#received.began(invite);
  }

  #responded(transaction: ServerTransaction, status: number, again: boolean): void {
    if (status >= 200) this.#unanswered.delete(transaction);
    this.events.emit("traffic", again ? "out again" : "out", transaction.request.method, status);
    this.#received.responded(transaction, status);
    if (status >= 200 && !again) this.#settleLater(transaction);
  }

  /**
   * RFC 3261 8.2.2.2: the same request by another way. Our own that comes back (a spiral) is none, nor is one that comes
   * again because it was told that we could not serve it then (RFC 3263 4.3).
   */
  #isMerged(transaction: ServerTransaction): boolean {
    const key = mergeKey(transaction.envelope);
    const first = this.#merges.get(key);
    if (!first || first.status === 503) {
      this.#merges.set(key, transaction);
      transaction.mergeKey = key;
      return false;
    }
    this.events.emit("refused", "merged");
    this.reply(transaction, 482, "Loop Detected", randomToken(8));
    return true;
  }

  #forgetMerge(transaction: ServerTransaction): void {
    const { mergeKey: key } = transaction;
    if (key !== undefined && this.#merges.get(key) === transaction) this.#merges.delete(key);
  }

  /** RFC 3261 18.2.2: back on the connection; when it is gone, to the address in Via. */
  #sendResponse(transaction: ServerTransaction, bytes: Buffer, failed: () => void): void {
    const { flow } = transaction;
    if (flow.open) return flow.send(bytes, failed);
    const { protocol } = flow.listener;
    const { host, port = protocols[protocol].port } = transaction.envelope.via;
    const hop: Hop = { protocol, host: flow.remote.host, port, name: unbracketed(host) };
    // A browser cannot be connected to.
    const again = protocol === "ws" || protocol === "wss" ? undefined : this.#transport.flowTo(hop, flow.listener);
    if (again) again.send(bytes, failed);
    else queueMicrotask(failed);
  }

  /** A bad request gets its answer when it says where to (RFC 3261 8.2, 16.3); all else is dropped. */
  #refuse(arrival: Arrival, { status, reason }: Flaw): void {
    const { message, flow } = arrival;
    this.events.emit("traffic", "bad", message.kind === "request" ? message.method : "", 0);
    if (message.kind === "response" || message.method === "ACK") return;
    try {
      const via = parseForeignVia(splitTopVia(message.headers.get("Via") ?? "").top);
      completeVia(message.headers, via, flow.remote);
    } catch {
      return;
    }
    const response = bareResponse(message, status, `${phrases[status]} (${reason})`, randomToken(8));
    response.headers.add("Content-Length", "0");
    flow.send(printMessage(response), () => {});
  }

  /** What waits for an answer on a connection that is gone will not get one. */
  #flowClosed(flow: Flow): void {
    for (const transaction of [...this.#clients.values()]) {
      if (transaction.flow === flow) transaction.step("transport error");
    }
  }
}

const phrases = { 400: "Bad Request", 505: "Version Not Supported", 513: "Message Too Large" } as const;

/** States in which the final response has not come, or not gone out. */
const isOpen: ReadonlySet<string> = new Set(["trying", "calling", "proceeding"]);

function newBranch(): string {
  return magicCookie + randomToken(12);
}

/**
 * RFC 3261 18.1.1, RFC 3581 3: rport asks UDP peers to answer to the port that they see. RFC 5923 5: alias allows a
 * peer that we connected to to send its own requests on that connection.
 */
function viaFor(flow: Flow, branch: string): string {
  const { address, listener } = flow;
  const port = address.port === protocols[listener.protocol].port ? "" : `:${address.port}`;
  const rport = flow.reliable ? "" : ";rport";
  const alias = listener.protocol === "tcp" || listener.protocol === "tls" ? ";alias" : "";
  const sentBy = `${bracketed(address.host)}${port}`;
  return `SIP/2.0/${listener.protocol.toUpperCase()} ${sentBy}${rport};branch=${branch}${alias}`;
}
