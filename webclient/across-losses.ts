import { ClientError } from "./client-error.ts";
import type { Link } from "./link.ts";

/**
 * Does `act` again when it failed because the connection was lost, once that is back.
 * @throws ClientError as `act`; `aborted` by the signal
 */
export async function acrossLosses<T>(link: Link, act: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    if (signal?.aborted) throw new ClientError("aborted");
    try {
      return await act();
    } catch (thrown) {
      if (link.state !== "reconnecting") throw thrown;
      await settled(link, signal);
    }
  }
}

/** Resolves when the link is up again, or for good down. */
function settled(link: Link, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      off();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const off = link.events.on("state", done);
    signal?.addEventListener("abort", done);
    if (signal?.aborted) done();
  });
}
