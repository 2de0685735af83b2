import { drachtioBinary, type ServerKind } from "./bench-servers.ts";
import { Registrations, SipToSip, WebToSip } from "./gateway-subjects.ts";
import type { Limits, Subject } from "./highest-rate.ts";
import { ServerWithApp, type Task } from "./server-subjects.ts";

/** One line of the table. */
export interface Row {
  readonly name: string;
  /** Measured with others when this is asked for; rows of `usual` also when nothing is. */
  readonly group: "usual" | "sip";
  readonly what: string;
  /** Where the search begins, a second. */
  readonly from: number;
  readonly searchMs: number;
  /** The row whose rate this one's is divided by. */
  readonly comparedWith?: string;
  /** Why it cannot be measured. */
  readonly skip?: string;
  start(): Promise<Subject>;
}

/** What a carrier asks of a server: calls are set up before anybody notices, and one in a thousand may fail. */
const strict: Limits = { p95Ms: 10, failedShare: 0.001 };

const gatewayRows: readonly Row[] = [
  {
    name: "calls",
    group: "usual",
    what: "SIP to SIP, gateway and SIP server",
    from: 200,
    searchMs: 20_000,
    start: () => SipToSip.start(),
  },
  {
    name: "web",
    group: "usual",
    what: "web to SIP, with rtpengine",
    from: 80,
    searchMs: 14_000,
    start: () => WebToSip.start(),
  },
  {
    name: "uas",
    group: "usual",
    what: "SIP server with a UAS on drachtio-srf",
    from: 300,
    searchMs: 10_000,
    start: () => ServerWithApp.start("answering"),
  },
  {
    name: "register",
    group: "usual",
    what: "REGISTER with digest",
    from: 300,
    searchMs: 10_000,
    start: () => Registrations.start(),
  },
];

const tasks: readonly (readonly [name: string, task: Task, what: string, from: number])[] = [
  ["sip-b2bua", "joining", "B2BUA", 300],
  ["sip-register", "registering", "REGISTER with digest", 800],
  ["sip-proxy", "proxying", "proxy, record-routing", 400],
  ["sip-options", "replying", "OPTIONS", 1500],
];

const servers: readonly (readonly [kind: ServerKind, title: string, ending: string])[] = [
  ["embedded", "SIP server", ""],
  ["drachtio", "drachtio-server", "-drachtio"],
];

const serverRows: readonly Row[] = tasks.flatMap(([name, task, what, from]) =>
  servers.map(([server, title, ending]): Row => ({
    name: name + ending,
    group: "sip",
    what: `${title}: ${what}`,
    from,
    searchMs: 14_000,
    ...(server === "drachtio" && drachtioBinary === undefined && { skip: "DRACHTIO_BIN names no binary" }),
    ...(server === "drachtio" && { comparedWith: name }),
    start: () => ServerWithApp.start(task, { server, limits: strict }),
  })),
);

/** The rows that `wanted` names, by themselves or by their group; the usual ones when it names nothing. */
export function rowsOf(wanted: readonly string[]): readonly Row[] {
  const all = [...gatewayRows, ...serverRows];
  const names = wanted.length === 0 ? ["usual"] : wanted;
  return all.filter(({ name, group }) => names.includes(name) || names.includes(group));
}
