import type { Call } from "../call/call.ts";
import type { Binding, Registrations } from "../directory/registrations.ts";
import { printUserId, type UserId } from "../directory/user-id.ts";
import type { KeptNote } from "../messaging/parts.ts";
import type { CallFact, SessionFact } from "../protocol/rest/webhooks.ts";
import type { ContactInfo } from "../protocol/values.ts";
import { Webhooks } from "../records/webhooks/webhooks.ts";
import { endReasonOf } from "../session/end-reason.ts";
import { peerOf } from "../session/peer.ts";
import type { Session } from "../session/session.ts";
import type { Sessions } from "../session/sessions.ts";
import type { CallRoute, Switchboard } from "../switchboard/switchboard.ts";
import type { Foundation } from "./frame.ts";

/** Facts of all parts as webhooks tell them. */
export class Facts {
  readonly webhooks: Webhooks;

  constructor({ config, clock, log, metrics, later }: Foundation) {
    const { to, ...settings } = config.webhooks;
    const webhooks = to.map((one) => ({ ...one, domain: one.domain.toLowerCase() }));
    const came = (webhook: string, outcome: string): void => metrics.webhookEvents.add({ webhook, outcome });
    this.webhooks = new Webhooks(webhooks, { clock, log, settings, came });
    later(() => this.webhooks.close());
  }

  followCalls(switchboard: Switchboard): void {
    switchboard.on("started", (call, route) => {
      this.#tellCall("call.started", call, route);
      call.on("connected", () => this.#tellCall("call.answered", call, route));
    });
    switchboard.on("ended", (call, { by, cause, durationMs }, route) => {
      const end = { by, ...endReasonOf(cause), ...(cause.sip !== undefined && { sip: cause.sip }), durationMs };
      for (const domain of domainsOf(route))
        this.webhooks.tell(domain, "call.ended", call.reference, { ...callFact(call, route), ...end });
    });
  }

  followSessions(sessions: Sessions): void {
    const tell = (event: "session.began" | "session.ended", session: Session): void =>
      this.webhooks.tell(session.identity.user.domain, event, session.id, sessionFact(session));
    sessions.on("opened", (session) => tell("session.began", session));
    sessions.on("closed", (session) => tell("session.ended", session));
  }

  /** Softphones that sleep are rung all the same; who is told this wakes them. */
  followPhones(switchboard: Switchboard, registrations: Registrations): void {
    switchboard.on("called", (call, route) => {
      if (route.called) void this.#tellPhones(call, route, route.called, registrations);
    });
  }

  readonly messageKept = ({ domain, ...message }: KeptNote): void =>
    this.webhooks.tell(domain, "message.kept", message.messageId, message);

  readonly presenceChanged = (user: UserId, contact: ContactInfo): void =>
    this.webhooks.tell(user.domain, "presence.changed", printUserId(user), contact);

  async #tellPhones(call: Call, route: CallRoute, called: UserId, registrations: Registrations): Promise<void> {
    const user = printUserId(called);
    const bindings = await registrations.list(called).catch((): readonly Binding[] => []);
    for (const { push } of bindings)
      if (push) this.webhooks.tell(called.domain, "phone.called", user, { ...callFact(call, route), user, ...push });
  }

  #tellCall(event: "call.started" | "call.answered", call: Call, route: CallRoute): void {
    for (const domain of domainsOf(route)) this.webhooks.tell(domain, event, call.reference, callFact(call, route));
  }
}

/** A call between two tenants is told to both, as soon as it is known who is called. */
const domainsOf = ({ domain, called }: CallRoute): ReadonlySet<string> => new Set([domain, called?.domain ?? domain]);

const callFact = ({ reference }: Call, { from, target }: CallRoute): CallFact => ({
  reference,
  from: peerOf(from),
  to: peerOf({ address: target }),
});

const sessionFact = ({ id, identity: { user, guest } }: Session): SessionFact => ({
  sessionId: id,
  user: printUserId(user),
  ...(guest && { guest }),
});
