import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import {
  parseAuthValue,
  printChallenge,
  printCredentials,
  splitAuthValues,
  type AuthValue,
} from "../sip-syntax/credentials.ts";
import type { PasswordHashes } from "../directory/accounts.ts";
import type { Clock } from "../base/clock.ts";

/** RFC 8760: SHA-256 is asked for first, MD5 stays for phones that know nothing else. Pass in order of preference. */
export type DigestAlgorithm = "SHA-256" | "MD5";
export const digestAlgorithms: readonly DigestAlgorithm[] = ["SHA-256", "MD5"];

/** H(user:realm:password) of each algorithm (RFC 7616 3.4.2), as the directory keeps it. */
export type Ha1 = PasswordHashes;

export function hash(algorithm: DigestAlgorithm, text: string): string {
  return createHash(algorithm === "MD5" ? "md5" : "sha256")
    .update(text, "utf8")
    .digest("hex");
}

export function ha1Of(user: string, realm: string, password: string): Ha1 {
  const text = `${user}:${realm}:${password}`;
  return { MD5: hash("MD5", text), "SHA-256": hash("SHA-256", text) };
}

interface ResponseInput {
  readonly algorithm: DigestAlgorithm;
  readonly ha1: string;
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  readonly qop?: string | undefined;
  readonly nc?: string | undefined;
  readonly cnonce?: string | undefined;
}

/** RFC 7616 3.4.1, with and without qop (RFC 2069 form). */
export function digestResponse({ algorithm, ha1, method, uri, nonce, qop, nc, cnonce }: ResponseInput): string {
  const ha2 = hash(algorithm, `${method}:${uri}`);
  const middle = qop ? `${nonce}:${nc}:${cnonce}:${qop}` : nonce;
  return hash(algorithm, `${ha1}:${middle}:${ha2}`);
}

/** User name and password that we use towards a trunk. */
export interface OwnCredentials {
  readonly username: string;
  readonly password: string;
}

/**
 * The credentials that answer the best challenge of a 401 or 407, undefined when none can be answered.
 * `header`: WWW-Authenticate or Proxy-Authenticate, several values joined or a line each.
 */
export function answerChallenge(header: string, own: OwnCredentials, method: string, uri: string): string | undefined {
  const challenges = header.split(/\r\n/).flatMap(splitAuthValues).flatMap(readDigest);
  const best = digestAlgorithms.flatMap((wanted) => challenges.filter(({ algorithm }) => algorithm === wanted))[0];
  if (!best) return undefined;
  const { value, algorithm } = best;
  const realm = value.params.get("realm") ?? "";
  const nonce = value.params.get("nonce") ?? "";
  const offered =
    value.params
      .get("qop")
      ?.split(",")
      .map((text) => text.trim()) ?? [];
  if (offered.length > 0 && !offered.includes("auth")) return undefined;
  const qop = offered.length > 0 ? { qop: "auth", nc: "00000001", cnonce: randomBytes(12).toString("hex") } : {};
  const ha1 = hash(algorithm, `${own.username}:${realm}:${own.password}`);
  const params = new Map<string, string>([
    ["username", own.username],
    ["realm", realm],
    ["nonce", nonce],
    ["uri", uri],
    ["response", digestResponse({ algorithm, ha1, method, uri, nonce, ...qop })],
    ["algorithm", algorithm],
    ...Object.entries(qop),
  ]);
  const opaque = value.params.get("opaque");
  if (opaque !== undefined) params.set("opaque", opaque);
  return printCredentials({ scheme: "Digest", params });
}

function readDigest(text: string): { value: AuthValue; algorithm: DigestAlgorithm }[] {
  try {
    const value = parseAuthValue(text.trim());
    const named = (value.params.get("algorithm") ?? "MD5").toUpperCase();
    const algorithm = digestAlgorithms.find((known) => known === named);
    return value.scheme.toLowerCase() === "digest" && algorithm ? [{ value, algorithm }] : [];
  } catch {
    return [];
  }
}

/** What became of the credentials of a request. `stale`: right once, ask again without blame (RFC 7616 3.3). */
export type DigestVerdict = "accepted" | "stale" | "wrong" | "missing";

export interface DigestCheckOptions {
  /** How long a nonce is good, in milliseconds. */
  readonly nonceLife: number;
  /** Nonces whose counts are remembered; the oldest are forgotten, their use is then stale. */
  readonly maxNonces: number;
}

export const digestDefaults: DigestCheckOptions = { nonceLife: 300_000, maxNonces: 20_000 };

/**
 * The server's side of digest (RFC 7616, RFC 8760). A nonce carries its time and our seal, so that a forged one
 * costs nothing; each count of a nonce is accepted once (RFC 7616 5.5).
 */
