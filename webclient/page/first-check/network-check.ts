import { systemClock } from "../../../gateway/base/clock.ts";
import type { Call } from "../../index.ts";
import type { Phone } from "../model/phone.ts";

export interface NetworkCheck {
  readonly ok: boolean;
  /** From the request until sound could pass; absent when nothing could be called. */
  readonly afterMs?: number;
}

const deadlineMs = 5_000;

/** Calls a test number without microphone and ends when the way of the sound stands. The call leaves no trace. */
export async function checkNetwork(phone: Phone, signal: AbortSignal): Promise<NetworkCheck> {
  const number = phone.door.view().welcome?.testNumbers[0]?.number;
  if (number === undefined) return { ok: phone.session?.view().state === "connected" };
  const started = systemClock.monotonic();
  try {
    const call = await phone.stage.test({ tel: number }, signal);
    if (!call) return { ok: false };
    const ok = await soundPasses(call);
    await call.end();
    void phone.session?.calls.forget([call.reference]).catch(() => {});
    return ok ? { ok, afterMs: Math.round(systemClock.monotonic() - started) } : { ok };
  } catch {
    return { ok: false };
  }
}

/** Until something came back, or it is known that nothing will: the library tells of a way that does not come up. */
function soundPasses(call: Call): Promise<boolean> {
  return new Promise((resolve) => {
    const timers = [
      systemClock.after(deadlineMs, () => done(call.view().state === "connected")),
      systemClock.every(100, () => void answered(call).then((yes) => yes && done(true))),
    ];
    const done = (ok: boolean): void => {
      for (const timer of timers) timer.cancel();
      resolve(ok);
    };
    call.on("problem", () => done(false));
    call.on("ended", () => done(false));
  });
}

/** Sound, or an answer of the relay: an echo of silence may be nothing at all. */
async function answered(call: Call): Promise<boolean> {
  const quality = call.view().since && (await call.stats().catch(() => undefined));
  return quality !== undefined && (quality.rttMs > 0 || quality.warning !== "silence-in");
}
