import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import type { Proof } from "./highest-rate.ts";
import { percentile } from "./load.ts";
import type { Usage } from "./usage.ts";

/** Clean SIP to SIP rates of others on two cores shared with the load generator, measured in the same way. */
export const references = { "drachtio-server with drachtio-srf": 400, "Asterisk 22": 250 } as const;

/** Where and with what it was measured. */
export function surroundings(): string {
  const [cpu] = cpus();
  const lines = [
    `Machine    ${cpu?.model ?? "?"}, ${cpus().length} cores shared with the load generator, ${gigabytes(totalmem())} GB`,
    `Load       ${loadavg()
      .map((load) => load.toFixed(1))
      .join(" ")} before the start (1, 5, 15 minutes)`,
    `Versions   Node ${process.versions.node}, drachtio-srf ${srfVersion()}, ${versionOf("sipp", "-v")}, ${versionOf("rtpengine", "--version")}`,
  ];
  return lines.join("\n");
}

export function rateLine(what: string, proof: Proof): string {
  const columns = [
    what.padEnd(46),
    `${proof.rate}/s`.padStart(7),
    `${percentile(proof, 0.5).toFixed(0)} ms`.padStart(8),
    `${percentile(proof, 0.95).toFixed(0)} ms`.padStart(8),
    `${proof.calls}`.padStart(7),
    `${proof.failed}`.padStart(6),
    `  ${spent(proof.cpu)}`,
  ];
  return columns.join(" ");
}

export const rateHead = [
  "".padEnd(46),
  "rate".padStart(7),
  "median".padStart(8),
  "p95".padStart(8),
  "calls".padStart(7),
  "failed".padStart(6),
  "  CPU a call",
].join(" ");

export function ratioLines({ rate }: Proof): string {
  return Object.entries(references)
    .map(([name, reference]) => `  ${(rate / reference).toFixed(2)} × ${name} (${reference}/s)`)
    .join("\n");
}

export function memoryLine(calls: number, usage: Usage): string {
  const parts = Object.entries(usage).map(([name, bytes]) => `${name} ${Math.round(bytes / 1024)} KiB`);
  return `Memory of a standing call (of ${calls}): ${parts.join(", ")}`;
}

/** Our rate against that of another server under the same load. */
export function ratioLine(ours: number | undefined, theirs: number): string {
  return ours === undefined ? "  no ratio: ours was not measured" : `  ours is ${(ours / theirs).toFixed(2)} × this`;
}

export function leftLine(before: Usage, loaded: Usage, after: Usage): string {
  const parts = Object.keys(after).map((name) => {
    const [first, most, last] = [before, loaded, after].map((usage) => Math.round((usage[name] ?? 0) / 2 ** 20));
    return `${name} ${first} MB before, ${most} MB at the end of the load, ${last} MB when it has gone`;
  });
  return `Memory: ${parts.join("; ")}`;
}

const spent = (cpu: Usage): string =>
  Object.entries(cpu)
    .map(([name, ms]) => `${name} ${ms.toFixed(2)} ms`)
    .join(", ");

const gigabytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(0);

function srfVersion(): string {
  const file = new URL("../../node_modules/drachtio-srf/package.json", import.meta.url);
  return String(JSON.parse(readFileSync(file, "utf8")).version);
}

/** The first version number that the program prints. */
function versionOf(program: string, flag: string): string {
  const text = execFileSync("sh", ["-c", `${program} ${flag} 2>&1 || true`], { encoding: "utf8" });
  return `${program} ${/\d+(\.\d+)+/.exec(text)?.[0] ?? "?"}`;
}
