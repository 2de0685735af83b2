import type { Clock } from "../../base/clock.ts";
import { Emitter } from "../../base/emitter.ts";
import type { SipRequest, SipResponse } from "../../sip-syntax/message.ts";
import type { TransactionLayer } from "../transaction/transaction-layer.ts";
import type { TransportLayer } from "../transport/transport-layer.ts";
import type { AdoptionTimes } from "./adoption.ts";
import { noDialog, type CoreContext, type CoreEvents, type Outcome, type Refused } from "./core.ts";
import type { Dialog } from "./dialog.ts";
import type { DialogRecord } from "./dialog-record.ts";
import { DialogTable, type DialogTableEvents } from "./dialog-table.ts";
import { NextHop } from "./next-hop.ts";
import { type Owner, serverItself } from "./owner.ts";
import { Proxy, type ProxyOrder, type ProxyReports } from "./proxy/proxy.ts";
import type { ServicePolicy } from "./refusal.ts";
import { RegisteredFlows } from "./registered-flows.ts";
import { Restoration } from "./restoration.ts";
import { ReturningClients } from "./returning-clients.ts";
import { SessionTimers } from "./session-timers.ts";
import { UserAgentClient } from "./user-agent-client.ts";
import { UserAgentServer } from "./user-agent-server.ts";

export interface CoreOptions extends AdoptionTimes, ServicePolicy {
  /** Send in-dialog requests to where UDP messages come from when the Contact says another address. */
  readonly natDetection: boolean;
  /** Bytes of a request above which TCP is tried before UDP (RFC 3261 18.1.1). */
  readonly maxDatagram: number;
  /** What no stranger knows: proves our Record-Route and Path. */
  readonly secret: string;
  /** Milliseconds that a client whose connection a restart has cut has to come back. */
  readonly returnMs: number;
}

/** The user agent core (RFC 3261 6): dialogs and requests of all applications. */
export class UserAgentCore {
  readonly events = new Emitter<CoreEvents>();
  readonly #context: CoreContext;
  readonly #restoration: Restoration;
  readonly #returnMs: number;
  readonly #client: UserAgentClient;
  readonly #sessions: SessionTimers;
  readonly #proxy: Proxy;
  readonly #server: UserAgentServer;

  constructor(transport: TransportLayer, transactions: TransactionLayer, clock: Clock, options: CoreOptions) {
    const registered = new RegisteredFlows(clock);
    this.#context = {
      events: this.events,
      transactions,
      dialogs: new DialogTable(),
      nextHop: new NextHop(transport, clock),
      registered,
      returning: new ReturningClients(clock, registered),
      clock,
      timers: transactions.timers,
      natDetection: options.natDetection,
      maxDatagram: options.maxDatagram,
    };
    this.#restoration = new Restoration(this.#context, transport);
    this.#returnMs = options.returnMs;
    this.#proxy = new Proxy(this.#context, () => transport.listeners, options.secret);
    this.#sessions = new SessionTimers(this.#context, options, {
      send: (dialog, request) => void this.#client.sendInDialog(serverItself, dialog, request),
      expire: (dialog) => this.#client.release(dialog, "Session timer expired", 408, "session-expired"),
    });
    this.#client = new UserAgentClient(this.#context, this.#sessions, (dialog) => this.#end(dialog));
    this.#server = new UserAgentServer(this.#context, this.#sessions, options, {
      release: (dialog, reason) => this.#client.release(dialog, reason),
      relay: (transaction) => this.#proxy.relay(transaction),
      abandon: (dialog) => this.#abandon(dialog),
    });
    transport.events.on("closed", (flow) => {
      this.#context.registered.flowClosed(flow);
      this.#proxy.flowClosed(flow);
    });
  }

  get dialogs(): number {
    return this.#context.dialogs.size;
  }

  get registrations(): number {
    return this.#context.registered.size;
  }

  /** Dialogs as they come, change and go, for whoever keeps them. */
  get dialogEvents(): Emitter<DialogTableEvents> {
    return this.#context.dialogs.events;
  }

  /** All confirmed dialogs. */
  confirmed(): Dialog[] {
    return this.#context.dialogs.all().filter(({ state }) => state === "confirmed");
  }

  /** Takes up the dialogs of before a restart; to be called before anything can be received. */
  know(records: readonly DialogRecord[]): void {
    this.#restoration.know(records);
  }

  /** Finds the ways to their peers, once addresses are bound; from now on their owners are waited for. */
  resume(): void {
    if (!this.#restoration.reach()) return;
    for (const owner of this.#restoration.owners) this.#server.restored(owner);
    this.#sessions.resume();
    this.#context.returning.limit(this.#returnMs, (dialog) => this.#client.release(dialog, "connection lost", 503));
  }

  /** The application's answer to a request. */
  respond(owner: Owner, transactionId: string, draft: SipResponse): Outcome {
    return this.#server.respond(owner, transactionId, draft);
  }

  /** A new request outside a dialog. */
  send(owner: Owner, draft: SipRequest, route: string | undefined): Promise<Outcome> {
    return this.#client.send(owner, draft, route);
  }

  /** A request, or an ACK, in a dialog; whoever sends it owns that from then on. */
  async sendInDialog(owner: Owner, dialogId: string, draft: SipRequest): Promise<Outcome> {
    const dialog = this.#context.dialogs.byId(dialogId);
    if (!dialog) {
      this.#server.tellEnd(owner, dialogId);
      return noDialog(draft.method);
    }
    return this.#server.use(owner, dialog) ?? this.#client.sendInDialog(owner, dialog, draft);
  }

  /** Proxies a new request that `owner` has not begun to answer. */
  proxy(owner: Owner, transactionId: string, order: ProxyOrder, reports: ProxyReports): Refused | undefined {
    const request = this.#server.surrender(owner, transactionId);
    if (!request) return { refused: `Unknown transaction id: ${transactionId}` };
    const refusal = this.#proxy.refusalOf(request.request);
    if (refusal) {
      const { status, reason, headers, why } = refusal;
      this.events.emit("refused", why);
      request.refuse(status, reason, headers);
      return { refused: `Rejected with ${status} ${reason}${status === 483 ? " due to Max-Forwards value of 0" : ""}` };
    }
    this.#proxy.begin(request.handOver(), order, reports);
    return undefined;
  }

  cancel(owner: Owner, transactionId: string, draft: SipRequest): Outcome {
    return this.#client.cancel(owner, transactionId, draft);
  }

  /** An application's link is gone: its dialogs wait for another of its tag, and all else is given up. */
  ownerGone(owner: Owner): void {
    this.#server.ownerGone(owner);
    this.#client.ownerGone(owner);
  }

  dispose(): void {
    this.#context.returning.dispose();
    this.#sessions.dispose();
    this.#proxy.dispose();
    this.#server.dispose();
    this.#client.dispose();
    this.events.removeAllListeners();
  }

  #abandon(dialog: Dialog): void {
    if (dialog.state === "early") this.#end(dialog);
    else if (dialog.kind === "INVITE") this.#client.release(dialog, "application lost", 503);
    else this.#client.unsubscribe(dialog);
  }

  #end(dialog: Dialog): void {
    this.#context.dialogs.remove(dialog);
    this.#context.returning.forget(dialog);
    this.#server.dialogEnded(dialog);
  }
}
