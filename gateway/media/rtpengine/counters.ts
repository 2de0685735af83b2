import { isRecord } from "../../base/json.ts";
import type { LegCounters } from "../relay.ts";
import type { NgReply } from "./ng-client.ts";

/**
 * What has come from each leg, by a `query` or `delete` reply. rtpengine counts what it receives; loss and jitter it
 * knows by the RTCP reports of the other side, so that a telephone without RTCP has none.
 */
export function countersOf({ tags, SSRC: sources }: NgReply): LegCounters[] {
  return Object.entries(isRecord(tags) ? tags : {}).map(([leg, state]) => {
    const streams = records(state, "medias").flatMap((media) => records(media, "streams"));
    const rtp = streams.filter(({ flags }) => Array.isArray(flags) && flags.includes("RTP"));
    const codec = records(state, "medias").map((media) => media["codec"])[0];
    return {
      leg,
      packets: sum(rtp, "packets"),
      octets: sum(rtp, "bytes"),
      errors: sum(rtp, "errors"),
      ...farOf(rtp[0]),
      ...(typeof codec === "string" && { codec }),
      ...reportedOf(rtp, isRecord(sources) ? sources : {}),
    };
  });
}

/** Where the leg's packets come from; before the first, where its description says. */
function farOf(stream: Record<string, unknown> | undefined): Pick<LegCounters, "address" | "port"> {
  const endpoint = stream?.["endpoint"];
  if (!isRecord(endpoint) || typeof endpoint["address"] !== "string") return {};
  return { address: endpoint["address"], port: Number(endpoint["port"]) };
}

type Reported = Pick<LegCounters, "mos" | "lossPercent" | "jitterMs" | "roundTripMs">;

/** The average of what receivers reported of the leg's stream (RFC 3550 6.4). */
function reportedOf(streams: readonly Record<string, unknown>[], sources: Record<string, unknown>): Reported {
  for (const { SSRC: ssrc } of streams) {
    const source = sources[String(ssrc)];
    const average = isRecord(source) ? source["average MOS"] : undefined;
    if (isRecord(average) && Number(average["samples"]) > 0) return reported(average);
  }
  return {};
}

const reported = (average: Record<string, unknown>): Reported => ({
  // rtpengine counts tenths of a MOS point.
  ...number("mos", Number(average["MOS"]) / 10),
  ...number("lossPercent", average["packet loss"]),
  ...number("jitterMs", average["jitter"]),
  ...number("roundTripMs", Number(average["round-trip time"]) / 1000),
});

const number = <Name extends string>(name: Name, value: unknown): { readonly [K in Name]?: number } =>
  Number.isFinite(Number(value)) ? ({ [name]: Number(value) } as { [K in Name]: number }) : {};

function sum(streams: readonly Record<string, unknown>[], name: string): number {
  const values = streams.map(({ stats }) => (isRecord(stats) ? Number(stats[name]) : 0));
  return values.reduce((total, value) => total + value, 0);
}

/** The records of a list, by its name. */
export function records(value: unknown, name: string): Record<string, unknown>[] {
  const list = isRecord(value) ? value[name] : undefined;
  return Array.isArray(list) ? list.filter(isRecord) : [];
}
