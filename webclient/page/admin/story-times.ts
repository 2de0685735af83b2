const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dayOfYear = new Intl.DateTimeFormat("en-GB", { year: "numeric", month: "2-digit", day: "2-digit" });

/** `14:07:31`; of another day with its date. */
export function timeText(at: number, now = Date.now()): string {
  const date = new Date(at);
  const today = dayOfYear.format(date) === dayOfYear.format(new Date(now));
  return today ? clock.format(date) : `${day.format(date)}, ${clock.format(date)}`;
}

/** `41 s`, `3 min 05 s`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/** Since the call began: `+0.164 s`. */
export const offsetText = (ms: number): string => `+${(ms / 1000).toFixed(ms < 10_000 ? 3 : 1)} s`;
