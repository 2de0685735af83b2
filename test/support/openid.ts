import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from "jose";
import { Provider } from "oidc-provider";
import type { HttpBrowser } from "./http-browser.ts";

export const clientId = "offhook-test";
export const clientSecret = "client-secret-91c0d2e7";

/** A real OpenID provider: whoever logs in there as `name` is `name`. */
export class OpenIdProvider {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<OpenIdProvider> {
    return new OpenIdProvider(await listen());
  }

  get issuer(): string {
    return `http://127.0.0.1:${portOf(this.#server)}`;
  }

  /** From now on it serves one client, which gets its users back at one of these addresses. */
  serve(redirectUris: string[]): void {
    const provider = new Provider(this.issuer, {
      clients: [
        {
          client_id: clientId,
          client_secret: clientSecret,
          redirect_uris: redirectUris,
          token_endpoint_auth_method: "client_secret_post",
        },
      ],
      claims: { openid: ["sub"], profile: ["preferred_username", "name"], email: ["email", "email_verified"] },
      pkce: { required: () => true },
      cookies: { keys: ["a key of this test"] },
      findAccount: (_context, id) => ({
        accountId: id,
        claims: async () => ({ sub: id, preferred_username: id, name: `${id} of OpenID` }),
      }),
    });
    const handle = provider.callback();
    this.#server.on("request", (request, response) => void handle(request, response));
  }

  /** Logs in and consents on the provider's own pages; where that leads the browser back to. */
  async login(browser: HttpBrowser, url: string, name: string): Promise<URL> {
    const away = (at: URL): boolean => at.origin !== this.issuer && at.searchParams.has("state");
    const form = await browser.visit(url, away);
    const consent = await browser.visit(
      await browser.submit(form.url, { prompt: "login", login: name, password: "any" }),
      away,
    );
    if (away(consent.url)) return consent.url;
    return (await browser.visit(await browser.submit(consent.url, { prompt: "consent" }), away)).url;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** What a lying provider answers; everything else is as it should be. */
export interface Lies {
  readonly claims?: JWTPayload;
  readonly nonce?: string;
  readonly unsigned?: boolean;
  readonly otherKey?: boolean;
  /** Status of the token endpoint. */
  readonly status?: number;
}

/** An OpenID provider in the test's hands: it says of its users whatever the test wants. */
export class LyingProvider {
  lies: Lies = {};
  /** The PKCE verifiers that came, hashed as RFC 7636 4.2 asks. */
  readonly challenges: string[] = [];
  nonce = "";
  readonly #server: Server;
  readonly #key: CryptoKey;
  readonly #otherKey: CryptoKey;
  readonly #jwks: object;

  private constructor(server: Server, key: CryptoKey, otherKey: CryptoKey, jwks: object) {
    this.#server = server;
    this.#key = key;
    this.#otherKey = otherKey;
    this.#jwks = jwks;
    server.on("request", (request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<LyingProvider> {
    const [own, other] = await Promise.all([generateKeyPair("RS256"), generateKeyPair("RS256")]);
    const jwk = { ...(await exportJWK(own.publicKey)), kid: "k1", use: "sig", alg: "RS256" };
    return new LyingProvider(await listen(), own.privateKey, other.privateKey, { keys: [jwk] });
  }

  get issuer(): string {
    return `http://127.0.0.1:${portOf(this.#server)}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { issuer } = this;
    const json = (value: object, status = 200): void =>
      void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    if (request.url === "/jwks") return json(this.#jwks);
    if (request.url === "/token") return this.#token(request, json);
    json({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
    });
  }

  async #token(request: IncomingMessage, json: (value: object, status?: number) => void): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const verifier = new URLSearchParams(Buffer.concat(chunks).toString()).get("code_verifier") ?? "";
    this.challenges.push(createHash("sha256").update(verifier).digest("base64url"));
    if (this.lies.status !== undefined) return json({ error: "server_error" }, this.lies.status);
    json({ access_token: "access-77f1", token_type: "Bearer", id_token: await this.#idToken() });
  }

  async #idToken(): Promise<string> {
    const seconds = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.issuer,
      aud: clientId,
      sub: "1",
      iat: seconds,
      exp: seconds + 300,
      nonce: this.lies.nonce ?? this.nonce,
      preferred_username: "alice",
      ...this.lies.claims,
    };
    if (this.lies.unsigned) return new UnsecuredJWT(claims).encode();
    const key = this.lies.otherKey ? this.#otherKey : this.#key;
    return new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "k1" }).sign(key);
  }
}

async function listen(): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
