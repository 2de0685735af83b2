/** RFC 4028 4: after how many seconds a session that nobody refreshes is over, and who of that transaction refreshes. */
export interface SessionExpires {
  readonly seconds: number;
  readonly refresher?: "uac" | "uas";
}

/** Undefined for what is no number of seconds. */
export function parseSessionExpires(text: string | undefined): SessionExpires | undefined {
  const seconds = parseSeconds(text);
  if (seconds === undefined) return undefined;
  const refresher = /;\s*refresher\s*=\s*(ua[cs])\b/i.exec(text ?? "")?.[1]?.toLowerCase();
  return refresher === "uac" || refresher === "uas" ? { seconds, refresher } : { seconds };
}

/** A Min-SE value; parameters count for nothing (RFC 4028 5). */
export function parseSeconds(text: string | undefined): number | undefined {
  const digits = /^\s*(\d{1,10})\s*(;|$)/.exec(text ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export function printSessionExpires({ seconds, refresher }: SessionExpires): string {
  return refresher === undefined ? String(seconds) : `${seconds};refresher=${refresher}`;
}
