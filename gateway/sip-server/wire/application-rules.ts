import type { Endpoint } from "../transport/flow.ts";

/** Which application gets new requests of a method, other than whoever asked for them. */
export interface ApplicationRule {
  /** Lower case, or `*` for all. */
  readonly method: string;
  readonly to: ApplicationChoice;
}

/** One that is connected to for each request, or those of a tag. */
export type ApplicationChoice =
  | { readonly kind: "connect"; readonly address: Endpoint; readonly secure: boolean }
  | { readonly kind: "tag"; readonly tag: string };

/** The choice for `method`: its own rule before that for all. */
export function choiceFor(rules: readonly ApplicationRule[], method: string): ApplicationChoice | undefined {
  const wanted = method.toLowerCase();
  return (rules.find((rule) => rule.method === wanted) ?? rules.find((rule) => rule.method === "*"))?.to;
}

/** Reads `invite=tcp://127.0.0.1:9000` (or `tls://`) and `*=tag:night`; undefined when it is neither. */
export function readRule(text: string, endpoint: (address: string) => Endpoint): ApplicationRule | undefined {
  const [, method, to = ""] = /^([a-z]+|\*)=(.+)$/.exec(text) ?? [];
  const tag = /^tag:([a-zA-Z0-9\-_+@:]{1,32})$/.exec(to)?.[1];
  if (method !== undefined && tag !== undefined) return { method, to: { kind: "tag", tag } };
  const [, scheme, address] = /^(tcp|tls):\/\/(.+)$/.exec(to) ?? [];
  if (method === undefined || address === undefined) return undefined;
  return { method, to: { kind: "connect", address: endpoint(address), secure: scheme === "tls" } };
}
