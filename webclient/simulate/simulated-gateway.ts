import type { Clock } from "../../gateway/base/clock.ts";
import { isRecord, parseJson, type Json } from "../../gateway/base/json.ts";
import type { ClientFrame, ClientFrameOf, ClientFrameType } from "../../gateway/protocol/client-frame.ts";
import type { RefusalCode } from "../../gateway/protocol/causes.ts";
import type { ServerEvent } from "../../gateway/protocol/server-frame.ts";
import type { CallRecordInfo, ContactInfo, PeerInfo, SavedContact, Target } from "../../gateway/protocol/values.ts";
import { defaultGroup } from "../../gateway/protocol/version.ts";
import type { SocketPort } from "../platform.ts";
import { byName, type Rule } from "./behaviour.ts";
import { FarCall } from "./far-call.ts";
import type { Reply } from "./reply.ts";
import { SimulatedBoards } from "./simulated-boards.ts";

export interface SimulatedGatewayOptions {
  readonly clock: Clock;
  readonly user: string;
  readonly name?: string | undefined;
  readonly rule?: Rule | undefined;
  readonly contacts: readonly ContactInfo[];
  /** Why a sign-in is refused now. */
  refusal(): RefusalCode | undefined;
  /** The page called. */
  called(call: FarCall): void;
}

/** The simulation is of calls; whiteboards have a file of their own. */
type Simulated = Exclude<ClientFrameType, `${"message" | "file" | "group" | "data" | "board" | "push"}.${string}`>;
type Handlers = { readonly [T in Simulated]: (frame: ClientFrameOf<T>) => Reply };

const isFrame = (value: unknown): value is ClientFrame => isRecord(value) && typeof value["type"] === "string";

const peerOf = (target: Target, name?: string): PeerInfo => ({
  target,
  ...(name !== undefined && { name }),
  ...("tel" in target && { number: target.tel }),
  can: ["call"],
});

/** The contract with the browser, kept by a few lines: what a test of a page needs of a gateway. */
export class SimulatedGateway {
  readonly #options: SimulatedGatewayOptions;
  readonly #calls = new Map<string, FarCall>();
  readonly #boards: SimulatedBoards;
  #socket: SimulatedSocket | undefined;
  #made = 0;
  #seq = 0;
  #records: readonly CallRecordInfo[] = [];
  #saved: readonly SavedContact[] = [];

  constructor(options: SimulatedGatewayOptions) {
    this.#options = options;
    this.#boards = new SimulatedBoards(options.user, (event) => this.#tell(event));
  }

