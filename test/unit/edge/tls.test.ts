import assert from "node:assert/strict";
import { request as plainRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { Agent, request as tlsRequest } from "node:https";
import { connect } from "node:net";
import { connect as tlsConnect, type TLSSocket } from "node:tls";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { silentLogger } from "../../../gateway/base/log.ts";
import { ownCertificate, type OwnCertificate } from "../../../gateway/certificates/own-certificate.ts";
import { HttpEdge, type HttpEdgeOptions } from "../../../gateway/edge/http.ts";

const here = { addresses: ["127.0.0.1"], hosts: ["localhost", "gateway.test"] };

/** Each time for one name more, by the same authority. */
function newKeys(): Promise<OwnCertificate> {
  const hosts = [...here.hosts, `n${shelf.size}.test`];
  const store = { read: (name: string) => shelf.get(name), write: (name: string, pem: string) => shelf.set(name, pem) };
  shelf.delete("lan.crt");
  return ownCertificate(store, { ...here, hosts }, Date.now());
}

const shelf = new Map<string, string>();

interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  readonly socket: TLSSocket;
}

describe("TLS at the edge", () => {
  let keys: OwnCertificate;
  let edge: HttpEdge;
  const upgraded: string[] = [];

  const open = (https: Partial<HttpEdgeOptions["https"]> = {}, signInTimeout = 2000): Promise<HttpEdge> =>
    HttpEdge.listen({
      host: "127.0.0.1",
      port: 0,
      https: { keys, plain: "page", hsts: false, secureOrigin: (host) => `https://${host}`, ...https },
      pageDir: "/nowhere",
      origins: [],
      frameAncestors: [],
      log: silentLogger,
      signInTimeout,
      sockets: {
        upgrade: (request: IncomingMessage, socket: Duplex) => {
          upgraded.push(request.headers.host ?? "");
          socket.end("HTTP/1.1 101 Yes\r\n\r\n");
        },
      } as unknown as HttpEdgeOptions["sockets"],
      welcome: () => ({}) as ReturnType<HttpEdgeOptions["welcome"]>,
      health: () => ({ sip: true, media: true }),
      metrics: async () => "",
      routes: [(app) => void app.post("/api/secret", async () => "told")],
    });

  const ask = (secure: boolean, path: string, options: RequestOptions = {}): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const target = { host: "127.0.0.1", port: edge.port, path, ...(secure && { ca: keys.authority }), ...options };
      (secure ? tlsRequest : plainRequest)(target, (response) => {
        let body = "";
        const { statusCode: status = 0, headers } = response;
        const socket = response.socket as TLSSocket;
        response.on("data", (text) => (body += String(text)));
        response.on("end", () => resolve({ status, headers, body, socket }));
      })
        .on("error", reject)
        .end();
    });

  const secureAddress = async (secure: boolean, host?: string): Promise<unknown> => {
    const { body } = await ask(secure, "/api/welcome", host === undefined ? {} : { headers: { host } });
    return JSON.parse(body).secureAddress;
  };

  const afar = { headers: { host: "gateway.test:8080" } };

  before(async () => {
    keys = await newKeys();
  });
  beforeEach(async () => {
    edge = await open();
  });
  afterEach(() => edge.close());

  it("serves TLS 1.2 and newer", async () => {
    assert.equal((await ask(true, "/health")).status, 200);
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      const agent = new Agent({ minVersion: version, maxVersion: version });
      assert.equal((await ask(true, "/health", { agent } as RequestOptions)).socket.getProtocol(), version);
    }
    const old = tlsConnect({ port: edge.port, host: "127.0.0.1", ca: keys.authority, maxVersion: "TLSv1.1" });
    await assert.rejects(once(old, "secureConnect"));
  });

  it("serves this machine without TLS on the same port", async () => {
    assert.equal((await ask(false, "/health")).status, 200);
    assert.equal((await ask(false, "/api/secret", { method: "POST" })).body, "told");
    assert.equal(await secureAddress(false), null);
  });

  it("tells others without TLS where to go, and takes no secret from them", async () => {
    assert.equal(await secureAddress(false, "gateway.test:8080"), "https://gateway.test:8080");
    assert.equal(await secureAddress(true, "gateway.test:8080"), null);
    const { status, body } = await ask(false, "/api/secret", { method: "POST", ...afar });
    assert.deepEqual([status, JSON.parse(body).address], [403, "https://gateway.test:8080"]);
    assert.equal((await ask(false, "/auth/oidc/x", afar)).status, 403);
    assert.equal((await ask(true, "/api/secret", { method: "POST", ...afar })).body, "told");
  });

  it("takes WebSockets over TLS, and without it from this machine", async () => {
    const upgrade = (host: string) => ({ headers: { host, connection: "upgrade", upgrade: "websocket" } });
    await ask(false, "/ws", upgrade("localhost")).catch(() => {});
    await ask(true, "/ws", upgrade("gateway.test")).catch(() => {});
    const { status } = await ask(false, "/ws", upgrade("gateway.test"));
    assert.deepEqual([status, upgraded], [403, ["localhost", "gateway.test"]]);
  });

  it("sends others on, where that is wanted", async () => {
    await edge.close();
    edge = await open({ plain: "redirect", secureOrigin: () => "https://gateway.test", hsts: true });
    const { status, headers } = await ask(false, "/a?b=c", afar);
    assert.deepEqual([status, headers.location], [308, "https://gateway.test/a?b=c"]);
    assert.equal((await ask(true, "/health")).headers["strict-transport-security"], "max-age=31536000");
    assert.equal((await ask(false, "/health")).headers["strict-transport-security"], undefined);
  });

  it("takes new keys, and keeps the connections that it has", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const first = await ask(true, "/health", { agent } as RequestOptions);
    const before = first.socket.getPeerCertificate().fingerprint256;
    keys = await newKeys();
    edge.renew(keys);
    assert.ok((await ask(true, "/health", { agent } as RequestOptions)).socket === first.socket);
    assert.notEqual((await ask(true, "/health")).socket.getPeerCertificate().fingerprint256, before);
    agent.destroy();
  });

  it("closes a connection that says nothing", async () => {
    await edge.close();
    edge = await open({}, 100);
    const silent = connect({ port: edge.port, host: "127.0.0.1" });
    await once(silent, "close");
  });

  it("closes at once, with silent connections too", async () => {
    const silent = connect({ port: edge.port, host: "127.0.0.1" });
    silent.on("error", () => {});
    await once(silent, "connect");
    await ask(true, "/health");
    const since = performance.now();
    await edge.close();
    assert.ok(performance.now() - since < 500);
  });
});
