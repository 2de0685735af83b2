import { fileURLToPath } from "node:url";
import { printUserId } from "../directory/user-id.ts";
import { adminPage } from "../edge/admin-page.ts";
import { apiDocuments } from "../edge/api-documents.ts";
import { callStoryRoutes } from "../edge/call-stories.ts";
import { clientFiles } from "../edge/client-files.ts";
import { fileRoutes } from "../edge/files.ts";
import type { HttpRoutes } from "../edge/http-routes.ts";
import type { Welcome } from "../edge/http.ts";
import type { Authorize } from "../edge/principal.ts";
import { PerAddress } from "../edge/per-address.ts";
import { PollingEdge } from "../edge/polling.ts";
import { WebSocketEdge } from "../edge/websocket.ts";
import type { Messaging } from "../session/context.ts";
import { AppKeys } from "../session/app-keys.ts";
import { AwaySessions } from "../session/away-sessions.ts";
import { Connection, type ConnectionParts } from "../session/connection.ts";
import type { HandOver } from "../session/hand-over.ts";
import type { SessionParts } from "../session/session.ts";
import type { Sessions } from "../session/sessions.ts";
import type { SessionSocket } from "../session/socket.ts";
import { testNumbers } from "../switchboard/test-numbers.ts";
import type { Frame } from "./frame.ts";
import { buildIdentity, type IdentityParts } from "./identity.ts";
import { buildHandOver, type LegsAcross, type OtherNodes } from "./nodes.ts";
import { tellRefusedStart, type RefusedStart } from "./stories.ts";
import { version } from "./version.ts";

/** The browser side: connections, sign-in, and what a page is told before it. */
export interface Pages {
  readonly sockets: WebSocketEdge;
  readonly polls: PollingEdge;
  /** Sessions that wait for their page. */
  readonly away: AwaySessions;
  readonly identity: IdentityParts;
  readonly handOver: HandOver;
  /** Who sends a request, for routes of others. */
  readonly authorize: Authorize;
  /** `local`: whether the page is on this machine. */
  welcome(local: boolean): Omit<Welcome, "state" | "secureAddress">;
  /** What else is served by HTTP. */
  readonly routes: readonly HttpRoutes[];
}

export function buildPages(
  frame: Frame,
  others: OtherNodes & LegsAcross,
  sessions: Sessions,
  inside: Pick<SessionParts, "switchboard" | "callMe" | "people" | "presence" | "pushes" | "line" | keyof Messaging>,
  phoneServer: string,
): Pages {
  const { config, clock, log, metrics } = frame;
  const identity = buildIdentity(frame);
  const keys = config.appKeys.map((one) => ({ ...one, domain: one.domain.toLowerCase() }));
  const appKeys = new AppKeys(keys, clock, (key, reason) => metrics.appKeyRefusals.add({ key, reason }));
  const { verify, develop } = identity;
  const away = new AwaySessions();
  const { handOver, roster } = buildHandOver(frame, others, sessions, inside.presence, () => parts);
  const parts: ConnectionParts = {
    ...inside,
    clock,
    log,
    away,
    settings: {
      ...config.call,
      ...config.session,
      messagesPerMinute: config.messages.perMinute,
      dataPerSecond: config.data.perSecond,
      drawsPerSecond: config.whiteboard.perSecond,
      webCodecs: config.media.webCodecs,
    },
    framesPerSecond: config.call.framesPerSecond,
    verify,
    develop,
    welcomeGuest: (key: string, socket: SessionSocket, name: string | undefined) => appKeys.guest(key, socket, name),
    opened: (session, wishes) => {
      roster.opened(session.id);
      return sessions.opened(session, wishes);
    },
    moved: (session, how) => sessions.moved(session, how),
    closed: (session) => {
      roster.closed(session.id);
      sessions.closed(session);
    },
    fetch: (id, who) => handOver.fetch(id, who),
    resumed: (result) => metrics.resumes.add({ result }),
    dropped: (events) => metrics.keptEventsDropped.add({}, events),
    refused: (code) => metrics.refusals.add({ code }),
    callRefused: (...refused: RefusedStart) => tellRefusedStart(frame.stories, clock, refused),
  };
  const edge = {
    ...config.http,
    clock,
    log,
    perAddress: new PerAddress(config.http.connectionsPerAddress),
    servesGuests: (origin: string) => appKeys.serve(origin),
    open: (socket: SessionSocket) => new Connection(socket, parts),
  };
  const sockets = new WebSocketEdge(edge);
  const polls = new PollingEdge(edge);
  const welcome = (local: boolean) => welcomeOf(frame, identity, local, phoneServer);
  return {
    sockets,
    polls,
    away,
    handOver,
    identity,
    authorize: identity.authorize,
    welcome,
    routes: [
      polls.routes,
      ...identity.routes,
      callStoryRoutes(frame.stories, identity.authorize),
      adminPage(pageDir()),
      clientFiles(builtDir("client")),
      apiDocuments(builtDir("../docs")),
      fileRoutes(inside.attachments),
    ],
  };
}

function welcomeOf(
  { prepared }: Frame,
  { developing, offers }: IdentityParts,
  local: boolean,
  server: string,
): Omit<Welcome, "state" | "secureAddress"> {
  const development = developing && local;
  const users = prepared.accounts.map(({ id, name }) => ({ user: printUserId(id), name: name ?? id.name }));
  const phones = (prepared.made?.phones ?? []).map(({ user }) => ({ user, server }));
  return {
    product: "Offhook",
    version,
    development: development ? { users } : null,
    signIn: offers(),
    testNumbers,
    phones: development ? phones : [],
  };
}

/** `dist/page`. */
export const pageDir = (): string => builtDir("page");

/** A folder of `dist`, seen from the sources and from `dist/gateway/compose`. */
function builtDir(name: string): string {
  const path = import.meta.url.endsWith(".ts") ? `../../dist/${name}` : `../../${name}`;
  return fileURLToPath(new URL(path, import.meta.url));
}
