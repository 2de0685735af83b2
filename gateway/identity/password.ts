import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from "node:crypto";
import { SignInError } from "./sign-in-error.ts";

interface Cost {
  /** Logarithm of N. */
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

interface Hash extends Cost {
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** RFC 7914 2: 32 MiB, three times, a quarter of a second on the machines of today. */
const cost: Cost = { ln: 15, r: 8, p: 3 };
const saltBytes = 16;
const keyBytes = 32;
/** After this time the checks that waited are done: milliseconds. */
const busyMs = 5000;

/** A password as an account keeps it: `$scrypt$ln=15,r=8,p=3$salt$hash`, the form of the PHC string format. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const key = await derive(password, { ...cost, salt }, keyBytes);
  return `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${unpadded(salt)}$${unpadded(key)}`;
}

/** False for text that no check can use: another scheme, or a cost that would stop the gateway. */
export function isPasswordHash(text: string): boolean {
  return readHash(text) !== undefined;
}

export interface PasswordCheckOptions {
  /** Checks at once: each takes a thread and its memory. */
  readonly atOnce: number;
  /** Checks that may wait for their turn. */
  readonly waiting: number;
}

const defaults: PasswordCheckOptions = { atOnce: 2, waiting: 30 };

/**
 * Compares passwords with hashes, a few at a time, so that a flood of sign-ins costs the calls no processor. Who has
 * no hash is compared with one that nobody knows the password of, and so takes as long as everybody else.
 */
export class PasswordCheck {
  readonly #options: PasswordCheckOptions;
  readonly #queue: (() => void)[] = [];
  readonly #nobody: Hash = { ...cost, salt: randomBytes(saltBytes), key: randomBytes(keyBytes) };
  #running = 0;

  constructor(options: PasswordCheckOptions = defaults) {
    this.#options = options;
  }

  /** @throws SignInError `busy` when too many wait */
  async matches(password: string, hash: string | undefined): Promise<boolean> {
    const known = hash === undefined ? undefined : readHash(hash);
    const compared = known ?? this.#nobody;
    await this.#turn();
    try {
      const key = await derive(password, compared, compared.key.length);
      return timingSafeEqual(key, compared.key) && known !== undefined;
    } finally {
      const next = this.#queue.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  /** Resolves with a turn of ours: whoever ends hands it to the next. */
  async #turn(): Promise<void> {
    if (this.#running < this.#options.atOnce) return void (this.#running += 1);
    if (this.#queue.length >= this.#options.waiting) throw new SignInError("busy", { retryAfterMs: busyMs });
    await new Promise<void>((resolve) => this.#queue.push(resolve));
  }
}

const form = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

function readHash(text: string): Hash | undefined {
  const [, ln, r, p, salt = "", key = ""] = form.exec(text) ?? [];
  const read = { ln: Number(ln), r: Number(r), p: Number(p) };
  if (!(read.ln >= 10 && read.ln <= 18 && read.r >= 1 && read.r <= 16 && read.p >= 1 && read.p <= 8)) return undefined;
  return { ...read, salt: Buffer.from(salt, "base64"), key: Buffer.from(key, "base64") };
}

/** RFC 8265 4.2.2: however a keyboard composes its letters, the password is the same. */
function derive(password: string, { ln, r, p, salt }: Cost & { salt: Buffer }, length: number): Promise<Buffer> {
  const N = 2 ** ln;
  const options: ScryptOptions = { N, r, p, maxmem: 256 * r * (N + p) };
  return new Promise((resolve, reject) =>
    scrypt(password.normalize("NFC"), salt, length, options, (fault, key) => (fault ? reject(fault) : resolve(key))),
  );
}

/** PHC strings carry base64 without its padding. */
function unpadded(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}
