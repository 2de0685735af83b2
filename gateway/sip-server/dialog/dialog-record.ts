import { isRecord } from "../../base/json.ts";
import { type Endpoint, type Flow, isProtocol, type Protocol } from "../transport/flow.ts";
import { Dialog, type DialogKind } from "./dialog.ts";
import type { Owner } from "./owner.ts";
import type { SessionTerms } from "./session-terms.ts";

/** A confirmed dialog as it is kept for after a restart. */
export interface DialogRecord {
  readonly version: 1;
  readonly id: string;
  readonly kind: DialogKind;
  readonly role: "uac" | "uas";
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  readonly local: string;
  readonly remote: string;
  readonly routeSet: readonly string[];
  readonly localSeq: number;
  readonly remoteSeq?: number;
  readonly remoteTarget?: string;
  readonly event?: string;
  readonly contact?: string;
  readonly natAddress?: Endpoint;
  readonly session?: SessionTerms;
  readonly description?: string;
  readonly takesUpdate?: boolean;
  readonly tags: readonly string[];
  /** The way of its last message: our bound address and the peer's. */
  readonly protocol: Protocol;
  readonly bound: Endpoint;
  readonly peer: Endpoint;
}

/** What may have been sent after the record was written: CSeq must not be used twice (RFC 3261 12.2.1.1). */
const sequenceGap = 16;

/** The record of a dialog; undefined while it has no flow. */
export function recordOf(dialog: Dialog): DialogRecord | undefined {
  const { id, kind, role, callId, localTag, remoteTag, local, remote, routeSet, localSeq, flow } = dialog;
  const { remoteSeq, remoteTarget, event, contact, natAddress, session, description, takesUpdate } = dialog;
  if (!flow) return undefined;
  return {
    version: 1,
    ...{ id, kind, role, callId, localTag, remoteTag, local, remote, routeSet, localSeq },
    ...(remoteSeq !== undefined && { remoteSeq }),
    ...(remoteTarget !== undefined && { remoteTarget }),
    ...(event !== undefined && { event }),
    ...(contact !== undefined && { contact }),
    ...(natAddress && { natAddress: endpoint(natAddress) }),
    ...(session && { session }),
    ...(description && { description: description.toString() }),
    ...(takesUpdate !== undefined && { takesUpdate }),
    tags: dialog.owner.tags,
    protocol: flow.listener.protocol,
    bound: endpoint(flow.listener),
    peer: endpoint(flow.remote),
  };
}

/** The dialog again; over UDP its flow works at once. */
export function dialogOf(record: DialogRecord, owner: Owner, flow: Flow | undefined): Dialog {
  const { event, remoteSeq, ...rest } = record;
  const made = { ...rest, ...(remoteSeq !== undefined && { remoteSeq }), event, owner, flow };
  const dialog = new Dialog({ ...made, localSeq: record.localSeq + sequenceGap });
  dialog.state = "confirmed";
  dialog.contact = record.contact;
  dialog.natAddress = record.natAddress;
  dialog.session = record.session;
  dialog.description = record.description === undefined ? undefined : Buffer.from(record.description);
  dialog.takesUpdate = record.takesUpdate;
  return dialog;
}

const texts = ["id", "callId", "localTag", "remoteTag", "local", "remote"] as const;

/** True for what `recordOf` of this version made. */
export function isDialogRecord(value: unknown): value is DialogRecord {
  return (
    isRecord(value) &&
    value["version"] === 1 &&
    texts.every((name) => typeof value[name] === "string") &&
    Array.isArray(value["routeSet"]) &&
    Array.isArray(value["tags"]) &&
    typeof value["localSeq"] === "number" &&
    isProtocol(String(value["protocol"])) &&
    isEndpoint(value["bound"]) &&
    isEndpoint(value["peer"])
  );
}

function isEndpoint(value: unknown): value is Endpoint {
  return isRecord(value) && typeof value["host"] === "string" && typeof value["port"] === "number";
}

function endpoint({ host, port }: Endpoint): Endpoint {
  return { host, port };
}
