import { Emitter } from "../base/emitter.ts";
import { messageOf } from "../base/errors.ts";
import { uuid } from "../base/ids.ts";
import type { Logger } from "../base/log.ts";
import type { Address, Description, Leg, LegId, LegKind, Party } from "../call/leg.ts";
import type { Account } from "../directory/accounts.ts";
import { printUserId, type UserId } from "../directory/user-id.ts";
import { parseNameAddr, tagOf } from "../sip-syntax/name-addr.ts";
import { parseUri } from "../sip-syntax/uri.ts";
import { Attempts, type OpenAttempt, type RefusedAttempt } from "./attempts.ts";
import type { Authenticator } from "./authenticator.ts";
import { sdpOf } from "./body.ts";
import type { DialogTable } from "./dialog-table.ts";
import { decoded, type Domains } from "./domains.ts";
import { allowOutside } from "./identity.ts";
import { IncomingLeg } from "./incoming-leg.ts";
import type { HeaderValues, InRequest } from "./link.ts";
import type { SipMessages } from "./message.ts";
import { OutgoingLeg, type OutgoingRoute } from "./outgoing-leg.ts";
import type { Registrar } from "./registrar.ts";
import { TapedInRequest } from "./taped-messages.ts";
import type { TrunkConfig, Trunks } from "./trunk.ts";
import { missingExtension, notUnderstood } from "./understood.ts";

/** A call that came in over SIP, its caller known. */
export interface IncomingCall {
  readonly leg: Leg;
  readonly offer?: Description;
  readonly target: Address;
  /** Whose rights count: the registered caller, or the user that a trunk's number belongs to. */
  readonly domain: string;
  readonly caller?: UserId;
}

export interface SipAgentEvents {
  incoming: [IncomingCall];
  /** A request that we refused without a call, for metrics: `unknown-caller`, `unknown-dialog`, `method`, `not-understood`. */
  refused: [reason: string];
  /** An INVITE that we refused without a call. */
  attempt: [RefusedAttempt];
}

export interface SipAgentParts {
  readonly table: DialogTable;
  readonly registrar: Registrar;
  readonly authenticator: Authenticator;
  readonly domains: Domains;
  readonly trunks: Trunks;
  /** Without it a MESSAGE is answered with 405. */
  readonly messages?: SipMessages;
  readonly log: Logger;
}

const optionsHeaders = { Allow: allowOutside, Accept: "application/sdp, text/plain", Supported: "100rel" };

/** The telephone side's front door: sorts what the SIP server hands up, and makes legs. */
export class SipAgent extends Emitter<SipAgentEvents> {
  readonly #parts: SipAgentParts;
  readonly #off: readonly (() => void)[];
  readonly #attempts: Attempts;

  constructor(parts: SipAgentParts) {
    super();
    this.#parts = parts;
    this.#attempts = new Attempts(parts.table.usageParts.clock, (attempt) => this.emit("attempt", attempt));
    const { link } = parts.table;
    this.#off = [link.on("request", (request) => this.#receive(request)), link.on("down", () => parts.table.lost())];
  }

