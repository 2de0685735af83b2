import assert from "node:assert/strict";
import { silentLogger, type Fields, type Logger } from "../../gateway/base/log.ts";
import { AddressBook } from "../../gateway/directory/address-book.ts";
import { History } from "../../gateway/directory/history.ts";
import { MemoryUserStore } from "../../gateway/directory/memory/memory-user-store.ts";
import { MemoryFiles } from "../../gateway/directory/memory/memory-files.ts";
import { MemorySessionRecords } from "../../gateway/directory/memory/memory-session-records.ts";
import { MemoryConversations } from "../../gateway/directory/memory/memory-conversations.ts";
import { MemoryBoards } from "../../gateway/directory/memory/memory-boards.ts";
import { Access } from "../../gateway/messaging/access.ts";
import { Attachments } from "../../gateway/messaging/attachments.ts";
import { Data } from "../../gateway/messaging/data.ts";
import { FileLinks } from "../../gateway/messaging/file-links.ts";
import { Groups } from "../../gateway/messaging/groups.ts";
import { Messages } from "../../gateway/messaging/messages.ts";
import { Whiteboards } from "../../gateway/messaging/whiteboards.ts";
import type { Background, BoardElement } from "../../gateway/protocol/whiteboard-values.ts";
import type { ServerFrame, ServerFrameOf, ServerFrameType } from "../../gateway/protocol/server-frame.ts";
import type { CallRecordInfo, SavedContact } from "../../gateway/protocol/values.ts";
import { CallHistory } from "../../gateway/session/call-history.ts";
import type { Messaging, People } from "../../gateway/session/context.ts";
import { InCall } from "../../gateway/session/in-call.ts";
import { developmentSignIn } from "../../gateway/session/development.ts";
import { Presence } from "../../gateway/presence/presence.ts";
import { AwaySessions } from "../../gateway/session/away-sessions.ts";
import { Connection, type ConnectionParts } from "../../gateway/session/connection.ts";
import { GapReader } from "../../gateway/session/gap-reader.ts";
import { HandOver } from "../../gateway/session/hand-over.ts";
import { Roster } from "../../gateway/session/roster.ts";
import { Session } from "../../gateway/session/session.ts";
import { AppKeys, type AppKey } from "../../gateway/session/app-keys.ts";
import { Sessions } from "../../gateway/session/sessions.ts";
import type { SessionSocket } from "../../gateway/session/socket.ts";
import { TokenError, type Identity } from "../../gateway/session/token.ts";
import { defaultRights } from "../../gateway/switchboard/rights.ts";
import { CallMe } from "../../gateway/switchboard/call-me.ts";
import { Elsewhere } from "../../gateway/switchboard/elsewhere.ts";
import { LegHost } from "../../gateway/switchboard/leg-host.ts";
import { Router } from "../../gateway/switchboard/router.ts";
import { Switchboard } from "../../gateway/switchboard/switchboard.ts";
import { Trunks, type TrunkConfig } from "../../gateway/sip/trunk.ts";
import { FakeLeg } from "./fake-leg.ts";
import { FakePlayer } from "./fake-player.ts";
import { FakeRelay } from "./fake-relay.ts";
import { VirtualClock } from "./virtual-clock.ts";
import { memoryNode } from "./memory-node.ts";
import { RouterRig } from "./router-rig.ts";
import { settled } from "./settled.ts";

export const webOffer = { kind: "offer", sdp: "v=0\r\n", generation: 1 } as const;
export const webAnswer = { kind: "answer", sdp: "v=0\r\n", generation: 1 } as const;

/** The application key of a site whose visitors may call bob. */
export const shopKey: AppKey = {
  key: "shop-key",
  label: "Shop",
  domain: "a.example",
  origins: ["https://shop.example"],
  targets: ["user:bob@a.example"],
  callMe: ["tel:+33*"],
  callsPerMinute: 3,
  callsAtOnce: 2,
  longestCall: 60_000,
};

