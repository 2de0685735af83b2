import { endReasons, type EndReason } from "../../gateway/protocol/causes.ts";
import type { Target } from "../../gateway/protocol/values.ts";

/** What a simulated far end does with a call of the page. Times are in milliseconds, each after the step before. */
export interface Behaviour {
  /** Default 10; `false` when it never rings. */
  readonly ringsAfter?: number | false;
  /** From there to `then`; default 10. */
  readonly after?: number;
  /** `answer` (default), `wait` until the test acts through the `FarCall`, or the reason for which the call ends. */
  readonly then?: "answer" | "wait" | EndReason;
}

/** Says what becomes of a call; undefined leaves it to the name of the target. */
export type Rule = (target: Target) => Behaviour | undefined;

const isReason = (name: string): name is EndReason => (endReasons as readonly string[]).includes(name);

/** Whose name is a reason, such as `busy@simulated.test`, ends the call for it; everybody else answers. */
export function byName(target: Target): Behaviour {
  const [name = ""] = Object.values(target).join("").replace(/^\w+:/, "").split("@");
  if (name === "wait") return { then: "wait" };
  return isReason(name) ? { then: name } : {};
}
