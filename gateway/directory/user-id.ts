/** Somebody: a name within a domain. A domain is a tenant, and every key of a directory starts with it. */
export interface UserId {
  readonly domain: string;
  readonly name: string;
}

/** Reads `name@domain`; names keep their case, domains are lower case. Undefined when it is neither. */
export function parseUserId(text: string): UserId | undefined {
  const match = /^([A-Za-z0-9._~!$&'*+=-]{1,64})@([A-Za-z0-9.-]{1,190})$/.exec(text);
  return match?.[1] && match[2] ? { name: match[1], domain: match[2].toLowerCase() } : undefined;
}

export function printUserId({ name, domain }: UserId): string {
  return `${name}@${domain}`;
}

/** The key of something that belongs to a user: domain first, so that tenants never share one. */
export function userKey({ domain, name }: UserId): string {
  return `${domain}/${name}`;
}