/** A gateway's inside without sockets: pages sign in as `name@domain` by the token of that text. */
export class SessionRig {
  readonly world: RouterRig;
  readonly clock: VirtualClock;
  readonly relay = new FakeRelay();
  /** Frames by which pages were told who is there. */
  presenceFrames = 0;
  /** What a node does once a second goes by a clock of its own: a test may let months pass. */
  readonly heart: VirtualClock;
  readonly node: ReturnType<typeof memoryNode>;
  readonly presence: Presence;
  readonly sessions: Sessions;
  /** What all nodes of a system share. */
  readonly records: MemorySessionRecords;
  readonly handOver: HandOver;
  readonly #roster: Roster;
  readonly #gaps: GapReader;
  /** Legs to registered phones, as they were rung. */
  readonly phones: FakeLeg[] = [];
  readonly refusals: string[] = [];
  readonly appKeys: AppKeys;
  /** Guests and their calls that were refused: label and reason. */
  readonly keyRefusals: string[] = [];
  readonly lines: string[] = [];
  /** Connections so far. */
  connected = 0;
  readonly away = new AwaySessions();
  /** What became of each `session.resume`. */
  readonly resumes: string[] = [];
  /** Kept events that had to go. */
  dropped = 0;
  readonly switchboard: Switchboard;
  readonly callMe: CallMe;
  readonly elsewhere: Elsewhere;
  readonly host: LegHost;
  readonly people: People;
  readonly conversations: MemoryConversations;
  readonly messaging: Messaging;
  /** What all nodes of a system share. */
  readonly boards: MemoryBoards<BoardElement, Background>;
  readonly files = new MemoryFiles();
  readonly boardLimits = { elements: 20, bytes: 200_000 };
  readonly #calls: CallHistory;
  readonly #inCall: InCall;
  readonly player = new FakePlayer();
  /** Life of the tokens, in milliseconds. */
  life = 3_600_000;
  development = true;

