import { Type, type Static } from "@sinclair/typebox";
import type { EndedBy, EndReason } from "./causes.ts";
import { limits } from "./version.ts";

/** Text for people: no control characters, so that it can never start a new header line. */
export const Text = (maxLength: number) => Type.String({ maxLength, pattern: "^[^\\u0000-\\u001f\\u007f]*$" });

export const Address = Type.String({
  minLength: 1,
  maxLength: limits.address,
  pattern: '^[^\\u0000-\\u0020\\u007f<>"]+$',
});

/** Where a call goes. Exactly one of the forms; digits are never guessed to be a number. */
export const Target = Type.Union([
  Type.Object({ user: Address }, { description: "name@domain of a user of this gateway" }),
  Type.Object({ tel: Address }, { description: "telephone number; +E.164 or as dialled on the trunk" }),
  Type.Object({ sip: Address }, { description: "SIP URI, with or without its scheme" }),
]);
export type Target = Static<typeof Target>;

export const CallId = Type.String({ minLength: 1, maxLength: 64, pattern: "^[\\w-]+$" });

/** An RFC 3264 offer or answer. `generation` counts the descriptions of one leg from 1. */
export const Description = Type.Object({
  kind: Type.Union([Type.Literal("offer"), Type.Literal("answer")]),
  sdp: Type.String({ minLength: 1, maxLength: limits.description }),
  generation: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
});
export type Description = Static<typeof Description>;

export type Capability = "call" | "video" | "chat" | "file" | "text";

/** The far end of a call, as far as it is known. */
export interface PeerInfo {
  target: Target;
  name?: string;
  number?: string;
  can: readonly Capability[];
}

/** Somebody in the user's own address book. */
export const SavedContact = Type.Object(
  {
    contactId: Type.String({ minLength: 1, maxLength: 64, pattern: "^[\\w-]+$" }),
    name: Type.String({ minLength: 1, maxLength: limits.displayName, pattern: "^[^\\u0000-\\u001f\\u007f]*$" }),
    /** Where calls go, the first by default. */
    targets: Type.Array(Type.Object({ target: Target, label: Type.Optional(Text(limits.word)) }), {
      minItems: 1,
      maxItems: 10,
    }),
    note: Type.Optional(Text(500)),
  },
  { additionalProperties: false },
);
export type SavedContact = Static<typeof SavedContact>;

const Count = Type.Integer({ minimum: 0, maximum: 1_000 });

/** A page's browser as it describes itself, for whoever helps its user: nothing is decided by it. */
export const BrowserInfo = Type.Object(
  {
    name: Text(limits.word),
    version: Text(limits.word),
    /** Operating system. */
    system: Text(limits.word),
    /** What it can do, such as `webrtc`, `screen`, `speaker-choice`. */
    abilities: Type.Array(Text(limits.word), { maxItems: 32 }),
    /** Devices that are there. */
    devices: Type.Optional(Type.Object({ microphones: Count, cameras: Count, speakers: Count })),
  },
  { additionalProperties: false },
);
export type BrowserInfo = Static<typeof BrowserInfo>;

/** One call in a user's own list. */
export interface CallRecordInfo {
  readonly reference: string;
  readonly peer: PeerInfo;
  /** `missed` is one that nobody answered anywhere; one that another device took is `in`. */
  readonly direction: "in" | "out" | "missed";
  /** When it started: milliseconds since the epoch. */
  readonly at: number;
  readonly durationMs: number;
  readonly end: { readonly by: EndedBy; readonly reason: EndReason; readonly text: string; readonly sip?: number };
}

/** Whether a user can be reached from the telephone side, and why not. */
export interface LineInfo {
  /** The user's SIP address. */
  readonly address: string;
  /** Softphones that are registered now. */
  readonly phones: readonly { readonly contact: string; readonly transport: string; readonly expiresAt: number }[];
  /** Names of the trunks that carry the user's calls to telephone numbers. */
  readonly trunks: readonly string[];
  /** What the gateway lacks now: its SIP server or its media relay. */
  readonly missing: readonly ("sip" | "media")[];
}

/** What a user says of themselves. `invisible` looks like offline to others. */
export const PresenceStatus = Type.Union([
  Type.Literal("online"),
  Type.Literal("away"),
  Type.Literal("busy"),
  Type.Literal("do-not-disturb"),
  Type.Literal("invisible"),
]);
export type PresenceStatus = Static<typeof PresenceStatus>;

/** An own text beside the status. */
export const PresenceNote = Text(limits.note);

/** Name of a presence group: any text for people. Groups of two domains with the same name are two groups. */
export const PresenceGroup = Type.String({
  minLength: 1,
  maxLength: limits.group,
  pattern: "^[^\\u0000-\\u001f\\u007f]*$",
});

/** Somebody of the own domain. */
export interface ContactInfo extends PeerInfo {
  /** `in-a-call` is found out by the gateway; the others but `offline` were said, `online` is what nobody had to say. */
  status: Exclude<PresenceStatus, "invisible"> | "in-a-call" | "offline";
  /** The user's own text beside the status. */
  note?: string;
  /** What the user's program shares with those who watch; any JSON. */
  userData?: unknown;
  /** Telephone numbers of their own, the main one first. */
  numbers?: readonly string[];
  /** Open pages. */
  pages: number;
  /** Registered softphones. */
  phones: number;
}