  /** Opens in the next turn. */
  openSocket(): SocketPort {
    const socket = new SimulatedSocket((frame) => this.#receive(socket, frame));
    queueMicrotask(() => socket.onopen?.());
    return socket;
  }

  /** Somebody calls the page. @throws Error when no page is connected */
  callIn(from: PeerInfo, data?: Json): FarCall {
    if (!this.#socket) throw new Error("The page is not connected to the simulation.");
    const call = this.#newCall(from, "in", { media: true, ...(data !== undefined && { data }) });
    const { id: callId, reference, peer } = call;
    const description = { kind: "offer", sdp: "simulated", generation: 1 } as const;
    this.#tell({ type: "call.incoming", callId, reference, peer, description, ...(data !== undefined && { data }) });
    return call;
  }

  /** The network takes the connection away. */
  drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#endAll("network-lost");
    socket?.onclose?.();
  }

  readonly #handlers: Handlers = {
    "session.open": (frame) => this.#open(frame),
    "session.resume": () => ({ type: "refused", code: "unknown-session", text: "The simulation keeps no session." }),
    "session.renew": () => ({ type: "ok" }),
    "session.close": () => {
      queueMicrotask(() => this.#endAll("normal"));
      return { type: "ok" };
    },
    ping: () => ({ type: "pong" }),
    "call.start": ({ target, data }) => this.#start(target, { media: true, ...(isJson(data) && { data }) }),
    "call.me": ({ target }) => this.#start(target, { media: false }),
    "call.answer": ({ callId }) => this.#with(callId, (call) => call.taken()),
    "call.reject": ({ callId, reason = "declined" }) => this.#with(callId, (call) => call.over("local", reason)),
    "call.end": ({ callId }) => this.#with(callId, (call) => call.over("local", "normal")),
    "call.dtmf": ({ callId, digits }) => this.#with(callId, (call) => call.pressed(digits)),
    "call.candidate": ({ callId }) => this.#with(callId, () => {}),
    "call.update": ({ callId }) => this.#with(callId, () => {}),
    "call.renew": () => ({ type: "refused", code: "wrong-state", text: "The simulation forgets its calls." }),
    "call.report": ({ callId }) => this.#with(callId, () => {}),
    "history.list": () => ({ type: "history", records: this.#records, more: false }),
    "history.forget": ({ references }) => {
      this.#records = this.#records.filter(({ reference }) => references && !references.includes(reference));
      return { type: "ok" };
    },
    "contact.put": ({ contact }) => this.#save([...this.#without(contact.contactId), contact]),
    "contact.remove": ({ contactId }) => this.#save(this.#without(contactId)),
    "line.show": () => ({
      type: "line",
      line: { address: `sip:${this.#options.user}`, phones: [], trunks: ["simulated"], missing: [] },
    }),
    "presence.join": () => ({ type: "ok" }),
    "presence.leave": () => ({ type: "ok" }),
    "presence.watch": ({ group }) => {
      queueMicrotask(() => this.#tellContacts(group));
      return { type: "ok" };
    },
    "presence.unwatch": () => ({ type: "ok" }),
    "presence.status": () => ({ type: "ok" }),
    "presence.data": () => ({ type: "ok" }),
  };

  #receive(socket: SimulatedSocket, text: string): void {
    const frame = parseJson(text, isFrame);
    if (frame.type === "session.open") this.#socket = socket;
    if (socket !== this.#socket) return;
    const handlers = { ...this.#handlers, ...this.#boards.handlers };
    const handle = handlers[frame.type as Simulated] as ((frame: ClientFrame) => Reply) | undefined;
    const reply = handle?.(frame) ?? { type: "refused", code: "unsupported", text: "The simulation does not do that." };
    socket.deliver({ ...reply, re: frame.id });
    if (frame.type === "call.start" || frame.type === "call.me") this.#play();
  }

  /** All contacts are in the default group. */
  #tellContacts(group: string): void {
    const contacts = group === defaultGroup ? this.#options.contacts : [];
    this.#tell({ type: "presence.snapshot", group, part: 1, parts: 1, contacts });
  }

  #open({ watch = [defaultGroup] }: ClientFrameOf<"session.open">): Reply {
    const code = this.#options.refusal();
    if (code) return { type: "refused", code, text: `The simulation refuses sign-ins: ${code}.` };
    const { user, name } = this.#options;
    this.#seq = 0;
    queueMicrotask(() => {
      for (const group of watch) this.#tellContacts(group);
      if (this.#saved.length > 0) this.#tell({ type: "contacts.saved", contacts: this.#saved });
    });
    return { type: "session.opened", sessionId: "simulated", user, ...(name !== undefined && { name }) };
  }

  #start(target: Target, parts: { media: boolean; data?: Json }): Reply {
    const known = this.#options.contacts.find((contact) => JSON.stringify(contact.target) === JSON.stringify(target));
    const call = this.#newCall(peerOf(target, known?.name), "out", parts);
    const { id: callId, reference, peer } = call;
    return { type: "call.started", callId, reference, peer };
  }

  /** The last call goes its way, once the page knows that it has started. */
  #play(): void {
    const call = [...this.#calls.values()].at(-1);
    if (!call) return;
    this.#options.called(call);
    call.play(this.#options.rule?.(call.peer.target) ?? byName(call.peer.target));
  }

  #newCall(peer: PeerInfo, direction: "in" | "out", parts: { media: boolean; data?: Json }): FarCall {
    const count = ++this.#made;
    const call = new FarCall({
      id: `call-${count}`,
      reference: `SIM${String(count).padStart(3, "0")}`,
      peer,
      clock: this.#options.clock,
      tell: (event) => this.#tell(event),
      ...parts,
    });
    let answered = false;
    call.on("answered", () => void (answered = true));
    call.on("ended", (end) => {
      this.#calls.delete(call.id);
      const { reference, startedAt: at, durationMs } = call;
      const shown = direction === "in" && !answered ? "missed" : direction;
      const record = { reference, peer, direction: shown, at, durationMs, end: { ...end, text: "" } } as const;
      this.#records = [record, ...this.#records];
      this.#tell({ type: "history.added", record });
    });
    this.#calls.set(call.id, call);
    return call;
  }

  #with(callId: string, act: (call: FarCall) => void): Reply {
    const call = this.#calls.get(callId);
    if (!call) return { type: "refused", code: "unknown-call", text: "There is no such call in this session." };
    queueMicrotask(() => act(call));
    return { type: "ok" };
  }

  #endAll(reason: "normal" | "network-lost"): void {
    for (const call of [...this.#calls.values()]) call.over(reason === "normal" ? "local" : "system", reason);
  }

  #without(contactId: string): SavedContact[] {
    return this.#saved.filter((contact) => contact.contactId !== contactId);
  }

  #save(contacts: readonly SavedContact[]): Reply {
    this.#saved = contacts;
    queueMicrotask(() => this.#tell({ type: "contacts.saved", contacts }));
    return { type: "ok" };
  }

  #tell(event: ServerEvent): void {
    this.#seq += 1;
    this.#socket?.deliver({ ...event, seq: this.#seq });
  }
}

/** What came through JSON is JSON. */
const isJson = (value: unknown): value is Json => value !== undefined;

/** Both ends of a WebSocket. What either side sends comes in a later turn, in order. */
class SimulatedSocket implements SocketPort {
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  readonly #received: (text: string) => void;

  constructor(received: (text: string) => void) {
    this.#received = received;
  }

  send(text: string): void {
    queueMicrotask(() => this.#received(text));
  }

  deliver(frame: object): void {
    const data = JSON.stringify(frame);
    queueMicrotask(() => this.onmessage?.({ data }));
  }

  close(): void {}
}
