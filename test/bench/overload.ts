import { highestRate } from "./highest-rate.ts";
import { percentile, type Sample } from "./load.ts";
import { ServerWithApp } from "./server-subjects.ts";

const [from, searchMs] = [200, 12_000];
const loadSeconds = 15;
/** Calls that are still on their way when the load ends. */
const restSeconds = 20;
/** So much of the rated load must still complete at twice the rated load. */
const share = 0.9;
/** A little below what the machine can just do: the rate that an operator would plan with. */
const planned = 0.9;

export interface Overload {
  /** Calls a second that are clean. */
  readonly rated: number;
  /** Calls a second that were answered and hung up at twice that. */
  readonly completed: number;
  readonly refused: number;
  readonly lost: number;
  readonly p95Ms: number;
  readonly good: boolean;
}

/** Twice the load that a B2BUA on the SIP server is good for, or that is given; undefined when no load was clean. */
export async function measureOverload(given?: number): Promise<Overload | undefined> {
  const subject = await ServerWithApp.start("joining");
  try {
    const rated = given ?? (await ratedLoad(subject));
    if (rated === undefined) return undefined;
    const sample = await overloaded(subject, 2 * rated);
    const refused = (await subject.server.metric?.("offhook_sip_turned_away_total")) ?? 0;
    const answered = sample.delays.length;
    const completed = (answered - Math.max(0, sample.failed - (sample.calls - answered - refused))) / loadSeconds;
    const good = completed >= share * rated;
    return { rated, completed, refused, lost: sample.failed, p95Ms: percentile(sample, 0.95), good };
  } finally {
    await subject.stop();
  }
}

async function ratedLoad(subject: ServerWithApp): Promise<number | undefined> {
  const proof = await highestRate(subject, from, searchMs);
  return proof && Math.round(proof.rate * planned);
}

function overloaded(subject: ServerWithApp, rate: number): Promise<Sample> {
  const calls = rate * loadSeconds;
  return subject.load({ scenario: "overloader", rate, calls, withinMs: (loadSeconds + restSeconds) * 1000 }).done();
}

export function overloadLines({ rated, completed, refused, lost, p95Ms, good }: Overload): string {
  return [
    `Rated load                   ${rated}/s`,
    `Offered for ${loadSeconds} s             ${2 * rated}/s`,
    `Completed                    ${completed.toFixed(0)}/s, ${((100 * completed) / rated).toFixed(0)} % of the rated load (wanted: ${100 * share} %)`,
    `Refused with 503             ${refused}`,
    `Lost without a final answer  ${lost}`,
    `Set-up of the answered, p95  ${p95Ms.toFixed(0)} ms`,
    good ? "Good." : "Not good.",
  ].join("\n");
}
