import { X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { isIP } from "node:net";
import {
  createSecureContext,
  type ConnectionOptions,
  type SecureContext,
  type SecureContextOptions,
  type Server,
  type TlsOptions,
} from "node:tls";
import type { Clock, Timer } from "../../base/clock.ts";
import { Emitter } from "../../base/emitter.ts";
import { CodedError, messageOf } from "../../base/errors.ts";
import { identityFault } from "./tls-identity.ts";

/** The files of certificates and keys, and what they are used for. All are PEM. */
export interface TlsFiles {
  /** Chains with their keys; a client that names a host is shown the first that stands for it, else the first of all. */
  readonly identities: readonly { readonly cert: string; readonly key: string }[];
  /** Whose word counts about peers; without it the certificate authorities that Node.js knows. */
  readonly ca?: string;
  /** What is asked of peers who connect to us. */
  readonly clientCertificates: "none" | "ask" | "require";
  /** Check the certificates of those whom we connect to. */
  readonly verifyServers: boolean;
}

/** A file is missing or is not what it should be; the message names it. */
export class CredentialsError extends CodedError<"credentials"> {}

export interface CredentialsEvents {
  /** Files have changed; new connections use them. */
  reloaded: [];
  /** Files have changed and cannot be used: those from before stay. */
  refused: [why: string];
}

interface Identity {
  readonly certificate: X509Certificate;
  readonly options: SecureContextOptions;
  readonly context: SecureContext;
}

const looksEveryMs = 1_000;

/** The certificates of all TLS and WSS addresses. Files may change at any time: connections that stand are untouched. */
export class TlsCredentials {
  readonly events = new Emitter<CredentialsEvents>();
  readonly #files: TlsFiles;
  readonly #servers = new Set<Server>();
  #identities: readonly [Identity, ...Identity[]];
  #state: string;
  #timer: Timer | undefined;

  /** @throws CredentialsError */
  constructor(files: TlsFiles) {
    this.#files = files;
    this.#state = stateOf(files);
    this.#identities = loadAll(files);
  }

  /** Looks at the files now and then; a poll works on every file system, and where `rename` replaces a file. */
  watch(clock: Clock, everyMs = looksEveryMs): void {
    this.#timer = clock.every(everyMs, () => this.#look());
  }

  close(): void {
    this.#timer?.cancel();
  }

  /** What a TLS server is made with; `serve` then keeps it up to date. */
  serverOptions(handshakeMs: number): TlsOptions {
    const { clientCertificates } = this.#files;
    return {
      ...this.#identities[0].options,
      requestCert: clientCertificates !== "none",
      rejectUnauthorized: clientCertificates === "require",
      handshakeTimeout: handshakeMs,
      SNICallback: (name, done) => done(null, this.#identityFor(name).context),
    };
  }

  serve<S extends Server>(server: S): S {
    this.#servers.add(server);
    server.once("close", () => this.#servers.delete(server));
    return server;
  }

  /** What a connection to `name`, a domain or an address, is made with. */
  clientOptions(name: string): ConnectionOptions {
    return {
      secureContext: this.#identities[0].context,
      minVersion,
      rejectUnauthorized: this.#files.verifyServers,
      // RFC 6066 3: an address is not a server name.
      servername: isIP(name) === 0 ? name : "",
      checkServerIdentity: (_, certificate) => identityFault(name, certificate),
    };
  }

  #identityFor(name: string): Identity {
    const fitting = this.#identities.find(({ certificate }) => certificate.checkHost(name) !== undefined);
    return fitting ?? this.#identities[0];
  }

  #look(): void {
    const state = stateOf(this.#files);
    if (state === this.#state) return;
    this.#state = state;
    try {
      this.#identities = loadAll(this.#files);
    } catch (fault) {
      return this.events.emit("refused", messageOf(fault));
    }
    for (const server of this.#servers) server.setSecureContext(this.#identities[0].options);
    this.events.emit("reloaded");
  }
}

const minVersion = "TLSv1.2";

function loadAll({ identities, ca }: TlsFiles): [Identity, ...Identity[]] {
  const authorities = ca === undefined ? undefined : read(ca);
  const [first, ...others] = identities.map((files) => load(files, authorities));
  if (!first) throw new CredentialsError("credentials", "there is no certificate");
  return [first, ...others];
}

function load(files: { cert: string; key: string }, ca: Buffer | undefined): Identity {
  const [cert, key] = [read(files.cert), read(files.key)];
  const options: SecureContextOptions = { cert, key, minVersion, ...(ca && { ca }) };
  try {
    return { certificate: new X509Certificate(cert), options, context: createSecureContext(options) };
  } catch (fault) {
    throw new CredentialsError("credentials", `${files.cert} with ${files.key}: ${messageOf(fault)}`);
  }
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new CredentialsError("credentials", `${file} cannot be read`);
  }
}

/** Changes with every file. */
function stateOf({ identities, ca }: TlsFiles): string {
  const files = [...identities.flatMap(({ cert, key }) => [cert, key]), ...(ca === undefined ? [] : [ca])];
  return files
    .map((file) => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat ? `${stat.ino} ${stat.size} ${stat.mtimeMs}` : "none";
    })
    .join("|");
}
