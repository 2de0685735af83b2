import { createServer, type RequestListener, type Server } from "node:http";

/** Sends every request on to the same path under `base`, an https origin (RFC 9110 15.4.9: the method stays). */
export function redirectTo(base: string): RequestListener {
  return ({ url = "/" }, response) => {
    const path = url.startsWith("/") ? url : "/";
    response.writeHead(308, { location: `${base}${path}`, "content-length": 0, connection: "close" }).end();
  };
}

/** A plain HTTP listener that only redirects. Rejects with the system's error when it cannot listen. */
export function listenRedirect(host: string, port: number, base: string, requestTimeout: number): Promise<Server> {
  const server = createServer({ requestTimeout, headersTimeout: requestTimeout }, redirectTo(base));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => resolve(server));
  });
}
