import { systemClock, type Clock } from "../base/clock.ts";
import { withDeadline } from "../base/deadline.ts";
import { reportListenerFaults } from "../base/emitter.ts";
import { messageOf } from "../base/errors.ts";
import { createLogger, type Logger } from "../base/log.ts";
import type { Config } from "../config.ts";
import { printUserId, type UserId } from "../directory/user-id.ts";
import { HttpEdge } from "../edge/http.ts";
import { pushRoutes } from "../edge/push.ts";
import type { OneTimeCodes } from "../identity/one-time-codes.ts";
import { RtpPlayer } from "../media/rtp-player/player.ts";
import { Presence } from "../presence/presence.ts";
import { InCall } from "../session/in-call.ts";
import { Sessions } from "../session/sessions.ts";
import type { Stories } from "../records/stories.ts";
import type { ControlLink } from "../sip/control-link.ts";
import { followAccounts, openAccounts, prepareAccounts, type PreparedAccounts } from "./accounts.ts";
import { buildCalls, type Calls } from "./calls.ts";
import { Drainer } from "./drainer.ts";
import type { Foundation, Frame } from "./frame.ts";
import { openFrontDoor, type FrontDoor } from "./front-door.ts";
import { GatewayMetrics } from "./metrics.ts";
import { buildMessaging } from "./messaging.ts";
import { joinNodes } from "./nodes.ts";
import { buildPages, pageDir, type Pages } from "./pages.ts";
import { buildPeople, lineOf } from "./people.ts";
import { buildPush } from "./push.ts";
import { openRegistrations } from "./registrations.ts";
import { openRedis } from "./redis.ts";
import { openRelay } from "./relay.ts";
import { buildRest } from "./rest.ts";
import { openSipServer, type SipServerAccess } from "./sip-server.ts";
import { Facts } from "./facts.ts";
import { StateDir } from "./state-dir.ts";
import { openStories } from "./stories.ts";
import { buildTelephony, type Telephony } from "./telephony.ts";

/** A running gateway. */
export interface Gateway {
  readonly httpPort: number;
  readonly door: Pick<FrontDoor, "mode" | "address" | "authority" | "warning">;
  /** `proto/host:port` of each SIP listener. */
  readonly sip: readonly string[];
  readonly made: PreparedAccounts["made"];
  readonly domain: string;
  /** How many accounts there are, and who of them may be sent a link to the page. */
  readonly accounts: number;
  readonly users: readonly UserId[];
  /** One-time codes that sign users in. */
  readonly codes: OneTimeCodes;
  /** Why there is no media relay, when there is none. */
  readonly mediaMissing: string | undefined;
  /** Sends its pages to other nodes, where there are any, and waits for its calls; `stop` ends that. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

/** Builds the parts, wires them, listens. What was started is stopped again when a later part fails. */
export async function startGateway(config: Config, relayOf = openRelay): Promise<Gateway> {
  const log = createLogger({ level: config.log.level, json: config.log.json });
  reportListenerFaults((fault) => log.error("listener failed", { fault: messageOf(fault) }));
  const dir = StateDir.open(config.stateDir);
  const undo: (() => Promise<void> | void)[] = [() => dir.remove("gateway.json")];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return await build(config, dir, log, relayOf, undo, stop);
  } catch (fault) {
    await stop();
    throw fault;
  }
}

async function build(
  config: Config,
  dir: StateDir,
  log: Logger,
  relayOf: typeof openRelay,
  undo: (() => Promise<void> | void)[],
  stop: () => Promise<void>,
): Promise<Gateway> {
  const stories = await openStories(config, dir, systemClock, log);
  undo.push(() => stories.close());
  const foundation = await foundationOf(config, dir, log, stories, undo);
  const { clock, metrics, accounts, prepared, later } = foundation;
  const facts = new Facts(foundation);
  const door = await openFrontDoor(foundation);
  const sipServer = await openSipServer(config, dir, clock, log);
  later(() => sipServer.stop());
  const { relay, missing } = await relayOf(config, dir, clock, log);
  later(() => relay.close());
  const player = new RtpPlayer({ clock });

  const others = joinNodes(foundation, sipServer.place);
  const known = followAccounts(foundation.accounts, others.bus);
  later(() => known.close());
  const registrations = await openRegistrations(foundation, others, sipServer);
  const frame: Frame = { ...foundation, registrations };
  const telephony = buildTelephony(frame, others, { ...sipServer.control, secret: sipServer.secret });
  const { agent, link } = telephony;
  const sent = (type: string, count: number): void => metrics.presenceFrames.add({ type }, count);
  const changed = facts.presenceChanged;
  const presence = new Presence({ ...others, accounts, carrier: registrations, clock, log, sent, changed });
  later(() => presence.close());
  const sessions = new Sessions(presence, others.bus);
  const { pushes, sleepers } = (await buildPush(frame, others.bus)) ?? {};
  const ways = buildCalls(frame, others, telephony, sessions, { relay, player }, sleepers);
  const { switchboard, callMe, host, elsewhere } = ways;
  facts.followCalls(switchboard);
  facts.followPhones(switchboard, registrations);
  facts.followSessions(sessions);
  const state = () => ({ sip: agent.isUp, media: relay.available });
  const people = buildPeople(frame, sessions, switchboard);
  const inCall = new InCall(switchboard, others);
  later(() => inCall.close());
  presence.follow(inCall);
  const line = (user: UserId) => lineOf(frame, telephony.trunks, state(), user);
  const messaging = await buildMessaging(frame, others, sessions, facts.messageKept, telephony.messages, pushes);
  telephony.messages.giveTo((message) => messaging.messages.take(message));
  const inside = { switchboard, callMe, people, presence, line, ...(pushes && { pushes }), ...messaging };
  const pages = buildPages(frame, { ...others, host, elsewhere }, sessions, inside, phoneServer(sipServer.sip));
  const { sockets, polls, away } = pages;
  const calls = () => switchboard.calls + host.size;
  const drainer = new Drainer({ frame, ...others, sessions, calls, edges: [sockets, polls] });
  later(() => drainer.close());
  const health = () => ({ ...state(), ...(drainer.drains && { draining: true as const }) });
  const { whiteboards } = messaging;
  metrics.measure({
    webhooks: facts.webhooks,
    ...frame,
    ...messaging,
    switchboard,
    sessions,
    presence,
    sockets,
    polls,
    away,
    whiteboards,
    agent,
    relay,
    player,
  });

  const rest = buildRest(frame, others, { ...messaging, people, sessions, switchboard, tokens: pages.identity.tokens });
  const routes = [...pages.routes, ...rest, ...(sleepers ? [pushRoutes(sleepers)] : [])];
  const served = { ...pages, routes };
  const httpPort = await serve(frame, door, served, sessions, health, sipServer.metricsUrl, () =>
    endCalls(ways, telephony, sipServer),
  );
  await linkUp(link, clock);
  const domain = (config.domains[0] ?? "").toLowerCase();
  const { codes } = pages.identity;
  return {
    httpPort,
    door,
    sip: sipServer.sip,
    made: prepared.made,
    domain,
    ...whoOf(prepared),
    codes,
    mediaMissing: missing,
    drain: () => drainer.drain(),
    stop,
  };
}

