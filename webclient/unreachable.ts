import { ClientError } from "./client-error.ts";
import type { Platform } from "./platform.ts";

/** Local Network Access names these; the older name covers both. */
const permissionsFor = (host: string): readonly string[] => [
  /^(localhost|127\.[\d.]+|\[::1\])$/.test(host) ? "loopback-network" : "local-network",
  "local-network-access",
];

/**
 * Why a connection to `url` could not be opened. A browser hides the reason from the page; what is known beside it is
 * that there is no network, or that the user does not let this site reach the local one.
 */
export async function whyUnreachable(platform: Platform, url: string): Promise<ClientError> {
  if (!platform.online()) return new ClientError("unreachable", { detail: "offline" });
  if (await localNetworkDenied(platform, url)) return new ClientError("local-network-blocked");
  return new ClientError("unreachable");
}

/** A page is not asked about the server that it came from, and one that came over plain http is refused in any case. */
async function localNetworkDenied(platform: Platform, url: string): Promise<boolean> {
  if (url === platform.defaultUrl || !platform.secure) return false;
  const states = permissionsFor(hostOf(url)).map((name) => platform.permission(name));
  return (await Promise.all(states)).includes("denied");
}

function hostOf(url: string): string {
  try {
    return new URL(url).hostname;
  } catch {
    return "";
  }
}