  /** A leg that will ring `route` when it is commanded to. */
  outgoing(route: OutgoingRoute): Leg {
    return new OutgoingLeg(uuid() as LegId, route, this.#parts.table);
  }

  /** INVITEs and dialogs of ours: back to 0 when no call is up. */
  get dialogs(): number {
    return this.#parts.table.size;
  }

  get isUp(): boolean {
    return this.#parts.table.link.isUp;
  }

  close(): void {
    for (const off of this.#off) off();
    this.#attempts.close();
  }

  #receive(request: InRequest): void {
    this.#sort(request).catch((fault: unknown) => {
      this.#parts.log.warn("SIP request not handled", { method: request.method, fault: messageOf(fault) });
      if (request.method !== "ACK" && !request.unsolicited) request.respond({ status: 500 }).catch(() => {});
    });
  }

  async #sort(request: InRequest): Promise<void> {
    if (this.#parts.table.dispatch(request)) return;
    if (request.method === "ACK" || request.unsolicited) return;
    if (request.method === "PRACK") return void (await request.respond({ status: 200 }));
    if (request.dialogId !== "") return this.#refuse(request, 481, "unknown-dialog");
    const missing = request.method === "INVITE" ? undefined : missingExtension(request);
    if (missing) return this.#refuse(request, missing.status, "not-understood", missing.headers);
    switch (request.method) {
      case "REGISTER":
        return this.#parts.registrar.handle(request);
      case "INVITE":
        return this.#invite(this.#attempts.open(request));
      case "MESSAGE":
        return this.#message(request);
      case "OPTIONS":
        return void (await request.respond({ status: 200, headers: optionsHeaders }));
      case "BYE":
      case "UPDATE":
        return this.#refuse(request, 481, "unknown-dialog");
      default:
        return this.#unknownMethod(request);
    }
  }

  async #message(request: InRequest): Promise<void> {
    const { messages } = this.#parts;
    return messages && !isForDialog(request) ? messages.handle(request) : this.#unknownMethod(request);
  }

  #unknownMethod(request: InRequest): Promise<void> {
    return isForDialog(request) ? this.#refuse(request, 481, "unknown-dialog") : this.#refuse(request, 405, "method");
  }

  async #refuse(request: InRequest, status: number, reason: string, headers: HeaderValues = {}): Promise<void> {
    this.emit("refused", reason);
    await request.respond({ status, headers: status === 405 ? { Allow: allowOutside } : headers });
  }

  async #invite(attempt: OpenAttempt): Promise<void> {
    const { request } = attempt;
    let cancelled = false;
    request.onCancel(() => (cancelled = true));
    const trunk = this.#parts.trunks.from(request.source);
    const call = trunk ? await this.#fromTrunk(attempt, trunk) : await this.#fromPhone(attempt);
    if (!call) return;
    if (cancelled) return call.leg.command({ do: "end", cause: { code: "cancelled" }, by: "system" });
    this.emit("incoming", call);
  }

  async #refuseCall(
    attempt: OpenAttempt,
    status: number,
    refusal: "unknown-caller" | "bad-target" | "not-understood",
    network?: string,
    headers?: HeaderValues,
  ): Promise<undefined> {
    await this.#refuse(attempt.request, status, refusal, headers);
    this.#attempts.refused(attempt, refusal, status, network);
  }

  async #fromPhone(attempt: OpenAttempt): Promise<IncomingCall | undefined> {
    const { request } = attempt;
    const claimed = this.#parts.domains.userOf(request.header("from") ?? "");
    if (!claimed) return this.#refuseCall(attempt, 403, "unknown-caller");
    const account = await this.#authenticated(attempt, claimed);
    if (!account) return undefined;
    const target = this.#targetOf(request.uri);
    if (!target) return this.#refuseCall(attempt, 404, "bad-target");
    const user = printUserId(claimed);
    const party: Party = { address: { user }, user, ...(account.name && { name: account.name }) };
    return this.#incoming(attempt, party, account.media ?? "rtp", { target, domain: claimed.domain, caller: claimed });
  }

  async #authenticated(attempt: OpenAttempt, claimed: UserId): Promise<Account | undefined> {
    let answered = 0;
    const request = new TapedInRequest(attempt.request, {
      answered: ({ status }) => (answered = status),
      cancelled() {},
    });
    const account = await this.#parts.authenticator.authenticate(request, claimed, "proxy");
    if (!account && answered === 407) this.#attempts.challenged(attempt, answered);
    else if (!account) this.#attempts.refused(attempt, "password", answered);
    return account;
  }

  async #fromTrunk(attempt: OpenAttempt, trunk: TrunkConfig): Promise<IncomingCall | undefined> {
    const { request } = attempt;
    const called = numberOf(request.uri);
    const user = trunk.inbound[called] ?? trunk.inbound[called.replace(/^\+/, "")] ?? trunk.inbound["*"];
    if (user === undefined) return this.#refuseCall(attempt, 404, "bad-target", trunk.name);
    const domain = user.slice(user.lastIndexOf("@") + 1);
    return this.#incoming(attempt, callerOf(request), trunk.profile.media, { target: { user }, domain }, trunk.name);
  }

  #incoming(
    attempt: OpenAttempt,
    party: Party,
    usual: LegKind,
    call: Omit<IncomingCall, "leg" | "offer">,
    network?: string,
  ): IncomingCall | Promise<undefined> {
    const { request, tape } = attempt;
    const refusal = notUnderstood(request);
    if (refusal) return this.#refuseCall(attempt, refusal.status, "not-understood", network, refusal.headers);
    const sdp = sdpOf(request);
    const options = { tape, ...(network !== undefined && { network }) };
    const kind = mediaKind(request, sdp, usual);
    const leg = new IncomingLeg(uuid() as LegId, kind, party, request, this.#parts.table, options);
    return { leg, ...call, ...(sdp !== undefined && { offer: { kind: "offer", sdp, generation: 1 } }) };
  }

  /** Digits of one of our domains are a number to dial, other names of ours a user, the rest a SIP address. */
  #targetOf(uri: string): Address | undefined {
    try {
      const parsed = parseUri(uri);
      if (parsed.scheme === "tel") return { tel: parsed.number };
      if (parsed.user === undefined) return undefined;
      if (this.#parts.domains.of(parsed.host) === undefined) return { sip: uri };
      const name = decoded(parsed.user);
      const user = this.#parts.domains.userOfUri(parsed);
      if (/^\+?[0-9*#]+$/.test(name)) return { tel: name };
      return user ? { user: printUserId(user) } : undefined;
    } catch {
      return undefined;
    }
  }
}

/** RFC 3261 12.2.2: a To tag means a dialog, here one that is not. */
const isForDialog = (request: InRequest): boolean => tagOf(request.header("to") ?? "") !== undefined;

/** What the offer itself says wins; without one, SIP over WebSocket means a browser. */
function mediaKind(request: InRequest, sdp: string | undefined, usual: LegKind): LegKind {
  const protocol = /^m=audio \d+ (\S+)/m.exec(sdp ?? "")?.[1];
  if (protocol?.includes("TLS")) return "web";
  if (protocol?.includes("SAVP")) return "srtp";
  if (protocol) return "rtp";
  return request.source.transport.startsWith("ws") ? "web" : usual;
}

function numberOf(uri: string): string {
  try {
    const parsed = parseUri(uri);
    return parsed.scheme === "tel" ? parsed.number : decoded(parsed.user ?? "");
  } catch {
    return "";
  }
}

/** The caller as a trusted trunk names it: P-Asserted-Identity (RFC 3325 9.1) before From. */
function callerOf(request: InRequest): Party {
  const value = request.header("p-asserted-identity") ?? request.header("from") ?? "";
  try {
    const { name, uri } = parseNameAddr(value);
    const number = numberOf(uri);
    const address: Address = /^\+?[0-9]+$/.test(number) ? { tel: number } : { sip: uri };
    return { address, ...(name && { name }) };
  } catch {
    return { address: { tel: "anonymous" } };
  }
}
