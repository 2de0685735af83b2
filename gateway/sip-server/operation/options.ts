import { readCount, readGiven, readMs, wrong } from "../option-readers.ts";
import { parseHostPort, unbracketed } from "../../sip-syntax/uri.ts";

/** When new requests, those outside dialogs, are refused with 503. */
export interface AdmissionLimits {
  /** INVITEs without a final answer. */
  readonly unanswered: number;
  /** Milliseconds that applications may lag behind. */
  readonly lagMs: number;
  /** Milliseconds without a pause in our own work. */
  readonly busyMs: number;
  /** Seconds that who was refused is asked to wait. */
  readonly retryAfterS: number;
}

/** A Homer collector. */
export interface Collector {
  /** An IP address or a name. */
  readonly host: string;
  readonly port: number;
  /** Which capture agent we are. */
  readonly agent: number;
  readonly password?: string;
}

/** What those who run the server set. */
export interface Operation {
  readonly admission: AdmissionLimits;
  /** Milliseconds after which a drained server ends, calls or not. */
  readonly drainMs: number;
  readonly hep?: Collector;
}

export const operationUsage = `\
  --max-unanswered N         INVITEs without a final answer, above which new requests get 503 (10000)
  --max-lag MS               that applications may need for what wants no thought, above which new requests get 503 (200)
  --max-busy MS              work without a pause after which new requests get 503 until there is one (500)
  --retry-after SECONDS      what the Retry-After of these 503 says (5)
  --drain-timeout MS         after SIGUSR2 or PUT /drain: until the server ends even with calls (3600000)
  --hep HOST:PORT            copy every SIP message to a Homer collector (HEP3, UDP)
  --hep-id N                 as this capture agent (2001)
  --hep-password-file FILE   with the password in this file
`;

const text = { type: "string" } as const;
export const operationOptions = {
  "max-unanswered": { ...text, default: "10000" },
  "max-lag": { ...text, default: "200" },
  "max-busy": { ...text, default: "500" },
  "retry-after": { ...text, default: "5" },
  "drain-timeout": { ...text, default: "3600000" },
  hep: text,
  "hep-id": { ...text, default: "2001" },
  "hep-password-file": text,
} as const;

type Values = { readonly [name in keyof typeof operationOptions]?: string };

/** @throws ConfigError */
export function readOperation(values: Values): Operation {
  return {
    admission: {
      unanswered: readCount("max-unanswered", values["max-unanswered"], "requests"),
      lagMs: readMs("max-lag", values["max-lag"]),
      busyMs: readMs("max-busy", values["max-busy"]),
      retryAfterS: readCount("retry-after", values["retry-after"], "seconds"),
    },
    drainMs: readMs("drain-timeout", values["drain-timeout"]),
    ...(values.hep !== undefined && { hep: readCollector(values.hep, values) }),
  };
}

function readCollector(address: string, values: Values): Collector {
  const { host, port } = parseHostPort(address) ?? {};
  if (host === undefined || port === undefined) throw wrong("hep", `${address} is not a host and a port`);
  const password = readGiven("hep-password", undefined, values["hep-password-file"]);
  return {
    host: unbracketed(host),
    port,
    agent: readCount("hep-id", values["hep-id"], "an agent"),
    ...(password !== undefined && { password }),
  };
}
