import { readFileSync } from "node:fs";
import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { CertificateError, judgeKeyPair, type KeyPair } from "../certificates/key-pair.ts";
import { localNames } from "../certificates/local-names.ts";
import { ConfigError, type Config } from "../config.ts";
import type { StateDir } from "./state-dir.ts";

/** How often files and addresses are looked at, and how often an expiry is logged: milliseconds. */
const lookMs = 2_000;
const warnMs = 86_400_000;

/** Where the keys of TLS come from; what they are now, and what to say of them. */
export interface KeySource {
  /** Reads or makes them. @throws CertificateError, ConfigError */
  read(): Promise<KeyPair>;
  /** A warning. @throws CertificateError */
  judge(keys: KeyPair): string | undefined;
}

/** The files of the configuration. */
export function keyFiles({ http }: Pick<Config, "http">, clock: Clock): KeySource {
  return {
    read: async () => ({ cert: pem("http.cert", http.cert), key: pem("http.key", http.key) }),
    judge: (keys) => judgeKeyPair(keys, http.domain, clock.now()),
  };
}

/** Keys made here, for the addresses that the machine has now. */
export function ownKeys(dir: StateDir, clock: Clock): KeySource & { authority(): Promise<string> } {
  const made = async () => {
    // Loaded for this start only: it is the largest of our libraries.
    const { ownCertificate } = await import("../certificates/own-certificate.ts");
    return ownCertificate(dir, localNames(), clock.now());
  };
  return {
    read: made,
    authority: async () => (await made()).authority,
    judge: () => undefined,
  };
}

/** The keys at the start: they must be good. @throws ConfigError */
export async function firstKeys(source: KeySource): Promise<{ keys: KeyPair; warning: string | undefined }> {
  try {
    const keys = await source.read();
    return { keys, warning: source.judge(keys) };
  } catch (fault) {
    if (fault instanceof CertificateError) throw new ConfigError("bad-config", `http.cert: ${fault.message}`);
    throw fault;
  }
}

/** Watches `source`; calls `renewed` with keys that are new and good. Bad ones are logged once. Returns its end. */
export function followKeys(
  source: KeySource,
  first: KeyPair,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
  renewed: (keys: KeyPair) => void,
): () => void {
  let known = first;
  let lastFault = "";
  const look = async (): Promise<void> => {
    try {
      const keys = await source.read();
      if (keys.cert === known.cert && keys.key === known.key) return;
      const warning = source.judge(keys);
      [known, lastFault] = [keys, ""];
      renewed(keys);
      log.info("certificate renewed", warning === undefined ? {} : { warning });
    } catch (fault) {
      // While a program writes certificate and key one after the other, they do not fit: looked at again.
      if (messageOf(fault) !== lastFault) log.warn("new certificate not used", { fault: messageOf(fault) });
      lastFault = messageOf(fault);
    }
  };
  const warn = (): void => {
    const warning = warningOf(source, known);
    if (warning !== undefined) log.warn(warning);
  };
  const timers = [clock.every(lookMs, () => void look()), clock.every(warnMs, warn)];
  return () => timers.forEach((timer) => timer.cancel());
}

function warningOf(source: KeySource, keys: KeyPair): string | undefined {
  try {
    return source.judge(keys);
  } catch (fault) {
    return messageOf(fault);
  }
}

function pem(key: string, file = ""): string {
  try {
    return readFileSync(file, "utf8");
  } catch (fault) {
    throw new ConfigError("bad-config", `${key}: ${messageOf(fault)}`);
  }
}
