import { locale, words } from "./words.ts";

const dayMs = 86_400_000;

const startOfDay = (at: Date): number => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();

const format = (at: Date, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(locale(), options).format(at);

/** Whole days before `now`: 0 today, 1 yesterday. Rounded, as a day of clock change is shorter or longer. */
const daysAgo = (at: Date, now: Date): number => Math.round((startOfDay(now) - startOfDay(at)) / dayMs);

export const clockTime = (at: Date): string => format(at, { timeStyle: "short" });

/** For a list: the time today, then "Yesterday", a weekday, a date. */
export function whenShort(at: Date, now: Date): string {
  const days = daysAgo(at, now);
  if (days <= 0) return clockTime(at);
  if (days === 1) return words.units.yesterday;
  if (days < 7) return format(at, { weekday: "short" });
  return format(
    at,
    at.getFullYear() === now.getFullYear() ? { day: "numeric", month: "short" } : { dateStyle: "short" },
  );
}

/** "Today", "Yesterday", then the day in full. */
export function dayName(at: Date, now: Date): string {
  const days = daysAgo(at, now);
  return days === 0 ? words.units.today : days === 1 ? words.units.yesterday : format(at, { dateStyle: "full" });
}

/** Day and time in full. */
export const whenLong = (at: Date, now: Date): string => `${dayName(at, now)}, ${clockTime(at)}`;

const unit = (value: number, name: "hour" | "minute" | "second"): string =>
  new Intl.NumberFormat(locale(), { style: "unit", unit: name, unitDisplay: "short" }).format(value);

/** `48 kB`, `1.2 MB`. */
export function fileSize(bytes: number): string {
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1_000, "kilobyte"] : [bytes / 1_000_000, "megabyte"];
  const digits = value < 10 && unit === "megabyte" ? 1 : 0;
  const options = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: digits } as const;
  return new Intl.NumberFormat(locale(), options).format(Math.max(value, 1));
}

/** A duration to read: `41 sec`, `12 min`, `1 hr 5 min`. Whoever was connected talked for a second at least. */
export function talked(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 60) return unit(seconds, "second");
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return unit(minutes, "minute");
  const rest = minutes % 60;
  return [unit(Math.floor(minutes / 60), "hour"), rest > 0 ? unit(rest, "minute") : ""].filter(Boolean).join(" ");
}

/** A running timer: `134000` → `02:14`, `3723000` → `1:02:03`. */
export function timer(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
}
