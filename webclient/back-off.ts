const firstMs = 500;
const longestMs = 30_000;

/**
 * How long to wait before try number `attempt` (from 0): doubles up to half a minute, and half of it is left to chance
 * so that the pages of a restarted gateway do not come back all at once.
 */
export function backOffMs(attempt: number, random: () => number): number {
  const full = Math.min(longestMs, firstMs * 2 ** attempt);
  return Math.round(full / 2 + (full / 2) * random());
}
