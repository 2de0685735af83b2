import type { Clock } from "../base/clock.ts";
import { withDeadline } from "../base/deadline.ts";
import { CodedError, messageOf } from "../base/errors.ts";
import { uuid } from "../base/ids.ts";
import { InTurn } from "../base/in-turn.ts";
import { isRecord } from "../base/json.ts";
import type { Logger } from "../base/log.ts";
import type { LegId } from "../call/leg.ts";
import type { Bus, Stamp, Subscription, Topic } from "../directory/bus.ts";
import type { SessionRecord, SessionRecords } from "../directory/session-records.ts";
import { userKey } from "../directory/user-id.ts";
import type { Presence } from "../presence/presence.ts";
import type { Elsewhere } from "../switchboard/elsewhere.ts";
import type { LegHost } from "../switchboard/leg-host.ts";
import type { BrowserLeg } from "./browser-leg.ts";
import { isNewer, isSessionState, type SessionState } from "./session-state.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";
import type { Identity } from "./token.ts";
import { replacedCode, restartCode } from "./socket.ts";
import { userTopic, type Told } from "./user-topic.ts";

/** The session cannot be had now; trying again may help. */
export class HandOverError extends CodedError<"not-now"> {}

export interface HandOverParts {
  readonly bus: Bus;
  readonly records: SessionRecords;
  readonly clock: Clock;
  readonly log: Logger;
  readonly sessions: Sessions;
  readonly presence: Presence;
  /** By which calls go on when their page has gone to another node. */
  readonly elsewhere: Pick<Elsewhere, "follow">;
  readonly host: Pick<LegHost, "adopt">;
  /** A newer release has written down a session: it is left as it is. */
  newer(): void;
  /** Makes a session of what it was elsewhere. */
  arrive(identity: Identity, state: SessionState): Session;
}

interface Question {
  readonly is: "give";
  readonly ask: string;
  readonly session: string;
  readonly user: string;
  readonly to: string;
}

interface Reply {
  readonly is: "given";
  readonly ask: string;
  /** Absent: it is not there. */
  readonly given?: Given;
}

interface Given {
  readonly state: SessionState;
  /** How far the giving node had heard each node: the session knows what was published until then. */
  readonly heard: Readonly<Record<string, number>>;
}

const isLetter = (value: unknown): value is Question | Reply =>
  isRecord(value) && typeof value.ask === "string" && (isQuestion(value) || isReply(value));

const isQuestion = (value: Record<string, unknown>): boolean =>
  value.is === "give" && [value.session, value.user, value.to].every((text) => typeof text === "string");

const isReply = ({ is, given }: Record<string, unknown>): boolean =>
  is === "given" && (given === undefined || isGiven(given));

const isGiven = (value: unknown): value is Given =>
  isRecord(value) && isSessionState(value.state) && isRecord(value.heard);

const letters = (node: string): Topic<Question | Reply> => ({ name: `node/${node}`, is: isLetter });

/** How long a node has to answer, and a session to finish what it does; milliseconds. */
const answerMs = 3_000;
const restMs = 2_000;

/**
 * A page comes to another node than before. That node asks for the session where it is: nothing is lost then,
 * nothing comes twice, and its calls go on. Where its node has died, it is made anew of what was written down, and the page reads everything
 * again. What is published meanwhile is heard twice, here and there; its stamp says which of the two counts.
 */
export class HandOver {
  readonly #parts: HandOverParts;
  readonly #turns = new InTurn();
  readonly #asked = new Map<string, (given: Given | undefined) => void>();
  readonly #letters: Subscription;

