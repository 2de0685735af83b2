import { readFileSync } from "node:fs";

/** Clock ticks a second, as Linux shows them to programs on every architecture of ours. */
const ticks = 100;

/** CPU time that the process has used, in milliseconds. */
export function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticks;
}

/** Resident memory of the process, in bytes. */
export function residentOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
}

export type Usage = Readonly<Record<string, number>>;

/** Applies `read` to each process. */
export function usageOf(processes: Usage, read: (pid: number) => number): Usage {
  return Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, read(pid)]));
}

/** What was used between two looks, for each of `count`. */
export function perOne(before: Usage, after: Usage, count: number): Usage {
  return Object.fromEntries(
    Object.keys(after).map((name) => [name, ((after[name] ?? 0) - (before[name] ?? 0)) / count]),
  );
}
