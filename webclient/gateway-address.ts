/** A gateway's address as people write it, `https://phone.example.org`, as that of its WebSocket. */
export function socketUrl(address: string): string {
  const url = address.replace(/^http/i, "ws");
  return /^wss?:\/\/[^/]+\/?$/i.test(url) ? `${url.replace(/\/$/, "")}/ws` : url;
}

/**
 * Where to connect when nobody says: the gateway that served this library as `/client.js` or `/apirtc.js`, on whatever page; else the
 * origin of the page.
 */
export function defaultUrl(script: string, page: string | undefined): string | undefined {
  const [, served] = /^(https?:\/\/[^/]+)\/(?:client|apirtc)\.js$/.exec(script) ?? [];
  const origin = served ?? (page?.startsWith("http") ? page : undefined);
  return origin === undefined ? undefined : socketUrl(origin);
}
