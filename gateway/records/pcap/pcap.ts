import { isIP } from "node:net";
import { outlineLines } from "../ladder.ts";
import type { Story, StoryEntry } from "../story.ts";
import { datagram, type End } from "./datagram.ts";
import { pcapng, type CapturedPacket } from "./pcapng.ts";

/**
 * Addresses for whom we do not know (RFC 5737): a capture file wants one for everybody. Frames and relay operations
 * are plain text on ports of their own.
 */
const gateway: End = { address: "192.0.2.1", port: 5060 };
const relay: End = { address: "192.0.2.3", port: 2223 };
const framePort = 8080;
const unknown = (leg: number): End => ({ address: `192.0.2.${10 + (leg % 200)}`, port: 5060 });

/** A story as a file for Wireshark: SIP messages, re-made from what is kept of them, and the rest as text. */
export function pcapOf(story: Story): Uint8Array {
  return pcapng(
    story.entries.flatMap((entry) => packet(entry) ?? []),
    `Offhook, call ${story.reference}`,
  );
}

type Wire = Extract<StoryEntry, { is: "wire" }>;
type SipWire = Extract<Wire, { protocol: "sip" }>;
type FrameWire = Extract<Wire, { protocol: "frame" }>;

function packet(entry: StoryEntry): CapturedPacket | undefined {
  if (entry.is === "wire") return entry.protocol === "sip" ? sip(entry) : frame(entry);
  if (entry.is === "relay" || entry.is === "counters") return relayed(entry);
  return undefined;
}

/** A message that never passed (`made here`) is a remark only, and no packet. */
function sip(wire: SipWire): CapturedPacket | undefined {
  if (wire.line.startsWith("SIP/2.0 ") && wire.direction === "in" && wire.headers.length === 0) return undefined;
  const near = endOf(wire.near) ?? gateway;
  const far = endOf(wire.far) ?? unknown(wire.leg);
  const lines = [wire.line, ...wire.headers.map(([name, value]) => `${name}: ${value}`), "Content-Length: 0"];
  const payload = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`);
  const remarks = [
    ...(wire.far && wire.far.transport !== "udp" ? [`sent over ${wire.far.transport}`] : []),
    ...(wire.media ? outlineLines(wire.media) : []),
  ];
  return packetOf(wire, near, far, payload, remarks);
}

function frame(wire: FrameWire): CapturedPacket {
  const far = { address: unknown(wire.leg).address, port: 40_000 + wire.leg };
  const payload = Buffer.from(JSON.stringify({ type: wire.type, ...wire.fields }));
  const remarks = [`frame ${wire.type}`, ...(wire.media ? outlineLines(wire.media) : [])];
  return packetOf(wire, { ...gateway, port: framePort }, far, payload, remarks);
}

function relayed({ at, ...entry }: Extract<StoryEntry, { is: "relay" | "counters" }>): CapturedPacket {
  const text = JSON.stringify(entry);
  return {
    at,
    data: datagram({ ...gateway, port: relay.port }, relay, Buffer.from(text)),
    comment: `relay ${entry.is}`,
  };
}

function packetOf(
  { at, direction }: Wire,
  near: End,
  far: End,
  payload: Uint8Array,
  remarks: readonly string[],
): CapturedPacket {
  const data = direction === "in" ? datagram(far, near, payload) : datagram(near, far, payload);
  return { at, data, ...(remarks.length > 0 && { comment: remarks.join("\n") }) };
}

function endOf(endpoint: SipWire["near"]): End | undefined {
  const address = endpoint?.address.replace(/^\[|\]$/g, "") ?? "";
  return endpoint && isIP(address) !== 0 ? { address, port: endpoint.port } : undefined;
}
