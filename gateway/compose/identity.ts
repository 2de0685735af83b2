import type { Accounts } from "../directory/accounts.ts";
import { authorizer } from "../edge/authorize.ts";
import type { HttpRoutes } from "../edge/http-routes.ts";
import type { Welcome } from "../edge/http.ts";
import { oidcRoutes } from "../edge/oidc.ts";
import type { Authorize } from "../edge/principal.ts";
import { SignInCookie } from "../edge/sign-in-cookie.ts";
import { signInRoutes } from "../edge/sign-in.ts";
import { Lockout } from "../identity/lockout.ts";
import { OidcDesk } from "../identity/oidc-desk.ts";
import { OidcProvider } from "../identity/oidc-provider.ts";
import { OidcTickets } from "../identity/oidc-tickets.ts";
import { OneTimeCodes } from "../identity/one-time-codes.ts";
import { ownIssuer, OwnTokens, sessionAudience } from "../identity/own-tokens.ts";
import { PasswordCheck } from "../identity/password.ts";
import { SignInDesk, type SignedIn } from "../identity/sign-in-desk.ts";
import { SignInError } from "../identity/sign-in-error.ts";
import { SignIns } from "../identity/sign-ins.ts";
import { developmentSignIn } from "../session/development.ts";
import { TokenChoice } from "../session/token-choice.ts";
import { TokenError, TokenVerifier, type Identity } from "../session/token.ts";
import type { Frame } from "./frame.ts";

/** Everything that proves who somebody is. */
export interface IdentityParts {
  readonly codes: OneTimeCodes;
  /** Makes the tokens that the gateway gives itself. */
  readonly tokens: OwnTokens;
  readonly authorize: Authorize;
  readonly routes: readonly HttpRoutes[];
  /** The development sign-in is possible. */
  readonly developing: boolean;
  /** @throws TokenError */
  verify(token: string): Promise<Identity>;
  /** The development sign-in over a WebSocket. @throws TokenError */
  develop(user: string, from: { readonly local: boolean }): Promise<Identity>;
  /** What a sign-in page offers now. */
  offers(): Welcome["signIn"];
}

const secretFile = "sign-in.secret";
const signInLimits = { perUser: 20, max: 20_000 };

export function buildIdentity(frame: Frame): IdentityParts {
  const { config, accounts, clock, log, metrics, prepared } = frame;
  const { tokenLife, signInLife, oidc: settings } = config.auth;
  const secret = ownSecret(frame);
  const hosts = (domain: string): boolean => accounts.hosts(domain);
  const now = (): number => clock.now();
  const others = new TokenVerifier(tokenSettings(frame), hosts, now);
  // Only servers with a key may ask for tokens that live longer than a page's do.
  const maxLife = config.apiKeys.length > 0 ? Math.max(tokenLife, config.auth.maxLife) : tokenLife;
  const ours = { secret, issuer: ownIssuer, audience: sessionAudience, maxLife };
  const tokens = new TokenChoice(ownIssuer, new TokenVerifier(ours, hosts, now), others);
  const verify = async (token: string): Promise<Identity> => withAccount(accounts, await tokens.verify(token));

  const password = prepared.accounts.some((account) => account.password !== undefined);
  const developing = config.http.domain === undefined && !others.enabled && !password && settings.length === 0;
  const develop: IdentityParts["develop"] = async (user, from) =>
    withAccount(accounts, await developmentSignIn(accounts, developing, user, from));

  const own = new OwnTokens(secret, tokenLife, clock);
  const codes = new OneTimeCodes(clock);
  const lockout = new Lockout(clock);
  const desk = new SignInDesk({
    accounts,
    domain: (config.domains[0] ?? "").toLowerCase(),
    passwords: new PasswordCheck(),
    codes,
    lockout,
    signIns: new SignIns(clock, { ...signInLimits, life: signInLife }),
    tokens: own,
  });
  const providers = settings.map((one) => new OidcProvider({ ...one, domain: one.domain.toLowerCase() }));
  const tickets = new OidcTickets(secret, clock);
  const oidc = new OidcDesk({ providers, tickets, accounts, lockout, desk });

  const { publicUrl } = config.http;
  const cookie = new SignInCookie(signInLife, publicUrl);
  const judged = (outcome: string): void => metrics.signIns.add({ outcome });
  const byName = (user: string, local: boolean): Promise<SignedIn> => developed(develop, desk, user, local);
  return {
    codes,
    tokens: own,
    authorize: authorizer({ desk, cookie, verify }),
    routes: [
      signInRoutes({ desk, cookie, log, judged, develop: byName }),
      oidcRoutes({ desk: oidc, cookie, log, judged, publicUrl }),
    ],
    developing,
    verify,
    develop,
    offers: () => ({ password, oidc: oidc.offers, code: codes.inUse }),
  };
}

/** What only the account says. Who signs in with a token may have none. */
async function withAccount(accounts: Accounts, identity: Identity): Promise<Identity> {
  const account = await accounts.find(identity.user);
  return account?.autoAnswer ? { ...identity, autoAnswer: true } : identity;
}

/** Kept for who comes after a gateway that was killed: the tokens of open pages still hold then. */
function ownSecret({ dir, later }: Frame): string {
  later(() => dir.remove(secretFile));
  return dir.secret(secretFile);
}

/** The development sign-in with a cookie, so that pages beside the phone know the user too. */
async function developed(
  develop: IdentityParts["develop"],
  desk: SignInDesk,
  user: string,
  local: boolean,
): Promise<SignedIn> {
  try {
    return await desk.admit((await develop(user, { local })).user);
  } catch (fault) {
    if (fault instanceof TokenError) throw new SignInError("wrong-password", { cause: fault });
    throw fault;
  }
}

function tokenSettings({ config }: Frame): ConstructorParameters<typeof TokenVerifier>[0] {
  const { secret, jwks, audience, issuer, maxLife } = config.auth;
  return {
    maxLife,
    ...(secret !== undefined && { secret }),
    ...(jwks !== undefined && { jwks }),
    ...(audience !== undefined && { audience }),
    ...(issuer !== undefined && { issuer }),
  };
}