export class DigestCheck {
  readonly #clock: Clock;
  readonly #options: DigestCheckOptions;
  readonly #key = randomBytes(32);
  readonly #counts = new Map<string, number>();
  #made = 0;
  /** The youngest nonce whose count was forgotten to save room: it and older ones may have been used. */
  #forgotten = 0;

  constructor(clock: Clock, options: DigestCheckOptions = digestDefaults) {
    this.#clock = clock;
    this.#options = options;
  }

  /** Challenges for one realm, one an algorithm, to be printed a line each. */
  challenges(realm: string, stale: boolean, algorithms = digestAlgorithms): readonly string[] {
    return algorithms.map((algorithm) =>
      printChallenge({
        scheme: "Digest",
        params: new Map([
          ["realm", realm],
          ["nonce", this.#nonce()],
          ["qop", "auth"],
          ["algorithm", algorithm],
          ...(stale ? [["stale", "true"] as const] : []),
        ]),
      }),
    );
  }

  /** The credentials for `realm` among the header's values. */
  read(header: string | undefined, realm: string): AuthValue | undefined {
    return (header ?? "")
      .split(/\r\n/)
      .flatMap(splitAuthValues)
      .flatMap(readDigest)
      .find(({ value }) => value.params.get("realm") === realm)?.value;
  }

  /** Checks credentials against what is kept of the user. An unknown user is checked against a hash nobody has. */
  verify(value: AuthValue | undefined, method: string, ha1: Ha1 | undefined): DigestVerdict {
    if (!value) return "missing";
    const get = (name: string): string => value.params.get(name) ?? "";
    const named = (value.params.get("algorithm") ?? "MD5").toUpperCase();
    const algorithm = digestAlgorithms.find((known) => known === named);
    if (!algorithm) return "missing";
    const nonce = get("nonce");
    const age = this.#age(nonce);
    if (age === undefined) return "stale";
    const expected = digestResponse({
      algorithm,
      ha1: ha1?.[algorithm] ?? hash(algorithm, this.#key.toString("hex")),
      method,
      uri: get("uri"),
      nonce,
      qop: value.params.get("qop"),
      nc: get("nc"),
      cnonce: get("cnonce"),
    });
    if (!ha1 || !same(expected, get("response"))) return "wrong";
    if (age > this.#options.nonceLife) return "stale";
    return this.#count(nonce, value) ? "accepted" : "stale";
  }

  /** Nonces whose counts are remembered. */
  get remembered(): number {
    return this.#counts.size;
  }

  #count(nonce: string, value: AuthValue): boolean {
    const qop = value.params.get("qop");
    if (qop !== undefined && qop !== "auth") return false;
    const nc = qop === undefined ? 1 : Number.parseInt(value.params.get("nc") ?? "", 16);
    const used = this.#counts.get(nonce) ?? (serialOf(nonce) > this.#forgotten ? 0 : Infinity);
    if (!(nc > used)) return false;
    this.#counts.delete(nonce);
    this.#counts.set(nonce, nc);
    this.#forgetOld();
    return true;
  }

  #forgetOld(): void {
    for (const nonce of this.#counts.keys()) {
      const age = this.#age(nonce) ?? Infinity;
      const young = age <= this.#options.nonceLife;
      if (young && this.#counts.size <= this.#options.maxNonces) return;
      if (young) this.#forgotten = Math.max(this.#forgotten, serialOf(nonce));
      this.#counts.delete(nonce);
    }
  }

  #nonce(): string {
    this.#made += 1;
    const body = `${this.#clock.now().toString(36)}.${this.#made.toString(36)}.${randomBytes(9).toString("base64url")}`;
    return `${body}.${this.#seal(body)}`;
  }

  /** Milliseconds since we made the nonce; undefined when we did not. */
  #age(nonce: string): number | undefined {
    const at = nonce.lastIndexOf(".");
    const body = nonce.slice(0, Math.max(at, 0));
    if (at < 0 || !same(this.#seal(body), nonce.slice(at + 1))) return undefined;
    return this.#clock.now() - Number.parseInt(body.split(".")[0] ?? "", 36);
  }

  #seal(body: string): string {
    return createHmac("sha256", this.#key).update(body).digest("base64url").slice(0, 22);
  }
}

/** Which of our nonces it is, by age. Asked of nonces only whose seal is right. */
function serialOf(nonce: string): number {
  return Number.parseInt(nonce.split(".")[1] ?? "", 36);
}

function same(a: string, b: string): boolean {
  const x = Buffer.from(a);
  const y = Buffer.from(b.toLowerCase() === a.toLowerCase() ? a : b);
  return x.length === y.length && timingSafeEqual(x, y);
}
