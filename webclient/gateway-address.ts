/** A gateway's address as people write it, `https://phone.example.org`, as that of its WebSocket. */
export function socketUrl(address: string): string {
  const url = address.replace(/^http/i, "ws");
  return /^wss?:\/\/[^/]+\/?$/i.test(url) ? `${url.replace(/\/$/, "")}/ws` : url;
}

/** The web address of the gateway whose WebSocket is `url`, without a slash at its end. */
export const httpOrigin = (url: string): string => url.replace(/^ws/i, "http").replace(/^(https?:\/\/[^/]+).*$/i, "$1");

/**
 * Where to connect when nobody says: the gateway that served this library as `/client.js` or `/apirtc.js`, on whatever page; else the
 * origin of the page.
 */
export function defaultUrl(script: string, page: string | undefined): string | undefined {
  const [, served] = /^(https?:\/\/[^/]+)\/(?:client|apirtc)\.js$/.exec(script) ?? [];
  const origin = served ?? (page?.startsWith("http") ? page : undefined);
  return origin === undefined ? undefined : socketUrl(origin);
}
