import { X509Certificate } from "node:crypto";
import { covers, type KeyPair } from "../certificates/key-pair.ts";
import { localNames } from "../certificates/local-names.ts";
import type { HttpRoutes } from "../edge/http-routes.ts";
import type { HttpsOptions } from "../edge/plain-http.ts";
import { listenRedirect } from "../edge/redirect.ts";
import { messageOf } from "../base/errors.ts";
import { primaryAddress } from "../media/rtpengine/local-addresses.ts";
import { firstKeys, followKeys, keyFiles, ownKeys } from "./certificates.ts";
import type { Foundation } from "./frame.ts";
import { startModeOf, type StartMode } from "./start-mode.ts";

/** How pages come in: by TLS or without, and under which address. */
export interface FrontDoor {
  readonly mode: StartMode;
  /** Absent: plain HTTP. */
  readonly https: HttpsOptions | undefined;
  /** The address that others open. */
  address(port: number): string;
  /** PEM of the authority that signed the certificate made here. */
  readonly authority: string | undefined;
  readonly warning: string | undefined;
  readonly routes: readonly HttpRoutes[];
  /** What goes on while we listen on `port`: new keys go to `renew`. */
  opened(port: number, renew: (keys: KeyPair) => void): Promise<void>;
}

/** @throws ConfigError when the certificate cannot be used */
export async function openFrontDoor(frame: Foundation): Promise<FrontDoor> {
  const mode = startModeOf(frame.config);
  return mode === "local" ? plainDoor(frame) : secureDoor(frame, mode);
}

function plainDoor({ config: { http } }: Foundation): FrontDoor {
  return {
    mode: "local",
    https: undefined,
    address: (port) => `http://${inUrl(http.host)}:${port}`,
    authority: undefined,
    warning: undefined,
    routes: [],
    opened: async () => {},
  };
}

async function secureDoor(frame: Foundation, mode: "lan" | "tls"): Promise<FrontDoor> {
  const { config, clock, dir, later } = frame;
  const { port } = config.http;
  const own = mode === "lan" ? ownKeys(dir, clock) : undefined;
  const source = own ?? keyFiles(config, clock);
  const { keys, warning } = await firstKeys(source);
  const authority = await own?.authority();
  const name = config.http.domain ?? (await nameOf(keys));
  const address = (port: number): string => originOf(name, port);
  return {
    mode,
    https: {
      keys,
      plain: mode === "lan" ? "page" : "redirect",
      hsts: mode !== "lan",
      secureOrigin: (host) => (mode === "lan" ? lanOrigin(keys, host, port) : undefined) ?? address(port),
    },
    address,
    authority,
    warning,
    routes: authority === undefined ? [] : [authorityRoute(authority)],
    async opened(port, renew) {
      later(followKeys(source, keys, frame, renew));
      await redirectPlainHttp(frame, address(port));
    },
  };
}

/** On a machine of the local network: the address in the default route's network. Else what the certificate is for. */
async function nameOf({ cert }: KeyPair): Promise<string> {
  const certificate = new X509Certificate(cert);
  const primary = await primaryAddress();
  if (covers(certificate, primary)) return primary;
  return /DNS:([^,*\s]+)/.exec(certificate.subjectAltName ?? "")?.[1] ?? primary;
}

/** Who came by a name or address that the certificate is for comes back by the same. */
function lanOrigin({ cert }: KeyPair, host: string | undefined, port: number): string | undefined {
  if (host === undefined || !URL.canParse(`http://${host}`)) return undefined;
  const name = new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, "");
  const known = covers(new X509Certificate(cert), name) || localNames().addresses.includes(name);
  return known ? originOf(name, port) : undefined;
}

const originOf = (name: string, port: number): string => new URL(`https://${inUrl(name)}:${port}`).origin;
const inUrl = (name: string): string => (name.includes(":") ? `[${name}]` : name);

/** What a phone is told to trust. It is no secret: the certificate, not the key. */
const authorityRoute =
  (authority: string): HttpRoutes =>
  (app) =>
    void app.get("/ca.crt", async (_request, reply) =>
      reply
        .type("application/x-x509-ca-cert")
        .header("content-disposition", 'attachment; filename="offhook-ca.crt"')
        .send(authority),
    );

async function redirectPlainHttp({ config, log, later }: Foundation, base: string): Promise<void> {
  const { redirectPort, host, signInTimeout } = config.http;
  if (redirectPort === undefined) return;
  try {
    const server = await listenRedirect(host, redirectPort, base, signInTimeout);
    later(() => {
      server.closeAllConnections();
      server.close();
    });
  } catch (fault) {
    log.warn("no redirect from plain http", { port: redirectPort, fault: messageOf(fault) });
  }
}
