import { describeBrowser } from "./browser-info.ts";
import { browserPlatform } from "./browser-platform.ts";
import { ClientError } from "./client-error.ts";
import { socketUrl } from "./gateway-address.ts";
import { Link } from "./link.ts";
import type { Platform } from "./platform.ts";
import { Session } from "./session.ts";
import type { SimulationOptions } from "./simulate/index.ts";
import { Tab } from "./tab.ts";
import type { TransportChoice } from "./transport.ts";
import { Wishes, type PresenceOptions } from "./wishes.ts";

export interface ConnectOptions extends PresenceOptions {
  /** Where the gateway is: `https://phone.example.org`. Default: where `/client.js` came from, else this page's origin. */
  readonly url?: string;
  /** A signed token; a function is asked again before it expires and for each new connection. */
  readonly token?: string | (() => Promise<string>);
  /** Development sign-in, `name@domain`: only on gateways without a configured secret, only from the same machine. */
  readonly user?: string;
  /**
   * Public application key instead of a token: a guest, who may call what the key is for and cannot be called. Counts
   * only on pages of the origins that the gateway binds it to.
   */
  readonly appKey?: string;
  readonly displayName?: string;
  /**
   * A page that is loaded anew goes on with its calls: they are in `session.calls.view()` at once, `reconnecting`.
   * False, for pages that would not show them: they end (default true).
   */
  readonly keepCalls?: boolean;
  /** Default `auto`: WebSocket, and long polling where that does not come through. */
  readonly transport?: TransportChoice;
  readonly signal?: AbortSignal;
  /** Surroundings other than the browser, for tests. */
  readonly platform?: Platform;
  /** For tests: a gateway and far ends inside this page, that answer. More of it in `@offhook/client/simulate`. */
  readonly simulate?: true | SimulationOptions;
}

/**
 * Opens a session. Later drops are repaired by itself.
 * @throws ClientError `token-expired`, `token-refused`, `origin-refused`, `unreachable`, `aborted`
 */
export async function connect(options: ConnectOptions = {}): Promise<Session> {
  const { signal } = options;
  const platform = options.platform ?? (options.simulate ? await simulation(options.simulate) : browserPlatform());
  if (signal?.aborted) throw new ClientError("aborted");
  const url = options.url === undefined ? platform.defaultUrl : socketUrl(options.url);
  if (url === undefined) throw new ClientError("unreachable", { text: "No url, and no page to take it from." });
  const { token, user, appKey, displayName, keepCalls } = options;
  const wishes = new Wishes(options);
  const browser = platform.browser && describeBrowser(platform);
  const credentials = { token, user, appKey, displayName, wishes, browser, keepCalls };
  const link = new Link(platform, url, credentials, new Tab(platform), options.transport);
  const session = new Session(link, platform, wishes);
  const abort = (): void => link.close("aborted");
  signal?.addEventListener("abort", abort);
  await link.open().finally(() => signal?.removeEventListener("abort", abort));
  return session;
}

/** Fetched only where it is asked for. */
async function simulation(options: true | SimulationOptions): Promise<Platform> {
  const { Simulation } = await import("./simulate/index.ts");
  return new Simulation(options === true ? {} : options);
}
