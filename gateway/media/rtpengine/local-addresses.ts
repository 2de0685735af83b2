import { createSocket } from "node:dgram";
import { networkInterfaces } from "node:os";

/**
 * The address that media is announced with: that of the default route, else the first one that is not loopback, else
 * 127.0.0.1. Browsers do not pair with 127.0.0.1, and telephones on this machine reach any of its addresses.
 */
export async function primaryAddress(): Promise<string> {
  return (await addressOfDefaultRoute()) ?? firstOutwardAddress() ?? "127.0.0.1";
}

/** Connecting a UDP socket sends nothing: the kernel only chooses the source address. RFC 5737: nobody's address. */
function addressOfDefaultRoute(): Promise<string | undefined> {
  const socket = createSocket("udp4");
  return new Promise<string | undefined>((resolve) => {
    socket.once("error", () => resolve(undefined));
    // Without a route the callback is called too, with the error that Node's types do not name.
    socket.connect(9, "203.0.113.1", (...[fault]: unknown[]) =>
      resolve(fault === undefined ? socket.address().address : undefined),
    );
  }).finally(() => socket.close());
}

function firstOutwardAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === "IPv4" && !internal)?.address;
}
