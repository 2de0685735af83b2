import { percentile, type Sample } from "./load.ts";
import { cpuOf, perOne, usageOf, type Usage } from "./usage.ts";

/** A rate counts when so few calls failed and all but one in twenty were set up in this time, in milliseconds. */
export interface Limits {
  readonly p95Ms: number;
  readonly failedShare: number;
}

/** What is measured: runs at a rate, on parts that can be made anew. */
export interface Subject {
  /** The processes whose CPU time counts, by what they are called in the table. */
  readonly processes: Usage;
  /** When a rate counts. */
  readonly limits?: Limits;
  /** Starts `rate` calls a second for `seconds`. */
  run(rate: number, seconds: number): Promise<Sample>;
  /** After an overload: what it left behind must not spoil the next run. */
  renew(): Promise<void>;
  stop(): Promise<void>;
}

/** A proved rate, with the CPU milliseconds of each process a call. */
export interface Proof extends Sample {
  readonly cpu: Usage;
}

export const usualLimits: Limits = { p95Ms: 50, failedShare: 0 };
/** Shares of the first rate, for so many seconds each. */
const warmUpShares = [0.5, 0.75, 1];
const warmUpSeconds = 5;
const probeSeconds = 3;
const proofSeconds = 8;
const growth = 1.4;
/** The search stops when the answer is known to this share. */
const precision = 0.1;
const proofs = 4;
const proofStep = 0.8;

export const isClean = (sample: Sample, { p95Ms, failedShare } = usualLimits): boolean =>
  sample.failed <= failedShare * sample.calls && percentile(sample, 0.95) <= p95Ms;

/**
 * The highest clean rate: found in short runs within `searchMs`, upwards from `from`, and proved in a longer one.
 * Undefined when none was proved: the machine was busy with something else.
 */
export async function highestRate(subject: Subject, from: number, searchMs: number): Promise<Proof | undefined> {
  await warmUp(subject, from);
  const deadline = performance.now() + searchMs;
  let [clean, dirty] = [0, Infinity];
  const next = (): number => Math.round(dirty < Infinity ? (clean + dirty) / 2 : (clean || from / growth) * growth);
  const isFine = (): boolean => dirty < Infinity && (dirty - clean) / Math.max(clean, 1) <= precision;
  while (!isFine() && performance.now() < deadline) {
    const rate = next();
    if (await isCleanInOneOfTwo(subject, rate, from)) clean = rate;
    else dirty = rate;
  }
  return prove(subject, clean || Math.round(from / 2), from);
}

/** A machine does other things too, now and then: once is no proof that a rate is too high. */
async function isCleanInOneOfTwo(subject: Subject, rate: number, from: number): Promise<boolean> {
  for (const _try of ["first", "second"]) {
    const sample = await subject.run(rate, probeSeconds);
    if (isClean(sample, subject.limits)) return true;
    await recover(subject, sample, from);
  }
  return false;
}

/** Programs that have run for a while are compiled; what their first seconds cost is nobody's question. */
async function warmUp(subject: Subject, from: number): Promise<void> {
  for (const share of warmUpShares) {
    const sample = await subject.run(Math.round(from * share), warmUpSeconds);
    if (sample.failed > 0) await subject.renew();
  }
}

/** Calls that failed may hang in there for half a minute, and are no measure of what comes next. */
async function recover(subject: Subject, { failed }: Sample, from: number): Promise<void> {
  if (failed === 0) return;
  await subject.renew();
  await warmUp(subject, from);
}

/** A longer run has more chances to fail: the rate goes down until it does not. */
async function prove(subject: Subject, wanted: number, from: number): Promise<Proof | undefined> {
  for (let tries = 0; tries < proofs; tries++) {
    const before = usageOf(subject.processes, cpuOf);
    const sample = await subject.run(Math.round(wanted * proofStep ** tries), proofSeconds);
    if (isClean(sample, subject.limits))
      return { ...sample, cpu: perOne(before, usageOf(subject.processes, cpuOf), sample.calls) };
    await recover(subject, sample, from);
  }
  return undefined;
}
