import { isIP } from "node:net";
import type { Endpoint, Listener, Protocol } from "./flow.ts";
import { isLoopback } from "./networks.ts";

/**
 * Which bound address a request to `host` leaves from: same protocol and IP version; then loopback with loopback,
 * the longest common address prefix, one with an external address, any that is not loopback.
 */
export function chooseListener(listeners: readonly Listener[], protocol: Protocol, host: string): Listener | undefined {
  const fitting = listeners.filter((one) => one.protocol === protocol && isIP(one.host) === isIP(host));
  const rank = (one: Listener): number =>
    (isLoopback(one.host) === isLoopback(host) ? 1000 : 0) +
    commonOctets(one.host, host) * 10 +
    (one.externalHost ? 2 : 0) +
    (isLoopback(one.host) ? 0 : 1);
  return fitting.reduce<Listener | undefined>((best, one) => (!best || rank(one) > rank(best) ? one : best), undefined);
}

/** What a peer at `host` is told as the address of `listener`: the external one, unless it is on our side of the NAT. */
export function addressFor(listener: Listener, host: string): Endpoint {
  const { externalHost, localNetworks } = listener;
  if (externalHost === undefined || localNetworks?.contains(host)) return listener;
  return { host: externalHost, port: listener.port };
}

function commonOctets(one: string, other: string): number {
  const left = one.split(/[.:]/);
  const right = other.split(/[.:]/);
  let common = 0;
  while (common < left.length && left[common] === right[common]) common++;
  return common;
}
