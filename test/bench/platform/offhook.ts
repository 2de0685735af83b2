import { WebSocket } from "ws";
import { subprotocol } from "../../../gateway/protocol/version.ts";
import { domain, TestGateway } from "../../support/gateway.ts";
import { TokenIssuer } from "../../support/tokens.ts";
import { until } from "../../support/until.ts";
import { built } from "../gateway-rig.ts";
import { type Audience, inBatches, type Pair, type Side, type Wire } from "./wire.ts";

const secret = "a secret of the benchmark, long enough for HS256";
const issuer = new TokenIssuer(secret, "HS256");
/** No limit within reach: what is measured is the work. */
const env = {
  NO_MEDIA: "/nonexistent",
  GATEWAY_AUTH_SECRET: secret,
  GATEWAY_LOG_LEVEL: "warn",
  GATEWAY_SESSION_GRACE: "120000",
  GATEWAY_HTTP_CONNECTIONS_PER_ADDRESS: "100000",
  GATEWAY_CALL_FRAMES_PER_SECOND: "1000000",
  GATEWAY_DATA_PER_SECOND: "1000000",
  GATEWAY_MESSAGES_PER_MINUTE: "1000000",
};
const atOnce = 200;

interface Frame {
  readonly type: string;
  readonly re?: string;
  readonly seq?: number;
  readonly [field: string]: unknown;
}

/** A page without a browser and without a library, so that what is measured is the gateway. */
export class Page implements Wire {
  readonly user: string;
  readonly token: string;
  sessionId = "";
  seq = 0;
  #socket: WebSocket;
  readonly #waiting = new Map<string, (frame: Frame) => void>();
  #heard: (frame: Frame) => void = () => {};
  #requests = 0;

  private constructor(user: string, token: string, socket: WebSocket) {
    this.user = user;
    this.token = token;
    this.#socket = socket;
  }

  /** `fields` of `session.open`. */
  static async open(url: string, user: string, fields: Readonly<Record<string, unknown>>): Promise<Page> {
    const token = await issuer.token({ sub: user, name: user.split("@")[0] });
    const page = new Page(user, token, await connected(url));
    page.#listen();
    const { type, sessionId } = await page.request("session.open", { token, ...fields });
    if (type !== "session.opened") throw new Error(`not signed in: ${type}`);
    page.sessionId = String(sessionId);
    return page;
  }

  /** On a new connection. */
  async resume(url: string): Promise<void> {
    this.#socket = await connected(url);
    this.#listen();
    const { token, sessionId, seq } = this;
    const answer = await this.request("session.resume", { token, sessionId, seq });
    if (answer.type !== "session.resumed") throw new Error(`not resumed: ${JSON.stringify(answer)}`);
  }

  request(type: string, fields: Readonly<Record<string, unknown>> = {}): Promise<Frame> {
    const id = `r${++this.#requests}`;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.send(JSON.stringify({ type, id, ...fields }));
    });
  }

  echo(): Promise<unknown> {
    return this.request("ping");
  }

  onFrame(listener: (frame: Frame) => void): void {
    this.#heard = listener;
  }

  drop(): void {
    this.#socket.terminate();
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on("error", () => {});
    socket.on("message", (data) => {
      const frame = JSON.parse(String(data)) as Frame;
      if (frame.seq !== undefined) this.seq = frame.seq;
      const asked = frame.re === undefined ? undefined : this.#waiting.get(frame.re);
      if (!asked) return this.#heard(frame);
      this.#waiting.delete(frame.re ?? "");
      asked(frame);
    });
  }
}

function connected(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, subprotocol);
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve(socket));
    socket.once("error", reject);
  });
}

/** Gateways as they are shipped, without media; with a Redis two of them. */
export class Platform implements Side {
  readonly name: string;
  readonly #gateways: readonly TestGateway[];
  #users = 0;

  private constructor(name: string, gateways: readonly TestGateway[]) {
    this.name = name;
    this.#gateways = gateways;
  }

  static async start(redis?: string): Promise<Platform> {
    const one = (): Promise<TestGateway> =>
      TestGateway.start({ ...built, env: { ...env, ...(redis && { GATEWAY_REDIS_URL: redis }) } });
    const gateways = [await one()];
    if (redis) gateways.push(await one());
    return new Platform(redis ? "Offhook, two nodes over Redis" : "Offhook", gateways);
  }

  get pids(): readonly number[] {
    return this.#gateways.map(({ process }) => Number(process.pid));
  }

  url(node = 0): string {
    return this.#gateways[node]?.wsUrl ?? "";
  }

  readonly pairs = {
    data: () => this.#pair("data.received", (page, to, value) => page.request("data.send", { to, value })),
    "a kept message": () =>
      this.#pair("message.received", (page, to, value) =>
        page.request("message.send", { to, messageId: `m${value}`, text: String(value) }),
      ),
  };

  /** Each page is of a user of its own, and takes no part in presence but as a watcher of `watch`. */
  connect(count: number, watch: readonly string[] = []): Promise<readonly Page[]> {
    return inBatches(count, atOnce, () => this.#open({ groups: [], watch }));
  }

  async audience(count: number): Promise<Audience> {
    const speaker = await this.#open({ groups: ["hall"], watch: [] });
    const pages = await this.connect(count, ["hall"]);
    let turn = 0;
    return {
      say: () => speaker.request("presence.status", { status: turn++ % 2 ? "online" : "busy" }),
      onHeard: (listener) =>
        pages.forEach((page) => page.onFrame(({ type }) => type === "presence.changed" && listener())),
      drop: () => [speaker, ...pages].forEach((page) => page.drop()),
    };
  }

  async stop(): Promise<void> {
    for (const gateway of this.#gateways) await gateway.stop();
  }

  #open(fields: Readonly<Record<string, unknown>>, node = 0): Promise<Page> {
    return Page.open(this.url(node), `user${++this.#users}@${domain}`, fields);
  }

  async #pair(event: string, send: (page: Page, to: { user: string }, value: number) => Promise<Frame>): Promise<Pair> {
    const [from, to] = [await this.#open({}, 0), await this.#open({}, 1)];
    const known = async (): Promise<boolean> => {
      const { type } = await from.request("data.send", { to: { user: to.user }, value: -1 });
      return type === "ok";
    };
    await until("one node to know of the other's page", known, 20_000);
    return {
      send: async (value) => {
        const answer = await send(from, { user: to.user }, value);
        if (answer.type === "refused") throw new Error(JSON.stringify(answer));
      },
      onCame: (listener) =>
        to.onFrame((frame) => {
          const message = frame.message as { readonly text?: string } | undefined;
          if (frame.type === event) listener(Number(message ? message.text : frame.value));
        }),
      drop: () => [from, to].forEach((page) => page.drop()),
    };
  }
}
