import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { CodecPolicy, Party } from "../call/leg.ts";
import type { UserId } from "../directory/user-id.ts";
import type { Wishes } from "../presence/attendance.ts";
import type { Presence } from "../presence/presence.ts";
import type { RefusalCode } from "../protocol/causes.ts";
import type { LineInfo, Target } from "../protocol/values.ts";
import type { Pushes } from "../push/pushes.ts";
import type { CallMe } from "../switchboard/call-me.ts";
import type { Switchboard } from "../switchboard/switchboard.ts";
import type { AbsenceSettings } from "./absence.ts";
import type { AwaySessions } from "./away-sessions.ts";
import type { Messaging, People } from "./context.ts";
import type { Departure } from "./socket.ts";
import type { Identity } from "./token.ts";

export interface SessionSettings extends AbsenceSettings {
  readonly startsPerMinute: number;
  readonly messagesPerMinute: number;
  readonly dataPerSecond: number;
  readonly drawsPerSecond: number;
  readonly webCodecs: CodecPolicy;
}

/** What a session, which is an `S`, needs from its surroundings. */
export interface SessionPartsOf<S> extends Messaging {
  readonly switchboard: Switchboard;
  readonly callMe: CallMe;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: SessionSettings;
  readonly people: People;
  readonly presence: Presence;
  /** What wakes browsers; absent when nothing does. */
  readonly pushes?: Pushes;
  /** Where it waits without a connection. */
  readonly away: AwaySessions;
  line(user: UserId): Promise<LineInfo>;
  /** Checks a token. @throws TokenError */
  verify(token: string): Promise<Identity>;
  /** It is open, or goes on here. Resolves when what happens at other nodes is heard. */
  opened(session: S, wishes: Wishes): Promise<void>;
  /** Its page went or came back; `anew`: and knows nothing of what it was told. */
  moved(session: S, how: Departure | "back" | "anew"): void;
  closed(session: S): void;
  /** Something was refused, for metrics. */
  refused(code: RefusalCode | "unknown-type"): void;
  /** So many kept events had to go before the page had them, for metrics. */
  dropped(events: number): void;
  /** A page may not start a call, for its story. */
  callRefused?(from: Party, target: Target, code: RefusalCode, address: string): void;
}
