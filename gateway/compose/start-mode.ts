import { createServer } from "node:net";
import { isExplicit, type Config } from "../config.ts";

/** `local`: this machine; `lan`: the local network, with a certificate made here; `tls`: with one that was brought. */
export type StartMode = "local" | "lan" | "tls";

export function startModeOf({ http }: Pick<Config, "http">): StartMode {
  if (http.lan) return "lan";
  return http.cert === undefined ? "local" : "tls";
}

/** What a start for others than this machine means for settings that nobody made. */
export async function withStartMode(config: Config, env?: NodeJS.ProcessEnv): Promise<Config> {
  if (startModeOf(config) === "local") return config;
  const { domain } = config.http;
  const chosen = (key: string): boolean => isExplicit(key, env);
  const host = chosen("http.host") ? config.http.host : await anyAddress();
  const http = { ...config.http, host: host === "localhost" ? "127.0.0.1" : host };
  if (domain === undefined) return { ...config, http };
  return { ...config, http: chosen("http.port") ? http : { redirectPort: 80, ...http, port: 443 } };
}

/** All addresses of both kinds (RFC 3493 3.7); of IPv4 only where the system has no IPv6. */
function anyAddress(): Promise<"::" | "0.0.0.0"> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve("0.0.0.0"));
    probe.listen({ host: "::", port: 0 }, () => probe.close(() => resolve("::")));
  });
}
