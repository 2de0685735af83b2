import "reflect-metadata";
import { X509Certificate as NodeCertificate, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { covers, judgeKeyPair, type KeyPair } from "./key-pair.ts";
import type { LocalNames } from "./local-names.ts";

/** Where keys are kept between starts; nobody else may read it. */
export interface KeyStore {
  read(name: string): string | undefined;
  write(name: string, text: string): void;
}

/** A certificate for the local network, and that of the authority made to sign it, which a device may be told to trust. */
export interface OwnCertificate extends KeyPair {
  readonly authority: string;
}

const files = { caCert: "lan-ca.crt", caKey: "lan-ca.key", cert: "lan.crt", key: "lan.key" } as const;
const dayMs = 86_400_000;
/** A device that trusts the authority should not have to do so again soon; Apple refuses leaves of more than 398 days. */
const life = { authority: 3650 * dayMs, leaf: 300 * dayMs } as const;
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** The certificate that is kept in `store` while it holds for all `names`, else a new one. */
export async function ownCertificate(store: KeyStore, names: LocalNames, now: number): Promise<OwnCertificate> {
  const authority = keptPair(store, files.caCert, files.caKey, now) ?? (await newAuthority(store, names, now));
  const leaf = keptPair(store, files.cert, files.key, now);
  const usable = leaf && isFor(leaf, names) && isSignedBy(leaf, authority);
  return { ...(usable ? leaf : await newLeaf(store, authority, names, now)), authority: authority.cert };
}

/** SHA-256 of the certificate, as browsers and phones show it. */
export function fingerprintOf(cert: string): string {
  return new NodeCertificate(cert).fingerprint256;
}

/** Undefined when there is none, or none that is good for another two weeks. */
function keptPair(store: KeyStore, certFile: string, keyFile: string, now: number): KeyPair | undefined {
  const [cert, key] = [store.read(certFile), store.read(keyFile)];
  if (cert === undefined || key === undefined) return undefined;
  try {
    return judgeKeyPair({ cert, key }, undefined, now) === undefined ? { cert, key } : undefined;
  } catch {
    return undefined;
  }
}

function isFor({ cert }: KeyPair, { addresses, hosts }: LocalNames): boolean {
  const certificate = new NodeCertificate(cert);
  return [...addresses, ...hosts].every((name) => covers(certificate, name));
}

function isSignedBy({ cert }: KeyPair, authority: KeyPair): boolean {
  return new NodeCertificate(cert).verify(new NodeCertificate(authority.cert).publicKey);
}

async function newAuthority(store: KeyStore, { hosts }: LocalNames, now: number): Promise<KeyPair> {
  const keys = await newKeys();
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [`Offhook on ${hosts.at(1) ?? "this machine"}, made ${new Date(now).toISOString().slice(0, 10)}`] }],
    ...validity(now, life.authority),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return keep(store, files.caCert, files.caKey, made, keys);
}

async function newLeaf(store: KeyStore, authority: KeyPair, names: LocalNames, now: number): Promise<KeyPair> {
  const keys = await newKeys();
  const issuer = new x509.X509Certificate(authority.cert);
  const made = await x509.X509CertificateGenerator.create({
    subject: [{ CN: ["Offhook on the local network"] }],
    issuer: issuer.subjectName,
    ...validity(now, life.leaf),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: await signingKeyOf(authority),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      new x509.SubjectAlternativeNameExtension([
        ...names.addresses.map((value) => ({ type: "ip", value }) as const),
        ...names.hosts.map((value) => ({ type: "dns", value }) as const),
      ]),
    ],
  });
  return keep(store, files.cert, files.key, made, keys);
}

/** A clock that is a little slow must not find the certificate of the future. */
const validity = (now: number, ms: number): { notBefore: Date; notAfter: Date } => ({
  notBefore: new Date(now - dayMs),
  notAfter: new Date(now + ms),
});

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

function signingKeyOf({ key }: KeyPair): Promise<webcrypto.CryptoKey> {
  const bytes = x509.PemConverter.decodeFirst(key);
  return webcrypto.subtle.importKey("pkcs8", bytes, algorithm, false, ["sign"]);
}

async function keep(
  store: KeyStore,
  certFile: string,
  keyFile: string,
  made: x509.X509Certificate,
  { privateKey }: webcrypto.CryptoKeyPair,
): Promise<KeyPair> {
  const bytes = await webcrypto.subtle.exportKey("pkcs8", privateKey);
  const pair = { cert: `${made.toString("pem")}\n`, key: `${x509.PemConverter.encode(bytes, "PRIVATE KEY")}\n` };
  store.write(keyFile, pair.key);
  store.write(certFile, pair.cert);
  return pair;
}