  constructor(parts: HandOverParts) {
    this.#parts = parts;
    const { bus } = parts;
    this.#letters = bus.subscribe(letters(bus.node), (letter) => {
      if (letter.is === "give") void this.#give(letter);
      else this.#asked.get(letter.ask)?.(letter.given);
    });
  }

  /**
   * The session of that id, from wherever it is; undefined when there is none, or it is somebody else's.
   * @throws HandOverError; StoreError
   */
  async fetch(id: string, identity: Identity): Promise<Session | undefined> {
    const here = (): Session | undefined => this.#parts.sessions.find(id);
    return here() ?? this.#turns.run(id, async () => here() ?? (await this.#fetch(id, identity)));
  }

  /** The gateway stops: sessions wait in the store for their pages, as far as it takes them. Guests do not. */
  async park(): Promise<void> {
    const { sessions, bus, records } = this.#parts;
    await Promise.all(
      sessions.all.map(async (session) => {
        const { id, identity } = session;
        if (identity.guest || !bus.isUp) return;
        const given = await this.#release(id, restartCode, "restarting");
        if (given)
          await records
            .put(id, bus.node, { node: "", user: userKey(identity.user), state: given })
            .catch((fault: unknown) => this.#parts.log.warn("session lost", { session: id, fault: messageOf(fault) }));
      }),
    );
  }

  /** Another node has it by now. */
  taken(session: Session, by: string): void {
    this.#depart(session, replacedCode, "resumed", by);
  }

  close(): void {
    this.#letters.close();
  }

  async #fetch(id: string, identity: Identity): Promise<Session | undefined> {
    const { bus, records, clock, host } = this.#parts;
    const record = await records.find(id);
    if (!record || identity.guest || record.user !== userKey(identity.user)) return undefined;
    if (isNewer(record.state)) {
      this.#parts.newer();
      return undefined;
    }
    const missed: [Told, Stamp][] = [];
    const subscription = bus.subscribe(userTopic(identity.user), (...told) => missed.push(told));
    try {
      await withDeadline(subscription.ready, answerMs, "hearing other nodes", clock);
      const given = record.node === "" ? waiting(record) : await this.#ask(id, record);
      if (!given) return undefined;
      if (!(await records.claim(id, record.node, bus.node)))
        throw new HandOverError("not-now", "another node was faster");
      const session = this.#parts.arrive(identity, given.state);
      for (const leg of given.state.legs ?? []) host.adopt(session.takeOver(leg), record.node, leg.line);
      for (const [{ event, except }, { node, n }] of missed)
        if (n > (given.heard[node] ?? 0)) session.hear(event, except);
      return session;
    } finally {
      subscription.close();
    }
  }

  /** From the node that has it; from what was written down when that node is there no longer. */
  async #ask(id: string, record: SessionRecord): Promise<Given | undefined> {
    const { bus, clock } = this.#parts;
    const ask = uuid();
    const answer = new Promise<Given | undefined>((resolve) => this.#asked.set(ask, resolve));
    try {
      const question: Question = { is: "give", ask, session: id, user: record.user, to: bus.node };
      if ((await bus.send(letters(record.node), question)) > 0)
        return await withDeadline(answer, answerMs, "another node's answer", clock);
    } finally {
      this.#asked.delete(ask);
    }
    if (!bus.isUp) throw new HandOverError("not-now", "other nodes cannot be reached");
    return isSessionState(record.state) ? { state: record.state, heard: {} } : undefined;
  }

  async #give({ ask, session, user, to }: Question): Promise<void> {
    const { bus, sessions } = this.#parts;
    const mine = sessions.find(session);
    const isTheirs = mine && userKey(mine.identity.user) === user;
    const given = isTheirs ? await this.#release(session, replacedCode, "resumed", to) : undefined;
    bus.publish(letters(to), { is: "given", ask, ...(given && { given }) });
  }

  async #release(id: string, code: number, why: string, to?: string): Promise<Given | undefined> {
    const { sessions, clock, bus } = this.#parts;
    await withDeadline(sessions.find(id)?.rest() ?? Promise.resolve(), restMs, "finishing", clock).catch(() => {});
    const session = sessions.find(id);
    const move = to === undefined ? undefined : (leg: BrowserLeg): LegId => this.#move(leg, to);
    return session && { state: this.#depart(session, code, why, to, move), heard: bus.heard };
  }

  #move(leg: BrowserLeg, to: string): LegId {
    const { kind, party, codecs, wire } = leg;
    const line = uuid() as LegId;
    leg.goOnAt(this.#parts.elsewhere.follow({ leg: line, kind, party, codecs, wire }, to));
    return line;
  }

  #depart(session: Session, code: number, why: string, to?: string, move?: (leg: BrowserLeg) => LegId): SessionState {
    const { sessions, presence } = this.#parts;
    const wishes = presence.of(session.id)?.wishes ?? {};
    const state = session.depart(wishes, code, why, move);
    sessions.departed(session, to);
    return state;
  }
}

/** What a node left when it stopped. */
const waiting = ({ state }: SessionRecord): Given | undefined => (isGiven(state) ? state : undefined);
