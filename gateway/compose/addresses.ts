import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { primaryAddress } from "../media/rtpengine/local-addresses.ts";

/** `auto` means loopback and the primary address of the machine. */
export async function sipAddresses(wanted: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    wanted.map(async (one) => (one === "auto" ? ["127.0.0.1", await primaryAddress()] : [one])),
  );
  return [...new Set(found.flat())];
}

/** The first port from `from` on that is free for TCP, and for UDP if asked, at every address; 0 stays 0. */
export async function freePort(from: number, addresses: readonly string[], udp: boolean): Promise<number> {
  if (from === 0) return 0;
  for (let port = from; port < Math.min(from + 200, 65_536); port++) {
    const free = await Promise.all(
      addresses.map(async (address) => (await tcpFree(port, address)) && (!udp || (await udpFree(port, address)))),
    );
    if (free.every(Boolean)) return port;
  }
  return from;
}

/** True when nobody listens there. */
export async function tcpFree(port: number, host: string): Promise<boolean> {
  return (await listenFault(port, host)) === undefined;
}

/** The system's code for why we could not listen there; undefined when we could. */
export function listenFault(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", ({ code }: NodeJS.ErrnoException) => resolve(code ?? "failed"));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

function udpFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
    socket.once("error", () => {
      socket.close();
      resolve(false);
    });
    socket.bind({ port, address: host, exclusive: true }, () => socket.close(() => resolve(true)));
  });
}
