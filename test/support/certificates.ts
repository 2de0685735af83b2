import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const dayMs = 86_400_000;

/** One name of a certificate: `dns:a.example`, `ip:127.0.0.1` or `url:sip:a.example`. */
export type SubjectName = `${"dns" | "ip" | "url"}:${string}`;

/** PEM text, and the files that hold it; `both` has chain and key. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  readonly files: { readonly cert: string; readonly key: string; readonly both: string };
}

/** A certificate authority of the test's own, with a folder for what it makes. */
export class TestAuthority {
  readonly folder: string;
  readonly cert: string;
  /** The authority's certificate. */
  readonly file: string;
  readonly #keys: webcrypto.CryptoKeyPair;
  #count = 0;

  private constructor(folder: string, cert: string, keys: webcrypto.CryptoKeyPair) {
    this.folder = folder;
    this.cert = cert;
    this.#keys = keys;
    this.file = join(folder, "ca.pem");
    writeFileSync(this.file, cert);
  }

  static async create(): Promise<TestAuthority> {
    x509.cryptoProvider.set(webcrypto as never);
    const keys = await newKeys();
    const made = await x509.X509CertificateGenerator.createSelfSigned({
      name: "CN=Test authority",
      ...validity(),
      keys: keys as never,
      signingAlgorithm: algorithm,
      extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
    });
    return new TestAuthority(mkdtempSync(join(tmpdir(), "offhook-ca-")), made.toString("pem"), keys);
  }

  /** A certificate that stands for `names`. */
  async issue(...names: SubjectName[]): Promise<TestCertificate> {
    const keys = await newKeys();
    const made = await x509.X509CertificateGenerator.create({
      subject: `CN=${names[0]?.split(":").at(-1) ?? "test"}`,
      issuer: "CN=Test authority",
      ...validity(),
      publicKey: keys.publicKey as never,
      signingKey: this.#keys.privateKey as never,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.SubjectAlternativeNameExtension(
          names.map((name) => {
            const colon = name.indexOf(":");
            return { type: name.slice(0, colon) as "dns" | "ip" | "url", value: name.slice(colon + 1) };
          }),
        ),
      ],
    });
    const base = join(this.folder, String(++this.#count));
    const files = { cert: `${base}.crt`, key: `${base}.key`, both: `${base}.pem` };
    const certificate = { cert: made.toString("pem"), key: await pemOf(keys.privateKey), files };
    write(files, certificate);
    return certificate;
  }

  /** Puts another certificate into the files of `old`. */
  replace(old: TestCertificate, by: TestCertificate): void {
    write(old.files, by);
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function write(files: TestCertificate["files"], { cert, key }: { cert: string; key: string }): void {
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key);
  writeFileSync(files.both, `${cert}\n${key}\n`);
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - dayMs), notAfter: new Date(now + 30 * dayMs) };
}
