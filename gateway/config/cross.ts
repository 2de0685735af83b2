import { CodedError } from "../base/errors.ts";
import type { Config } from "./schema.ts";

/** A setting that cannot be: the message names its key, or its variable, and what it must be. */
export class ConfigError extends CodedError<"bad-config"> {}

/** What spans several keys. @throws ConfigError */
export function cross(config: Config): void {
  for (const check of [
    crossAuth,
    crossHttp,
    crossFiles,
    crossPush,
    crossTelephony,
    crossDomains,
    crossRedis,
    crossNames,
  ])
    check(config);
}

const fail = (message: string): never => {
  throw new ConfigError("bad-config", message);
};

function crossAuth({ auth }: Config): void {
  if (auth.secret !== undefined && auth.secret.length < 32) fail("auth.secret: must have 32 characters or more");
  if (auth.secret !== undefined && auth.jwks !== undefined) fail("auth.jwks: not together with auth.secret");
  for (const { id, issuer } of auth.oidc)
    if (!isProtected(issuer)) fail(`auth.oidc: the issuer of ${id} must be https`);
}

function crossHttp({ http: { cert, key, domain, lan, publicUrl } }: Config): void {
  if ((cert === undefined) !== (key === undefined)) fail("http.cert: goes together with http.key");
  if (domain !== undefined && cert === undefined) fail("http.domain: needs http.cert and http.key");
  if (lan && cert !== undefined) fail("http.lan: makes its own certificate, so http.cert has no place");
  if (publicUrl !== undefined && !URL.canParse(publicUrl))
    fail("http.publicUrl: must be a URL such as https://phone.example.org");
}

function crossFiles({ files: { checkUrl, checkSecret = "" } }: Config): void {
  if (checkUrl === undefined) return;
  if (!/^https?:/.test(checkUrl)) fail("files.checkUrl: must be an http or https URL");
  if (checkSecret.length < 32) fail("files.checkSecret: must have 32 characters or more");
}

/** RFC 8292 2.1. */
function crossPush({ push: { contact } }: Config): void {
  if (contact !== undefined && !/^(mailto:[^@\s]+@\S+|https:\/\/\S+)$/.test(contact))
    fail("push.contact: must be a mailto: or https: address");
}

function crossTelephony({ media, sip, trunks }: Config): void {
  if (media.portMin >= media.portMax) fail("media.portMax: must be greater than media.portMin");
  if (sip.minExpires > sip.maxExpires) fail("sip.maxExpires: must not be less than sip.minExpires");
  if ((sip.tlsCert === undefined) !== (sip.tlsKey === undefined)) fail("sip.tlsCert: goes together with sip.tlsKey");
  for (const { name, transport } of trunks)
    if (transport === "tls" && sip.tlsCert === undefined) fail(`trunks: tls of ${name} wants sip.tlsCert`);
}

/** Whatever names a domain names one of ours. */
function crossDomains({ domains, accounts, auth, appKeys, apiKeys, webhooks }: Config): void {
  if (domains.length === 0) fail("domains: must name at least one");
  const ours = (domain: string): boolean => domains.some((one) => one.toLowerCase() === domain.toLowerCase());
  for (const { user, sip, sipPassword } of accounts) {
    if (!ours(user.slice(user.lastIndexOf("@") + 1))) fail(`accounts: ${user} is in no domain of ours`);
    if (sip && sipPassword !== undefined) fail(`accounts: ${user} has both sip and sipPassword`);
  }
  const named = (key: string, entries: readonly { readonly id: string; readonly domain: string }[]): void => {
    for (const { id, domain } of entries) if (!ours(domain)) fail(`${key}: ${domain} of ${id} is no domain of ours`);
  };
  named("auth.oidc", auth.oidc);
  named(
    "appKeys",
    appKeys.map(({ key, domain }) => ({ id: key, domain })),
  );
  named("webhooks.to", webhooks.to);
  named("apiKeys", apiKeys);
}

function crossRedis({ redis }: Config): void {
  const { url, sentinels, cluster, user, password, sentinelPassword, tls } = redis;
  if ([url !== undefined, sentinels.length > 0, cluster.length > 0].filter(Boolean).length > 1)
    fail("redis: one of url, sentinels and cluster");
  if (url !== undefined && !(/^rediss?:\/\/\S+$/.test(url) && URL.canParse(url)))
    fail("redis.url: must be an address such as redis://127.0.0.1:6379");
  if (url !== undefined && (user ?? password ?? (tls || undefined)) !== undefined)
    fail("redis.url: has user, password and TLS (rediss://) in it");
  if (sentinelPassword !== undefined && sentinels.length === 0) fail("redis.sentinelPassword: needs redis.sentinels");
  for (const address of [...sentinels, ...cluster])
    if (!URL.canParse(`redis://${address}`)) fail(`redis: ${address} is not host:port`);
}

/** No two entries of a list have one name. */
function crossNames({ accounts, auth, appKeys, apiKeys, webhooks }: Config): void {
  const lists: Readonly<Record<string, readonly (readonly string[])[]>> = {
    accounts: [accounts.map(({ user }) => user)],
    "auth.oidc": [auth.oidc.map(({ id }) => id)],
    appKeys: [appKeys.map(({ key }) => key)],
    "webhooks.to": [webhooks.to.map(({ id }) => id)],
    apiKeys: [apiKeys.map(({ id }) => id.toLowerCase()), apiKeys.map(({ hash }) => hash.toLowerCase())],
  };
  for (const [key, namings] of Object.entries(lists))
    for (const names of namings) {
      const twice = names.find((name, index) => names.indexOf(name) !== index);
      if (twice !== undefined) fail(`${key}: ${twice} is there twice`);
    }
}

/** What goes there cannot be read on the way: TLS, or it stays on this machine. */
function isProtected(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
}
