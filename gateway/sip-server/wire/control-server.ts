import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Clock } from "../../base/clock.ts";
import { Emitter } from "../../base/emitter.ts";
import { messageOf } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { CallRecordFact, NoticeFact, RequestFact } from "../dialog/core.ts";
import type { SipResponse } from "../../sip-syntax/message.ts";
import { knownMethods } from "../../sip-syntax/methods.ts";
import { type Owner, sharesTag } from "../dialog/owner.ts";
import type { UserAgentCore } from "../dialog/user-agent-core.ts";
import type { Endpoint } from "../transport/flow.ts";
import type { TlsCredentials } from "../transport/tls-credentials.ts";
import { type ApplicationRule, choiceFor } from "./application-rules.ts";
import { ApplicationLag } from "./application-lag.ts";
import { toApplication } from "./application-text.ts";
import { ControlLink } from "./control-link.ts";
import type { Frame } from "./frame.ts";
import { factLeader, requestLeader, stackTime } from "./leaders.ts";
import { LinkWatch } from "./link-watch.ts";
import { OutboundLinks } from "./outbound-links.ts";
import { ProxyFrames } from "./proxy-frames.ts";
import { RouteTable } from "./route-table.ts";
import { SipFrames } from "./sip-frames.ts";

/** What applications may ask by name. drachtio-srf wants `v0.8.2` or later. */
export const serverVersion = "v0.9.10+adopt+body64+route+fork+spiral";

/** Milliseconds that a wrong secret waits for its answer. */
const wrongSecretMs = 1_000;

