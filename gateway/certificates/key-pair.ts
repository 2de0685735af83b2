import { X509Certificate, createPrivateKey } from "node:crypto";
import { isIP } from "node:net";
import { CodedError } from "../base/errors.ts";

/** A certificate with its chain, and its private key: PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** `unreadable`: no PEM of that kind; `key`: of another key; `name`: for other names; `early`, `expired`: not now. */
export class CertificateError extends CodedError<"unreadable" | "key" | "name" | "early" | "expired"> {}

/** A certificate that has less than this left should have been renewed by now: milliseconds. */
const soon = 14 * 86_400_000;

/**
 * Checks that browsers will take the certificate, as far as that is known here: who signed it is not.
 * Returns a warning when it ends soon.
 * @throws CertificateError
 */
export function judgeKeyPair({ cert, key }: KeyPair, name: string | undefined, now: number): string | undefined {
  const certificate = read("certificate", () => new X509Certificate(cert));
  const privateKey = read("key", () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) throw new CertificateError("key", "the key is not the certificate's");
  if (name !== undefined && !covers(certificate, name)) {
    throw new CertificateError("name", `the certificate is not for ${name} but for ${namesOf(certificate)}`);
  }
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  if (now < from) throw new CertificateError("early", `the certificate is not valid before ${day(from)}`);
  if (now > to) throw new CertificateError("expired", `the certificate expired on ${day(to)}`);
  return to - now < soon ? `The certificate expires on ${day(to)}: renew it.` : undefined;
}

/** RFC 9525 6: subject alternative names only. */
export function covers(certificate: X509Certificate, name: string): boolean {
  const found = isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name, { subject: "never" });
  return found !== undefined;
}

function namesOf(certificate: X509Certificate): string {
  return certificate.subjectAltName?.replaceAll(/\b(DNS|IP Address):/g, "") ?? "no name";
}

function read<T>(what: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw new CertificateError("unreadable", `there is no ${what} in PEM form`, { cause });
  }
}

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
