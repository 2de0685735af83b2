import { messageOf } from "../base/errors.ts";
import { Metrics } from "../base/metrics.ts";
import type { CauseCode } from "../call/cause.ts";
import type { Player } from "../media/player.ts";
import type { Relay } from "../media/relay.ts";
import type { Registrations } from "../directory/registrations.ts";
import type { StoreError } from "../directory/store-error.ts";
import type { Stories } from "../records/stories.ts";
import type { SipAgent } from "../sip/agent.ts";
import type { Presence } from "../presence/presence.ts";
import type { Sessions } from "../session/sessions.ts";
import type { Switchboard } from "../switchboard/switchboard.ts";

export interface Measured {
  readonly switchboard: Switchboard;
  readonly sessions: Sessions;
  readonly presence: Presence;
  readonly sockets: { readonly connections: number };
  readonly polls: { readonly connections: number };
  readonly away: { readonly size: number };
  readonly whiteboards: { readonly open: number };
  readonly agent: SipAgent;
  readonly relay: Relay;
  readonly player: Player;
  readonly registrations: Registrations;
  readonly stories: Stories;
  readonly webhooks: { readonly waiting: number };
  readonly messages: { readonly postponed: number };
}

/** Counters that parts feed, and the gauges that read them. */
export class GatewayMetrics {
  readonly #metrics = new Metrics();
  readonly calls = this.#metrics.counter("offhook_calls_ended_total", "Calls that ended, by cause", ["cause"]);
  readonly refusals = this.#metrics.counter(
    "offhook_frames_refused_total",
    "Frames of pages that were refused, by code",
    ["code"],
  );
  readonly resumes = this.#metrics.counter("offhook_session_resumes_total", "Pages that came back, by result", [
    "result",
  ]);
  readonly keptEventsDropped = this.#metrics.counter(
    "offhook_kept_events_dropped_total",
    "Events that went before the page had acknowledged them",
  );
  readonly signIns = this.#metrics.counter("offhook_sign_ins_total", "Sign-ins on the page, by what became of them", [
    "outcome",
  ]);
  readonly appKeyRefusals = this.#metrics.counter(
    "offhook_app_key_refused_total",
    "Guests and their calls that were refused, by application key and reason",
    ["key", "reason"],
  );
  readonly restRequests = this.#metrics.counter(
    "offhook_rest_requests_total",
    "Requests of servers with an API key, by operation and status",
    ["operation", "status"],
  );
  readonly webhookEvents = this.#metrics.counter(
    "offhook_webhook_events_total",
    "Events and tries of webhooks, by what became of them",
    ["webhook", "outcome"],
  );
  readonly pushes = this.#metrics.counter(
    "offhook_pushes_total",
    "Messages to push services, by what they tell of and what became of them",
    ["type", "outcome"],
  );
  readonly sipRefusals = this.#metrics.counter(
    "offhook_sip_refused_total",
    "SIP requests refused without a call, by reason",
    ["reason"],
  );

  readonly presenceFrames = this.#metrics.counter(
    "offhook_presence_frames_total",
    "Frames by which sessions were told who is there, by type",
    ["type"],
  );

  readonly publicationsLost = this.#metrics.counter(
    "offhook_publications_lost_total",
    "What other nodes were to be told and never were, since Redis was away for too long",
  );

  readonly #storeFailures = this.#metrics.counter(
    "offhook_redis_failures_total",
    "What Redis was asked for and did not do, by reason: away, full, or newer (a newer release has written it)",
    ["reason"],
  );

  readonly #verdicts = this.#metrics.counter("offhook_call_verdicts_total", "Calls and refused attempts, by verdict", [
    "code",
  ]);

  /** Gauges of what is open now; each must come back to its start value. */
  measure(measured: Measured): void {
    const { switchboard, sessions, presence, sockets, polls, away, whiteboards, webhooks } = measured;
    const { agent, relay, player, registrations, stories, messages } = measured;
    const gauge = (name: string, help: string, read: () => number): void =>
      this.#metrics.gauge(`offhook_${name}`, help, read);
    gauge("calls", "Calls that have not ended", () => switchboard.calls);
    gauge("calls_connected", "Calls in which two sides talk", () => switchboard.connected);
    gauge("sessions", "Signed-in pages, connected and away", () => sessions.size);
    gauge("sessions_away", "Signed-in pages that have lost their connection or were left", () => away.size);
    gauge("presence_groups", "Presence groups with somebody in them or watching", () => presence.held.groups);
    gauge("presence_members", "Contacts seen in presence groups", () => presence.held.members);
    gauge("presence_watchers", "Sessions that watch presence groups, once a group", () => presence.held.watchers);
    gauge("websocket_connections", "WebSocket connections of pages", () => sockets.connections);
    gauge("polling_connections", "Connections of pages by long polling", () => polls.connections);
    gauge("whiteboards_open", "Pages with an open whiteboard, once a board", () => whiteboards.open);
    gauge("dialogs", "SIP dialogs and INVITEs of the gateway", () => agent.dialogs);
    gauge("relay_sessions", "Media relay sessions", () => relay.sessions);
    gauge("player_sessions", "Open players", () => player.sessions);
    gauge("registrations", "Registered softphone contacts", () => registrations.size);
    gauge("webhook_events_waiting", "Events that no webhook has taken yet", () => webhooks.waiting);
    gauge("messages_pending", "Messages that wait for Redis in the memory of this process", () => messages.postponed);
    gauge("stories_open", "Call stories that are being written", () => stories.open);
    gauge("stories_kept", "Call stories that are kept", () => stories.kept);
    gauge("stories_bytes", "Room that kept call stories take", () => stories.bytes);
    gauge("stories_dropped_entries", "Entries that call stories had no room for", () => stories.droppedEntries);
    gauge("stories_lost", "Call stories that could not be written", () => stories.lost);
    stories.on("kept", (code) => this.#verdicts.add({ code }));
    gauge("sip_server_up", "1 while the SIP server is connected", () => Number(agent.isUp));
    gauge("relay_up", "1 while a media relay answers", () => Number(relay.available));
  }

  measurePush(pushes: { readonly sending: number }, sleepers: { readonly size: number }): void {
    this.#metrics.gauge("offhook_pushes_sending", "Messages that no push service has answered", () => pushes.sending);
    this.#metrics.gauge("offhook_calls_asleep", "Calls of users whose browsers were woken", () => sleepers.size);
  }

  measureNodes(nodes: { readonly others: readonly string[] }): void {
    this.#metrics.gauge("offhook_other_nodes", "Other nodes that are there", () => nodes.others.length);
  }

  /** Legs whose calls are at another node than they are. */
  measureLegs({
    host,
    elsewhere,
  }: {
    readonly host: { readonly size: number };
    readonly elsewhere: { readonly size: number };
  }): void {
    this.#metrics.gauge("offhook_hosted_legs", "Legs of this node in calls of others", () => host.size);
    this.#metrics.gauge("offhook_remote_legs", "Legs of other nodes in calls of this one", () => elsewhere.size);
  }

  measureRedis(connection: { readonly isUp: boolean }): void {
    this.#metrics.gauge("offhook_redis_up", "1 while Redis answers", () => Number(connection.isUp));
  }

  storeFailed(reason: StoreError["code"]): void {
    this.#storeFailures.add({ reason });
  }

  ended(code: CauseCode): void {
    this.calls.add({ cause: code });
  }

  /** Our figures, and those of the SIP server that we started. */
  async text(sipServerUrl: string | undefined): Promise<string> {
    const own = await this.#metrics.text();
    if (sipServerUrl === undefined) return own;
    try {
      const answer = await fetch(sipServerUrl, { signal: AbortSignal.timeout(2000) });
      return `${own}\n${await answer.text()}`;
    } catch (fault) {
      return `${own}\n# SIP server: ${messageOf(fault).replace(/\s+/g, " ")}\n`;
    }
  }
}
