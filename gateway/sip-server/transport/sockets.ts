import { isIP, type AddressInfo, type Server, type Socket } from "node:net";
import type { Endpoint } from "./flow.ts";

/** Listens; resolves with the port, rejects with the system's error. IPv4 is never served by an IPv6 socket. */
export function bind(server: Server, { host, port }: Endpoint): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, ipv6Only: isIP(host) === 6 }, () => {
      server.removeListener("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

export function endpointOf(socket: Socket): Endpoint {
  return { host: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 };
}

/** The address that connections are made from: the bound one, so that the peer sees one address of us. */
export function localAddress({ host }: Endpoint): string | undefined {
  return host === "0.0.0.0" || host === "::" ? undefined : host;
}
