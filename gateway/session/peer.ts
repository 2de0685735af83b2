import type { Address, Party } from "../call/leg.ts";
import type { PeerInfo, Target } from "../protocol/values.ts";

/** A party as the browser sees it. */
export function peerOf({ address, name }: Party): PeerInfo {
  return {
    target: targetOf(address),
    ...(name !== undefined && { name }),
    ...("tel" in address && { number: address.tel }),
    can: ["call"],
  };
}

export function targetOf(address: Address): Target {
  return "user" in address ? { user: address.user } : "tel" in address ? { tel: address.tel } : { sip: address.sip };
}