async function foundationOf(
  config: Config,
  dir: StateDir,
  log: Logger,
  stories: Stories,
  undo: (() => Promise<void> | void)[],
): Promise<Foundation> {
  const prepared = prepareAccounts(config, dir);
  const domains = config.domains.map((one) => one.toLowerCase());
  const later = (step: () => Promise<void> | void): void => void undo.push(step);
  const metrics = new GatewayMetrics();
  const redis = await openRedis(config.redis, { clock: systemClock, log, metrics, later });
  const accounts = await openAccounts({ domains, configured: prepared.accounts, dir, log, redis });
  const { accounts: _hashed, ...kept } = config;
  return {
    config: kept,
    dir,
    clock: systemClock,
    log,
    metrics,
    ...(redis && { redis }),
    prepared,
    accounts,
    stories,
    later,
  };
}

/** Of accounts that we made, those for softphones need no page. */
function whoOf({ accounts, made }: PreparedAccounts): Pick<Gateway, "accounts" | "users"> {
  const forPages = accounts.filter(({ id }) => !made || made.pages.some(({ user }) => user === printUserId(id)));
  return { accounts: accounts.length, users: forPages.map(({ id }) => id) };
}

/** Listens for pages. The stop begins with taking none any more, and goes on when the last has gone. */
async function serve(
  { config, redis, log, metrics, later }: Frame,
  door: FrontDoor,
  { sockets, polls, handOver, welcome, routes }: Pages,
  sessions: Sessions,
  health: () => { sip: boolean; media: boolean },
  sipMetricsUrl: string | undefined,
  calls: () => Promise<void>,
): Promise<number> {
  let closed: Promise<void> | undefined;
  later(() => closed);
  later(() => sockets.close());
  later(() => polls.close());
  later(() => sessions.close());
  // Without Redis nothing waits for a page: it is told the end.
  if (redis) later(() => handOver.park());
  later(calls);
  const metricsText = (): Promise<string> => metrics.text(sipMetricsUrl);
  const http = await HttpEdge.listen({
    ...config.http,
    log,
    https: door.https,
    pageDir: pageDir(),
    sockets,
    welcome,
    health,
    metrics: metricsText,
    routes: [...routes, ...door.routes],
  });
  later(() => void (closed = http.close()));
  await door.opened(http.port, (keys) => http.renew(keys));
  return http.port;
}

/** Connects; resolves with the first connection, and in any case after a while: the link goes on trying. */
async function linkUp(link: ControlLink, clock: Clock): Promise<void> {
  const up = new Promise<void>((resolve) => void link.once("up", () => resolve()));
  link.start();
  await withDeadline(up, 3000, "connecting to the SIP server", clock).catch(() => {});
}

/** Calls end before the ways to tell their far ends go: pages are connected, and the SIP server runs until BYEs left. */
async function endCalls(
  { switchboard, host }: Pick<Calls, "switchboard" | "host">,
  { agent }: Telephony,
  sipServer: SipServerAccess,
): Promise<void> {
  const had = agent.dialogs > 0;
  switchboard.close();
  host.close();
  if (had) await sipServer.settle();
}

/** What a softphone's owner types as server: the address that others reach, if there is one. */
export function phoneServer(sip: readonly string[]): string {
  const udp = sip.filter((one) => one.startsWith("udp/")).map((one) => one.slice(4));
  return udp.find((one) => !one.startsWith("127.")) ?? udp[0] ?? "";
}
