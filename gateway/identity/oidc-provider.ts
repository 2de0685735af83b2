import * as oidc from "openid-client";
import type { Account } from "../directory/accounts.ts";
import { parseUserId, type UserId } from "../directory/user-id.ts";
import type { OidcTicket } from "./oidc-tickets.ts";
import { SignInError } from "./sign-in-error.ts";

export interface OidcSettings {
  readonly id: string;
  /** What its button says. */
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  /** The tenant that its users belong to. */
  readonly domain: string;
  /** The claim that names the user; without it `preferred_username`, else `email`. */
  readonly claim?: string;
  /** The domain that the claim's value may carry, when it is not `domain`. */
  readonly claimDomain?: string;
  readonly scopes: readonly string[];
  /** Whether somebody without an account is given one. */
  readonly create: boolean;
}

/** How long any question to a provider may take: seconds, as the library counts. */
const patienceSeconds = 5;

type Claims = Readonly<Record<string, unknown>>;

/**
 * One OpenID provider: authorization code flow with PKCE (RFC 7636), state and nonce (OpenID Connect Core 3.1). The ID
 * token's signature is checked although it comes from the token endpoint.
 */
export class OidcProvider {
  readonly settings: OidcSettings;
  #known: Promise<oidc.Configuration> | undefined;

  constructor(settings: OidcSettings) {
    this.settings = settings;
  }

  /** Where to send the browser, and what to remember until it comes back. @throws SignInError `oidc-unavailable` */
  async begin(redirectUri: string): Promise<{ url: string; ticket: OidcTicket }> {
    const known = await this.#discover();
    const ticket: OidcTicket = {
      provider: this.settings.id,
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
    };
    const url = oidc.buildAuthorizationUrl(known, {
      redirect_uri: redirectUri,
      scope: this.settings.scopes.join(" "),
      state: ticket.state,
      nonce: ticket.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(ticket.verifier),
      code_challenge_method: "S256",
    });
    return { url: url.href, ticket };
  }

  /**
   * Whom the provider vouches for; undefined when that is nobody who could be of our tenant.
   * @throws SignInError `oidc-refused`, `oidc-unavailable`
   */
  async finish(callback: URL, ticket: OidcTicket): Promise<Pick<Account, "id" | "name"> | undefined> {
    const known = await this.#discover();
    const claims = await this.#claims(known, callback, ticket).catch((fault: unknown) => {
      throw new SignInError(isOutage(fault) ? "oidc-unavailable" : "oidc-refused", { cause: fault });
    });
    const id = this.#userOf(claims);
    const name = typeof claims["name"] === "string" ? oneLine(claims["name"]) : "";
    return id && { id, ...(name !== "" && { name }) };
  }

  async #claims(known: oidc.Configuration, callback: URL, { state, nonce, verifier }: OidcTicket): Promise<Claims> {
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
    const tokens = await oidc.authorizationCodeGrant(known, callback, checks);
    const claims = tokens.claims();
    if (!claims || this.#named(claims) || !known.serverMetadata().userinfo_endpoint) return claims ?? {};
    // OpenID Connect Core 5.4: of a code flow the profile claims are at the UserInfo endpoint.
    return { ...(await oidc.fetchUserInfo(known, tokens.access_token, claims.sub)), sub: claims.sub };
  }

  /** The claim that names the user, and what it says. */
  #named(claims: Claims): { claim: string; value: string } | undefined {
    const { claim } = this.settings;
    const candidates = claim === undefined ? ["preferred_username", "email"] : [claim];
    const found = candidates.find((name) => typeof claims[name] === "string" && claims[name] !== "");
    return found === undefined ? undefined : { claim: found, value: String(claims[found]) };
  }

  #userOf(claims: Claims): UserId | undefined {
    const { domain, claimDomain = domain } = this.settings;
    const named = this.#named(claims);
    // OpenID Connect Core 5.7: an address that nobody verified may be anybody's.
    if (!named || (named.claim === "email" && claims["email_verified"] !== true)) return undefined;
    const [name = "", from = claimDomain, ...more] = named.value.split("@");
    if (more.length > 0 || from.toLowerCase() !== claimDomain.toLowerCase()) return undefined;
    return parseUserId(`${name}@${domain}`);
  }

  /** The provider's own description of itself; asked for until it was had. */
  #discover(): Promise<oidc.Configuration> {
    return (this.#known ??= this.#ask().catch((fault: unknown) => {
      this.#known = undefined;
      throw new SignInError("oidc-unavailable", { cause: fault });
    }));
  }

  #ask(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.settings;
    const url = new URL(issuer);
    const authentication = clientSecret === undefined ? oidc.None() : oidc.ClientSecretPost(clientSecret);
    return oidc.discovery(url, clientId, undefined, authentication, {
      timeout: patienceSeconds,
      execute: [oidc.enableNonRepudiationChecks, ...(url.protocol === "http:" ? [oidc.allowInsecureRequests] : [])],
    });
  }
}

/** The provider could not be asked: no word about the user. */
function isOutage(fault: unknown): boolean {
  if (fault instanceof oidc.ResponseBodyError) return fault.status >= 500;
  if (!(fault instanceof oidc.ClientError)) return fault instanceof TypeError;
  return fault.code === "OAUTH_TIMEOUT" || (fault.cause instanceof Response && fault.cause.status >= 500);
}

function oneLine(name: string): string {
  return name
    .replace(/[\u0000-\u001f\u007f]+/g, " ")
    .trim()
    .slice(0, 128);
}