  /** `beside`: another node of the same system. */
  constructor({ maxCalls = 100, trunks = [], beside }: SessionRigOptions = {}) {
    this.world = beside?.world ?? new RouterRig();
    const { accounts, registrations, clock } = this.world;
    this.clock = clock;
    this.heart = beside?.heart ?? new VirtualClock();
    this.node = memoryNode(this.heart, beside?.node.bus.hub);
    this.presence = new Presence({
      ...this.node,
      accounts,
      carrier: registrations,
      clock,
      log: silentLogger,
      sent: (_type, count) => void (this.presenceFrames += count),
    });
    this.sessions = new Sessions(this.presence, this.node.bus);
    this.records = beside?.records ?? new MemorySessionRecords();
    const { node, presence, sessions, records } = this;
    const keeping = { ...node, presence, sessions, records, clock, log: silentLogger };
    this.#roster = new Roster({
      ...keeping,
      clock: this.heart,
      node: node.bus.node,
      find: (id) => sessions.find(id),
      ids: () => sessions.all.map(({ id }) => id),
      taken: (session, by) => this.handOver.taken(session, by),
    });
    this.#gaps = new GapReader(keeping);
    this.appKeys = new AppKeys([shopKey], clock, (label, reason) => this.keyRefusals.push(`${label} ${reason}`));
    const across = { ...node, clock, log: silentLogger };
    this.elsewhere = new Elsewhere(across);
    const router = new Router({
      accounts,
      registrations,
      trunks: new Trunks(trunks),
      pages: this.sessions,
      elsewhere: this.elsewhere,
      dialAllow: [],
      emergencyNumbers: [],
      makePhoneLeg: (route) => {
        const leg = new FakeLeg(`phone-${this.phones.length}`, route.kind, route.party);
        this.phones.push(leg);
        return leg;
      },
      makePlayerLeg: (id, party) => new FakeLeg(id, "rtp", party),
    });
    this.host = new LegHost({
      ...across,
      legsOf: (user, except) => router.ownLegs(user, except),
      isUndisturbed: (user) => this.sessions.isUndisturbed(user),
    });
    this.handOver = new HandOver({
      newer: () => void this.lines.push("newer"),
      ...keeping,
      elsewhere: this.elsewhere,
      host: this.host,
      arrive: (identity, state) => {
        const session = new Session(state.address, identity, this.parts, state);
        session.arrived(state.wishes);
        return session;
      },
    });
    const settings = { ringTimeout: 60_000, maxCalls };
    this.switchboard = new Switchboard({ relay: this.relay, accounts, router, clock, log: silentLogger, settings });
    this.callMe = new CallMe({
      switchboard: this.switchboard,
      router,
      relay: this.relay,
      player: this.player,
      clock,
      log: silentLogger,
      settings: { ringTimeout: 60_000, callMePerHour: 3, emergencyNumbers: ["112"] },
    });
    const limits = { entries: 100, age: 90 * 86_400_000 };
    this.people = {
      history: new History(new MemoryUserStore<readonly CallRecordInfo[]>(), limits, () => clock.now()),
      book: new AddressBook(new MemoryUserStore<readonly SavedContact[]>(), 3),
      tell: (user, event, except) => this.sessions.tell(user, event, except),
    };
    this.conversations =
      beside?.conversations ?? new MemoryConversations({ messages: 1000, age: limits.age }, () => clock.now());
    const parts = {
      conversations: this.conversations,
      accounts,
      clock,
      log: silentLogger,
      tell: this.sessions.tell.bind(this.sessions),
      isHere: this.sessions.has.bind(this.sessions),
    };
    const access = new Access(parts);
    const attachments = new Attachments({
      ...parts,
      access,
      files: this.files,
      links: new FileLinks("links", () => clock.now()),
      settings: {
        ...{ maxBytes: 1_000, types: ["image/*", "text/plain"], linkLife: 60_000, uploadLife: 3_600_000 },
        age: limits.age,
      },
      check: async ({ name }) => !name.includes("virus"),
    });
    this.boards =
      beside?.boards ??
      new MemoryBoards<BoardElement, Background>({ ...this.boardLimits, age: limits.age }, () => clock.now());
    this.messaging = {
      messages: new Messages({ ...parts, access, attachments }),
      attachments,
      groups: new Groups(parts),
      data: new Data(parts),
      whiteboards: new Whiteboards({ ...parts, boards: this.boards, others: node, firstSeat: beside ? 1_000 : 0 }),
    };
    this.#calls = new CallHistory(this.switchboard, { ...this.people, accounts, clock, log: silentLogger });
    this.#inCall = new InCall(this.switchboard, node);
    this.presence.follow(this.#inCall);
  }

  /** All that has ended is in the lists. */
  listed(): Promise<void> {
    return this.#calls.settled();
  }

  /** A page connects. */
  connect(local = true): Page {
    return new Page(this, local);
  }

  /** A page of another site connects, which an application key of its own lets in. */
  visit(origin: string): Page {
    return new Page(this, false, origin);
  }

  /** A page connects and signs in. */
  async page(user: string, wishes: object = {}): Promise<Page> {
    const page = this.connect();
    await page.ask({ type: "session.open", token: user, ...wishes });
    assert.equal(page.of("session.opened").length, 1, JSON.stringify(page.frames));
    return page;
  }

  /** What sessions and connections are built with. */
  get parts(): ConnectionParts {
    return {
      switchboard: this.switchboard,
      callMe: this.callMe,
      clock: this.clock,
      log: silentLogger,
      people: this.people,
      ...this.messaging,
      line: async () => ({ address: "", phones: [], trunks: [], missing: [] }),
      settings: {
        startsPerMinute: 60,
        messagesPerMinute: 120,
        dataPerSecond: 5,
        drawsPerSecond: 15,
        webCodecs: "follow",
        grace: 120_000,
        reloadGrace: 10_000,
      },
      framesPerSecond: 20,
      away: this.away,
      fetch: (id, identity) => this.handOver.fetch(id, identity),
      resumed: (result) => this.resumes.push(result),
      dropped: (events) => void (this.dropped += events),
      moved: (...moved) => this.sessions.moved(...moved),
      verify: (token) => this.verify(token),
      develop: (user, socket) => developmentSignIn(this.world.accounts, this.development, user, socket),
      welcomeGuest: (key, socket, name) => this.appKeys.guest(key, socket, name),
      opened: (session, wishes) => {
        this.#roster.opened(session.id);
        return this.sessions.opened(session, wishes);
      },
      presence: this.presence,
      closed: (session) => {
        this.#roster.closed(session.id);
        this.sessions.closed(session);
      },
      refused: (code) => this.refusals.push(code),
    };
  }

  async verify(token: string): Promise<Identity> {
    const [name = "", domain] = token.split("@");
    if (token === "expired") throw new TokenError("token-expired", "the token has expired");
    if (domain === undefined) throw new TokenError("token-refused", "no signature fits");
    return { user: { name, domain }, rights: defaultRights, expiresAt: this.clock.now() + this.life };
  }

  /** Leaves its system; sessions that are here end without a word, as when it dies. */
  stop(): void {
    this.presence.close();
    this.world.registrations.close();
    for (const part of [this.handOver, this.#roster, this.#gaps, this.#inCall, this.host, this.elsewhere]) part.close();
    this.node.nodes.leave();
    this.node.bus.close();
  }

  /** Everything is over: no call, session, relay session or timer is left. */
  assertEmpty(): void {
    this.sessions.close();
    this.presence.close();
    assert.deepEqual(this.presence.held, { groups: 0, members: 0, watchers: 0 });
    this.stop();
    assert.deepEqual(
      [
        this.switchboard.calls,
        this.sessions.size,
        this.away.size,
        this.messaging.whiteboards.open,
        this.host.size + this.elsewhere.size,
        this.relay.sessions,
        this.player.sessions,
        this.clock.pending + this.heart.pending,
      ],
      [0, 0, 0, 0, 0, 0, 0, 0],
      "calls, sessions, those away, open whiteboards, legs across nodes, relay sessions, players, timers",
    );
  }
}

export interface SessionRigOptions {
  readonly maxCalls?: number;
  readonly trunks?: readonly TrunkConfig[];
  readonly beside?: SessionRig;
}

/** The far side of a socket: what the page was sent, and what it sends. */
export class Page implements SessionSocket {
  readonly local: boolean;
  readonly origin?: string;
  readonly guestsOnly: boolean;
  readonly address = "192.0.2.99";
  readonly transport = "websocket";
  readonly frames: ServerFrame[] = [];
  closed: { code: number; reason: string } | undefined;
  readonly connection: Connection;
  #ids = 0;
  /** Ids are those of the session, which may have several connections. */
  readonly #name: number;

  constructor(rig: SessionRig, local: boolean, origin?: string) {
    this.local = local;
    this.#name = rig.connected += 1;
    this.guestsOnly = origin !== undefined;
    if (origin !== undefined) this.origin = origin;
    const log: Logger = {
      ...silentLogger,
      warn: (message: string, fields?: Fields) => void rig.lines.push(`${message} ${JSON.stringify(fields)}`),
    };
    this.connection = new Connection(this, { ...rig.parts, log });
  }

  /** The session that it opened or resumed. */
  get session(): Session {
    const { session } = this.connection;
    assert.ok(session, "nobody signed in");
    return session;
  }

  send(frame: ServerFrame): void {
    assert.equal(this.closed, undefined, `sent after the close: ${JSON.stringify(frame)}`);
    this.frames.push(frame);
  }

  close(code: number, reason: string): void {
    assert.ok(Buffer.byteLength(reason) <= 123, "RFC 6455 5.5");
    this.closed ??= { code, reason };
  }

  /** Sends a frame with a new id, unless it has one; the answer. */
  async ask(frame: { type: string; id?: string } & Record<string, unknown>): Promise<ServerFrame | undefined> {
    const id = frame.id ?? `${this.#name}-${(this.#ids += 1)}`;
    const before = this.frames.length;
    this.connection.receive({ ...frame, id });
    await settled();
    return this.frames.slice(before).find((one) => "re" in one && one.re === id);
  }

  of<T extends ServerFrameType>(type: T): ServerFrameOf<T>[] {
    return this.frames.filter((frame): frame is ServerFrameOf<T> => frame.type === type);
  }

  /** The last frame of `type`. */
  last<T extends ServerFrameType>(type: T): ServerFrameOf<T> {
    const found = this.of(type).at(-1);
    assert.ok(found, `no ${type}, but: ${this.frames.map((frame) => frame.type).join(", ")}`);
    return found;
  }

  /** Calls a user; the call's id. */
  async call(user: string): Promise<string> {
    const answer = await this.ask({ type: "call.start", target: { user }, description: webOffer });
    assert.ok(answer?.type === "call.started", JSON.stringify(answer));
    return answer.callId;
  }
}