/** A method in lower case (RFC 3261 25.1: any token), or `cdr:attempt` and the like. */
const verbForm = /^[a-z0-9\-.!%*_+`'~:]{1,32}$/;
const tagForm = /^[a-zA-Z0-9\-_+@:]{1,32}$/;
const maxTags = 20;
const handshakeMs = 5_000;

export interface ControlServerEvents {
  /** The number of connected and authenticated applications changed. */
  applications: [count: number];
}

/** Listens for applications, and is the floor that knows drachtio's protocol: frames in, facts out. */
export class ControlServer {
  readonly events = new Emitter<ControlServerEvents>();
  readonly #core: UserAgentCore;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #secret: Buffer;
  readonly #hostports: () => readonly [advertised: string, local: string];
  readonly #sip: SipFrames;
  readonly #proxy: ProxyFrames;
  readonly #rules: readonly ApplicationRule[];
  readonly #credentials: TlsCredentials | undefined;
  readonly #outbound: OutboundLinks;
  readonly #servers: Server[] = [];
  readonly #links = new Set<ControlLink>();
  readonly #lag: ApplicationLag;
  readonly #watch: LinkWatch<ControlLink>;
  readonly #routes = new RouteTable<ControlLink>();

  constructor(
    core: UserAgentCore,
    options: {
      clock: Clock;
      log: Logger;
      secret: string;
      /** The bound SIP addresses as the answer to `authenticate` lists them. */
      hostports: () => readonly [advertised: string, local: string];
      /** Who gets new requests, before those who asked for them. */
      rules: readonly ApplicationRule[];
      /** For applications that connect, or are connected to, by TLS. */
      credentials: TlsCredentials | undefined;
    },
  ) {
    this.#core = core;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#secret = digest(options.secret);
    this.#hostports = options.hostports;
    this.#sip = new SipFrames(core, options.clock);
    this.#proxy = new ProxyFrames(core, options.clock);
    this.#rules = options.rules;
    this.#credentials = options.credentials;
    this.#outbound = new OutboundLinks(options.clock, options.credentials);
    this.#lag = new ApplicationLag(options.clock);
    this.#watch = new LinkWatch(options.clock, this.#links, ({ tags }, why) =>
      this.#log.warn("application lost", { why, tags }),
    );
    this.#listenToCore();
  }

  /** How many authenticated applications are connected. */
  get applications(): number {
    let count = 0;
    for (const link of this.#links) if (link.authenticated) count++;
    return count;
  }

  /** Milliseconds that applications lag behind. */
  get lagMs(): number {
    return this.#lag.ms;
  }

  /** Binds; resolves with the port. Rejects with the system's error. */
  listen(address: Endpoint): Promise<number> {
    return this.#listen(createServer(), "connection", address);
  }

  /** The same for TLS, with the certificates of the SIP addresses. */
  listenTls(address: Endpoint): Promise<number> {
    const credentials = this.#credentials;
    if (!credentials) return Promise.reject(new Error("there is no certificate"));
    const server = credentials.serve(createTlsServer(credentials.serverOptions(handshakeMs)));
    return this.#listen(server, "secureConnection", address);
  }

  #listen(server: Server, connected: "connection" | "secureConnection", address: Endpoint): Promise<number> {
    this.#servers.push(server);
    server.on(connected, (socket: Socket) => this.#accept(new ControlLink(socket, this.#clock)));
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(address.port, address.host, () => {
        server.removeListener("error", reject);
        resolve((server.address() as AddressInfo).port);
      });
    });
  }

  close(): void {
    this.#watch.close();
    for (const server of this.#servers) server.close();
    for (const link of [...this.#links]) link.destroy();
    this.events.removeAllListeners();
  }

  #accept(link: ControlLink): void {
    this.#links.add(link);
    link.events.on("frame", (frame) => this.#frame(link, frame));
    link.events.once("closed", () => this.#closed(link));
  }

  #closed(link: ControlLink): void {
    this.#links.delete(link);
    this.#routes.removeAll(link);
    this.#outbound.closed(link);
    if (!link.authenticated) return;
    this.#log.info("application gone", { applications: this.applications });
    this.#core.ownerGone(link);
    this.events.emit("applications", this.applications);
  }

  #frame(link: ControlLink, frame: Frame): void {
    if (!link.authenticated && frame.type !== "authenticate") return link.refuse(frame, "not authenticated");
    switch (frame.type) {
      case "authenticate":
        return this.#authenticate(link, frame);
      case "route":
        return this.#route(link, frame);
      case "remove_route":
        this.#routes.remove(frame.fields[0] ?? "", link);
        return link.answer(frame, "OK");
      case "ping":
        link.pinged();
        return link.answer(frame, "OK|pong");
      case "sip":
        return this.#handleSip(link, frame);
      case "proxy":
        return this.#proxy.handle(link, frame);
      default:
        return link.refuse(frame, "Unknown message type");
    }
  }

  #authenticate(link: ControlLink, frame: Frame): void {
    const [secret = "", tags = ""] = frame.fields;
    if (!timingSafeEqual(digest(secret), this.#secret)) {
      this.#log.warn("application with a wrong secret");
      return void this.#clock.after(wrongSecretMs, () => link.refuse(frame, "incorrect secret"));
    }
    link.tags = tags
      .split(",")
      .filter((tag) => tagForm.test(tag))
      .slice(0, maxTags);
    link.authenticated = true;
    const [advertised, local] = this.#hostports();
    link.answer(frame, `OK|${advertised}|${serverVersion}|${local}`);
    this.#log.info("application connected", { applications: this.applications });
    this.events.emit("applications", this.applications);
    const request = this.#outbound.ready(link);
    if (request) link.send(requestLeader(request, this.#time()), toApplication(request.request));
  }

  #route(link: ControlLink, frame: Frame): void {
    const [verb = ""] = frame.fields;
    if (!verbForm.test(verb)) return link.refuse(frame, "Invalid message format");
    this.#routes.add(verb, link);
    link.answer(frame, "OK");
  }

  #handleSip(link: ControlLink, frame: Frame): void {
    this.#lag.answered(frame.fields[0] || frame.fields[1] || "");
    this.#sip.handle(link, frame).catch((fault: unknown) => {
      this.#log.error("frame failed", { fault: messageOf(fault) });
      link.answer(frame, "NOK|Server error: internal error");
    });
  }

  #listenToCore(): void {
    const { events } = this.#core;
    events.on("offer", (request) => this.#offer(request));
    events.on("orphan", (request) => this.#adopter(request));
    events.on("request", (request) => {
      if (request.request.method === "BYE") this.#lag.asked(request.id);
      this.#toOwner(request.owner, requestLeader(request, this.#time()), request.request);
    });
    events.on("response", (fact) => {
      if (wantsAck(fact.response)) this.#lag.asked(fact.dialogId);
      this.#toOwner(fact.owner, factLeader(fact, "network", this.#time()), fact.response);
    });
    events.on("ack", (fact) => this.#notice(fact, "network"));
    events.on("cancel", (fact) => this.#notice(fact, "network"));
    events.on("server bye", (fact) => this.#notice(fact, "application"));
    events.on("record", (fact) => this.#record(fact));
  }

  /** A new request goes where a rule sends it, else to the applications that asked for its method, in turn. */
  #offer(request: RequestFact): void {
    const { method } = request.request;
    const choice = choiceFor(this.#rules, method);
    if (choice?.kind === "connect") {
      return this.#accept(this.#outbound.open(request, choice.address, choice.secure));
    }
    const fits = (one: ControlLink): boolean => choice === undefined || one.tags.includes(choice.tag);
    const link = this.#routes.next(method.toLowerCase(), fits);
    if (!link) return choice ? undefined : this.#refuseMethod(request);
    request.take(link);
    link.send(requestLeader(request, this.#time()), toApplication(request.request));
  }

  /** RFC 3261 8.2.1: nobody ever took this method. Where somebody did it is the core that says 503. */
  #refuseMethod(request: RequestFact): void {
    const { method } = request.request;
    const methods = this.#routes.verbs.filter((verb) => !verb.includes(":")).map((verb) => verb.toUpperCase());
    if (methods.length === 0 || this.#routes.knows(method.toLowerCase()) || !knownMethods.has(method)) return;
    const implied = methods.includes("INVITE") ? ["ACK", "BYE", "CANCEL", "PRACK", "UPDATE"] : [];
    this.#core.events.emit("refused", "method");
    request.refuse(405, "Method Not Allowed", [["Allow", [...methods, ...implied].join(", ")]]);
  }

  /** Any application of the tag that the lost one had. */
  #adopter(request: RequestFact): void {
    const { owner } = request;
    const heirs = [...this.#links].filter((link) => link.authenticated && owner && sharesTag(link, owner));
    const heir = heirs[Math.floor(Math.random() * heirs.length)];
    if (heir) request.take(heir);
  }

  #notice(fact: NoticeFact, source: "network" | "application"): void {
    this.#toOwner(fact.owner, factLeader(fact, source, this.#time()), fact.request);
  }

  #toOwner(owner: Owner | undefined, leader: string, message: Parameters<typeof toApplication>[0]): void {
    if (owner instanceof ControlLink && owner.authenticated) owner.send(leader, toApplication(message));
  }

  #record(fact: CallRecordFact): void {
    const link = this.#routes.next(`cdr:${fact.step}`);
    if (!link) return;
    const detail = fact.step === "start" ? `|${fact.role}` : fact.step === "stop" ? `|${fact.reason}` : "";
    link.send(`cdr:${fact.step}|${fact.source}|${this.#time()}${detail}`, toApplication(fact.message));
  }

  #time(): string {
    return stackTime(this.#clock);
  }
}

function wantsAck({ status, headers }: SipResponse): boolean {
  return status >= 200 && status < 300 && /\bINVITE$/.test(headers.get("CSeq") ?? "");
}

function digest(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
