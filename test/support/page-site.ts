import { createReadStream, existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const built = join(root, "dist/page");

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".webmanifest": "application/manifest+json",
};

const development = [
  ["alice@offhook.test", "Alice Laurent"],
  ["bob@offhook.test", "Bob Keller"],
].map(([user, name]) => ({ user, name }));

/** What the gateway would say to everybody; a test changes what it is about. */
export const welcome = {
  product: "Offhook",
  version: "0.0.0",
  development: { users: development } as object | null,
  testNumbers: [
    { number: "600", text: "Echo: you hear yourself" },
    { number: "601", text: "A tone of 1 kHz" },
  ],
  phones: [],
  signIn: { password: false, oidc: [] as { id: string; name: string }[], code: false },
  secureAddress: null as string | null,
  state: { sip: true, media: true },
};

/** The built page without a gateway: its far ends are the library's simulation, served beside it. */
export class PageSite {
  readonly url: string;
  /** What `/api/welcome` says; undefined when nobody answers. */
  welcome: typeof welcome | undefined = welcome;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://localhost:${(server.address() as AddressInfo).port}/`;
  }

  static async open(): Promise<PageSite> {
    const simulation = await bundledSimulation();
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const site = new PageSite(server);
    server.on("request", ({ url = "/" }, reply) => {
      const path = url.replace(/\?.*$/, "");
      if (path === "/api/welcome") {
        reply.writeHead(site.welcome ? 200 : 503, { "content-type": "application/json" });
        return reply.end(JSON.stringify(site.welcome ?? {}));
      }
      if (path === "/simulation.js") {
        reply.writeHead(200, { "content-type": "text/javascript" });
        return reply.end(simulation);
      }
      const file = join(built, path === "/" ? "index.html" : path);
      if (!file.startsWith(built) || !existsSync(file)) return reply.writeHead(404).end();
      reply.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" });
      return createReadStream(file).pipe(reply);
    });
    return site;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((closed) => void this.#server.close(() => closed()));
  }
}

async function bundledSimulation(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "silent",
    root,
    build: {
      write: false,
      minify: false,
      target: "es2022",
      lib: { entry: join(root, "webclient/simulate/index.ts"), formats: ["es"] },
    },
  });
  const [output] = (Array.isArray(result) ? result : [result]) as { output: { code: string }[] }[];
  return output?.output[0]?.code ?? "";
}

/** Runs before the page: no first-run check, and always the same day, time and order of things. */
export const stagedDay = `(() => {
  const Real = Date;
  const offset = Real.UTC(2026, 9, 20, 12, 4, 0) - Real.now();
  window.Date = class Date extends Real {
    constructor(...given) { if (given.length > 0) super(...given); else super(Real.now() + offset); }
    static now() { return Real.now() + offset; }
  };
  Math.random = () => 0.5;
})();`;

/**
 * Signs in to a simulation with people, an address book and a history. `window.sim` plays the far ends; `far` is the
 * far end of the last call in.
 */
export const signInSimulated = `(async () => {
  const { Simulation } = await import("/simulation.js");
  const person = (user, name, status, pages = 1, phones = 0, note) =>
    ({ target: { user: user + "@offhook.test" }, name, can: ["call"], status, pages, phones, ...(note && { note }) });
  const sim = (window.sim = new Simulation({
    user: "alice@offhook.test",
    name: "Alice Laurent",
    rule: ({ tel }) => (tel === "112" ? { ringsAfter: false, then: "emergency-not-supported" } : undefined),
    contacts: [
      person("bob", "Bob Keller", "online", 1, 1),
      person("carol", "Carol Novak", "in-a-call", 2),
      person("dave", "Dave Okafor", "offline", 0),
      person("wait", "Wanda Itani", "away", 1, 0, "Back at three"),
    ],
  }));
  sim.on("call", (call) => (window.far = call));
  window.callIn = (from, name) => (window.far = sim.callIn({ from, name }));
  await offhook.phone.signIn({ platform: sim });
  const { session } = offhook;
  await session.contacts.put({
    contactId: "elodie",
    name: "Élodie Marchand",
    targets: [
      { target: { tel: "+33612345678" }, label: "mobile" },
      { target: { sip: "sip:elodie@example.org" }, label: "work" },
    ],
    note: "Reads the meter on Tuesdays",
  });
  const talk = async (target) => {
    const call = await session.call(target);
    if (call.view().state !== "connected") await call.next("state").then(() => call.next("state"));
    await call.end();
  };
  await talk({ user: "bob@offhook.test" });
  await talk({ tel: "+33612345678" });
  const ended = async (target) => (await session.call(target)).ended;
  await ended({ user: "busy@offhook.test" });
  const missed = async (from) => {
    callIn(from).end("cancelled");
    await session.calls.view().calls[0]?.ended;
  };
  await missed({ tel: "+442079460958" });
  offhook.phone.stage.dismiss();
})()`;
