import { readFileSync } from "node:fs";
import { Type, type Static, type TObject, type TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { parse } from "yaml";
import { CodedError, messageOf } from "./base/errors.ts";
import { isRecord } from "./base/json.ts";
import { webhookEvents } from "./protocol/rest/webhooks.ts";
import { apiRights } from "./protocol/rest/values.ts";

/** A setting that cannot be: the message names its key, or its variable, and what it must be. */
export class ConfigError extends CodedError<"bad-config"> {}

const port = (fallback: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: 65_535, default: fallback, description: `${description} (0: any free port)` });
const ms = (fallback: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 86_400_000, default: fallback, description: `${description}, in milliseconds` });
const count = (fallback: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 1_000_000, default: fallback, description });
const text = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 4096, description }));
const list = (fallback: string[], description: string) =>
  Type.Array(Type.String({ minLength: 1 }), { default: fallback, description });
const section = <T extends Record<string, TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false, default: {} });

const Account = Type.Object(
  {
    user: Type.String({ pattern: "^[^@\\s]+@[^@\\s]+$", description: "name@domain" }),
    name: text("display name"),
    password: Type.Optional(
      Type.String({
        pattern: "^\\$scrypt\\$",
        description: "scrypt hash of its password on the page, as `npm run account` prints it",
      }),
    ),
    sip: Type.Optional(
      Type.Object(
        {
          md5: Type.String({ pattern: "^[0-9a-fA-F]{32}$" }),
          sha256: Type.String({ pattern: "^[0-9a-fA-F]{64}$" }),
        },
        {
          additionalProperties: false,
          description:
            "HA1 hashes, `{md5, sha256}`, of the password of its softphones, as `npm run account` prints them",
        },
      ),
    ),
    sipPassword: text("the same password in plain text, for trying things out; without either no softphone registers"),
    role: Type.Optional(
      Type.Union([Type.Literal("user"), Type.Literal("support"), Type.Literal("operator")], {
        description:
          "user (default), support (reads the stories of all calls) or operator (sees whole numbers, and changes things)",
      }),
    ),
    numbers: Type.Optional(
      Type.Array(Type.String({ pattern: "^\\+?[0-9]{2,32}$" }), {
        description: "its telephone numbers, the one that it is shown as first",
      }),
    ),
    media: Type.Optional(
      Type.Union([Type.Literal("rtp"), Type.Literal("srtp")], { description: "what its softphones speak" }),
    ),
  },
  { additionalProperties: false },
);

const Trunk = Type.Object(
  {
    name: Type.String({ minLength: 1, description: "what the log calls it" }),
    address: Type.String({ minLength: 1, description: "host or host:port of the far SIP server" }),
    transport: Type.Optional(
      Type.Union([Type.Literal("udp"), Type.Literal("tcp"), Type.Literal("tls")], {
        description: "udp, tcp or tls, default udp; tls wants sip.tlsCert",
      }),
    ),
    profile: Type.Optional(
      Type.String({ pattern: "^[\\w-]+$", description: "a file name in sip-profiles/, default trunk" }),
    ),
    username: text("digest user name"),
    password: text("digest password"),
    domains: Type.Optional(
      Type.Array(Type.String(), { description: "domains whose users may call through it; default all" }),
    ),
    number: text("the number that callers are shown as"),
    inbound: Type.Optional(Type.Record(Type.String(), Type.String(), { description: "called number (or *) to user" })),
  },
  { additionalProperties: false },
);

const OidcProvider = Type.Object(
  {
    id: Type.String({
      pattern: "^[\\w-]{1,32}$",
      description: "its name in addresses: `/auth/oidc/ID/callback` comes back",
    }),
    name: Type.String({ minLength: 1, description: "what its button says" }),
    issuer: Type.String({ pattern: "^https?://", description: "its issuer URL; https, or http on this machine" }),
    clientId: Type.String({ minLength: 1, description: "our name there" }),
    clientSecret: text("our secret there, when it wants one"),
    domain: Type.String({ minLength: 1, description: "the domain of ours that its users belong to" }),
    claim: text(
      "claim that names the user; users must not be able to choose it. Default preferred_username, else email",
    ),
    claimDomain: text("domain that the claim may carry after an @, when it is not `domain`"),
    scopes: list(["openid", "profile", "email"], "what it is asked for"),
    create: Type.Boolean({ default: false, description: "whether who has no account is given one" }),
  },
  { additionalProperties: false },
);

const AppKey = Type.Object(
  {
    key: Type.String({ pattern: "^[\\w-]{8,64}$", description: "the public key that the page names" }),
    label: Type.String({
      minLength: 1,
      maxLength: 64,
      description: "what the called one sees of the guest, and metrics call it",
    }),
    domain: Type.String({ minLength: 1, description: "the domain of ours that its guests call in" }),
    origins: Type.Array(Type.String({ pattern: "^https?://[^/]+$" }), {
      minItems: 1,
      description: "the pages' origins, such as https://shop.example; nobody else may use the key",
    }),
    targets: Type.Array(Type.String({ pattern: "^(user|tel|sip):[^*\\s]+$" }), {
      minItems: 1,
      description: "all that its guests may call, such as user:sales@example.org or tel:+33186260014",
    }),
    callMe: Type.Array(Type.String({ pattern: "^tel:[^\\s]+$" }), {
      default: [],
      description: "telephone numbers that may be rung for its guests, such as tel:+33*; default none",
    }),
    callsPerMinute: count(10, "calls that all its guests together may start in a minute"),
    callsAtOnce: count(5, "calls of all its guests at once"),
    longestCall: ms(1_800_000, "after this time a guest's call is ended"),
  },
  { additionalProperties: false },
);

const ApiKey = Type.Object(
  {
    id: Type.String({ pattern: "^[\\w-]{1,64}$", description: "what logs and metrics call it" }),
    hash: Type.String({
      pattern: "^[0-9a-fA-F]{64}$",
      description: "SHA-256 of the key, as `npm run api-key` prints it; the key itself is kept nowhere",
    }),
    domain: Type.String({ minLength: 1, description: "the domain of ours that it is for; it sees no other" }),
    rights: Type.Array(Type.Union(apiRights.map((right) => Type.Literal(right))), {
      minItems: 1,
      description: `what it may ask for: ${apiRights.join(", ")}`,
    }),
    perMinute: count(600, "requests in a minute, a quarter of them at once; default 600"),
  },
  { additionalProperties: false },
);

const Webhook = Type.Object(
  {
    id: Type.String({ pattern: "^[\\w-]{1,64}$", description: "what logs and metrics call it" }),
    url: Type.String({
      pattern: "^https?://[^\\s@]+$",
      description: "where events are posted; nothing else is called, redirects are not followed",
    }),
    secret: Type.String({
      pattern: "^whsec_[A-Za-z0-9+/]{32,}=*$",
      description: "`whsec_` and 24 bytes or more in base64, by which the receiver knows us",
    }),
    domain: Type.String({ minLength: 1, description: "the domain of ours whose events it is told" }),
    events: Type.Array(Type.Union(webhookEvents.map((event) => Type.Literal(event))), {
      minItems: 1,
      default: [...webhookEvents],
      description: `what it is told; default all: ${webhookEvents.join(", ")}`,
    }),
  },
  { additionalProperties: false },
);

/** Every setting, with its unit and default. A YAML file gives the same tree. */
export const ConfigSchema = Type.Object(
  {
    stateDir: Type.String({ default: "./.run", description: "Directory of pid, port and secret files; one a gateway" }),
    domains: list(
      ["offhook.local"],
      "Domains that we serve; each is a tenant. The first serves phones that know only our address",
    ),
    accounts: Type.Array(Account, {
      default: [],
      description: "Who exists. Without any, four development accounts are made",
    }),
    appKeys: Type.Array(AppKey, {
      default: [],
      description: "Application keys: what visitors of other sites may call without an account",
    }),
    apiKeys: Type.Array(ApiKey, {
      default: [],
      description: "Keys by which servers of the application use REST (docs/rest.md); without any there is no REST",
    }),
    trunks: Type.Array(Trunk, {
      default: [],
      description: "Ways into the telephone network; the first that serves the caller's domain is used",
    }),
    http: section({
      host: Type.String({ default: "localhost", description: "Address of page, API and WebSocket" }),
      port: port(8080, "TCP port of page, API and WebSocket"),
      domain: text(
        "Name under which everybody opens the page: listens on all addresses, ports 443 and 80, unless set otherwise; wants cert and key, and no development sign-in is left",
      ),
      cert: text("PEM file of the certificate with its chain; it is read again when it changes"),
      key: text("PEM file of the certificate's private key"),
      lan: Type.Boolean({
        default: false,
        description: "Serves the local network by TLS, with a certificate made here, and prints one-time sign-in codes",
      }),
      redirectPort: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 65_535, description: "TCP port on which plain http is sent on to https" }),
      ),
      origins: list([], "Origins of other sites whose pages may connect"),
      publicUrl: text("Address under which browsers reach the page, when a proxy with TLS stands before it"),
      frameAncestors: Type.Array(Type.String({ pattern: "^https?://[^\\s/;,]+$" }), {
        default: [],
        description: "Origins of sites that may show the page in a frame",
      }),
      signInTimeout: ms(10_000, "How long a connection may stay without signing in"),
      connectionsPerAddress: count(200, "Connections of one address, by WebSocket or long polling"),
    }),
    sip: section({
      port: port(5060, "UDP and TCP port of SIP"),
      webSocketPort: port(0, "TCP port of SIP over WebSocket (RFC 7118)"),
      tlsCert: text(
        "PEM file of the certificate, with its chain, of SIP over TLS and WSS; with it both are served. It is read again when it changes",
      ),
      tlsKey: text("PEM file of the certificate's private key"),
      tlsPort: port(5061, "TCP port of SIP over TLS, where there is a certificate"),
      secureWebSocketPort: port(0, "TCP port of SIP over secure WebSocket, where there is a certificate"),
      tlsCa: text(
        "PEM file of who may have signed peers' certificates; without it, the authorities that Node.js knows",
      ),
      tlsClientCerts: Type.Union([Type.Literal("none"), Type.Literal("ask"), Type.Literal("require")], {
        default: "none",
        description: "Certificates of who connects by TLS: none, ask, require",
      }),
      addresses: list(["auto"], "Addresses of SIP; auto is loopback and the machine's primary address"),
      announce: text("IP address that SIP peers are told instead, where a NAT stands between"),
      t1: ms(500, "RFC 3261 T1, the round-trip estimate; other timers follow it"),
      t2: ms(4000, "RFC 3261 T2"),
      t4: ms(5000, "RFC 3261 T4"),
      minExpires: count(60, "Shortest registration, in seconds; shorter is refused with 423"),
      maxExpires: count(7200, "Longest registration, in seconds"),
      nonceLife: ms(300_000, "How long a phone may use one digest nonce"),
      drachtio: text("host:port of a drachtio-compatible SIP server; without it one is started"),
      drachtioSecret: text("its secret"),
      maxUnanswered: count(
        10_000,
        "INVITEs without a final answer above which a started SIP server answers new requests with 503",
      ),
      maxLag: ms(200, "How far the gateway may lag behind before its SIP server answers new requests with 503"),
      maxBusy: ms(
        500,
        "How long a started SIP server may work without a pause before it answers new requests with 503",
      ),
      retryAfter: count(5, "What the Retry-After of these 503 says, in seconds"),
      rateLimit: Type.Integer({
        minimum: 0,
        default: 500,
        description: "SIP messages a second from one address (0: any number)",
      }),
      trustedNetworks: list(
        ["private"],
        "Peers without such a limit, as 192.0.2.0/24; private is all private addresses. Trunks with an IP address are among them",
      ),
      dropScanners: Type.Boolean({
        default: false,
        description: "Answers nothing to programs that look for open telephone systems, such as friendly-scanner",
      }),
      sessionExpires: Type.Integer({
        minimum: 0,
        maximum: 86_400,
        default: 1800,
        description:
          "After how many seconds a call is over whose ends no longer answer (RFC 4028; asked for by a started SIP server; 0: never)",
      }),
      minSessionExpires: count(
        90,
        "The least of that which is granted to others, in seconds; no more than sessionExpires",
      ),
      hep: text("host:port of a Homer collector; a started SIP server copies every message to it (HEP3, UDP)"),
      hepId: count(2001, "Capture agent that it is there"),
      hepPasswordFile: text("file with the password of the collector"),
      linger: ms(600_000, "How long a SIP server that we started stays when no gateway uses it"),
    }),
    media: section({
      rtpengines: list([], "host:port of the ng port of each media relay; without any one is started"),
      dtmfListen: text("host:port on which relays that we did not start report key presses (their --dtmf-log-dest)"),
      addresses: list(["auto"], "Addresses that a started relay uses"),
      announce: text("IP address that a started relay tells instead of its first, where a NAT stands between"),
      portMin: Type.Integer({
        minimum: 1024,
        maximum: 65_535,
        default: 30_000,
        description: "First UDP port of a started relay",
      }),
      portMax: Type.Integer({
        minimum: 1024,
        maximum: 65_535,
        default: 39_999,
        description: "Last UDP port of a started relay",
      }),
      timeout: ms(60_000, "A call from whose leg nothing came for so long is ended"),
      webCodecs: Type.Union([Type.Literal("follow"), Type.Literal("opus")], {
        default: "follow",
        description: "What browsers get: the peer's codec when they have it, or always Opus",
      }),
    }),
    call: section({
      ringTimeout: ms(60_000, "How long a call rings"),
      maxCalls: count(2000, "Calls at once; more are refused with overload"),
      startsPerMinute: count(60, "Calls that one session may start in a minute"),
      callMePerHour: count(6, "How often Call me rings one telephone number in an hour, whoever asks"),
      framesPerSecond: count(50, "Frames that one session may send in a second, on average"),
    }),
    session: section({
      grace: ms(120_000, "How long a page that lost its connection may come back to its session, calls included"),
    }),
    dial: section({
      allow: list(
        [],
        "SIP address patterns, such as sip:*@example.org, that users may call when their token does not say otherwise",
      ),
      emergency: list(
        ["112", "911", "999", "110", "113", "15", "17", "18"],
        "Numbers refused by name when no trunk serves them",
      ),
    }),
    history: section({
      entries: count(500, "Calls kept in one user's own list"),
      days: count(90, "How long a call stays in it, in days"),
    }),
    messages: section({
      retention: count(90, "How long a message is kept, in days; then it is deleted, within the hour"),
      kept: count(10_000, "Messages kept in one conversation; beyond it the oldest goes"),
      pending: count(1000, "Messages that wait in the memory of a node while Redis is away; more are refused"),
      perMinute: count(120, "Messages that one session may send in a minute"),
    }),
    files: section({
      folder: text("Where attachments of messages lie; nodes share it. Default: `files` in `stateDir`"),
      maxMegabytes: count(25, "Size of one attachment, in megabytes"),
      types: list(
        [
          ...["image/*", "audio/*", "video/*", "text/plain"],
          ...["application/pdf", "application/zip", "application/x-ole-storage"],
        ],
        "Types of attachments that pass, by their content (office documents are zip or x-ole-storage)",
      ),
      linkLife: ms(300_000, "How long a link to an attachment holds"),
      uploadLife: ms(86_400_000, "How long an attachment may take to come and be sent"),
      checkUrl: text("URL that is asked by POST whether an attachment may pass (docs/messages.md)"),
      checkSecret: text("HMAC secret of those questions, 32 characters or more"),
      checkTimeout: ms(10_000, "How long the answer may take"),
      checkOtherwise: Type.Union([Type.Literal("deny"), Type.Literal("allow")], {
        default: "deny",
        description: "What counts when no answer comes: deny or allow",
      }),
    }),
    data: section({
      perSecond: count(25, "How often one session may send application data in a second, on average"),
    }),
    redis: section({
      url: text(
        "Redis that the nodes share: redis://[user:password@]host[:port][/database], or rediss:// for TLS. Without any, this node keeps everything in stateDir",
      ),
      sentinels: list([], "host:port of the Sentinels that know where Redis is, instead of redis.url"),
      master: Type.String({ minLength: 1, default: "mymaster", description: "What Sentinels call it" }),
      sentinelPassword: text("password of the Sentinels themselves"),
      cluster: list([], "host:port of nodes of a Redis Cluster, instead of redis.url"),
      user: text("user there; redis.url has its own"),
      password: text("password there; redis.url has its own"),
      tls: Type.Boolean({ default: false, description: "Whether Sentinels and Cluster are reached by TLS" }),
      timeout: ms(2000, "After so long without an answer Redis counts as away"),
    }),
    whiteboard: section({
      perSecond: count(30, "How often one session may draw and point on whiteboards in a second, on average"),
      retention: count(365, "How long a whiteboard is kept after its last change, in days"),
    }),
    webhooks: section({
      to: Type.Array(Webhook, {
        default: [],
        description: "Who is told what happens (docs/webhooks.md)",
      }),
      timeout: ms(10_000, "A receiver that has not answered within this time is asked again"),
      firstRetry: ms(1_000, "Pause before an event is sent again; each is twice as long as the one before"),
      lastRetry: ms(300_000, "Longest such pause"),
      attempts: count(12, "After so many tries an event is given up"),
      queue: count(1_000, "Events that may wait for one receiver; beyond it new ones are dropped"),
    }),
    records: section({
      keep: count(14, "How long the story of a call is kept, in days"),
      maxMegabytes: count(1024, "Room for the stories of calls; the oldest go first, in megabytes"),
    }),
    auth: section({
      secret: text("HMAC secret of tokens (HS256, HS384, HS512), 32 characters or more"),
      jwks: text("URL or file of a JSON Web Key Set; tokens are then signed with RS, PS, ES or EdDSA"),
      audience: text("required aud claim"),
      issuer: text("required iss claim"),
      maxLife: ms(86_400_000, "Longest life of a token"),
      oidc: Type.Array(OidcProvider, {
        default: [],
        description: "OpenID providers whose users may sign in on the page",
      }),
      tokenLife: ms(600_000, "Life of the tokens that the gateway gives to pages that signed in there"),
      signInLife: ms(86_400_000, "How long a browser stays signed in without being used"),
    }),
    log: section({
      level: Type.Union(
        ["error", "warn", "info", "debug"].map((level) => Type.Literal(level as "info")),
        { default: "info", description: "What is logged: error, warn, info, debug" },
      ),
      json: Type.Boolean({ default: false, description: "One JSON object a line" }),
    }),
  },
  { additionalProperties: false },
);
export type Config = Static<typeof ConfigSchema>;
export type AccountConfig = Static<typeof Account>;
export type OidcSetting = Static<typeof OidcProvider>;
export type AppKeySetting = Static<typeof AppKey>;
export type TrunkSetting = Static<typeof Trunk>;

/** One documented key. `env` is absent for lists of objects, which only the file can give. */
export interface Setting {
  readonly key: string;
  readonly env?: string;
  readonly schema: TSchema;
}

export const settings: readonly Setting[] = walk(ConfigSchema, []);

/**
 * Reads the file (`GATEWAY_CONFIG`, YAML) and `GATEWAY_*` variables, which win.
 * @throws ConfigError
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const tree = fromFile(env.GATEWAY_CONFIG);
  const known = new Map(settings.flatMap((setting) => (setting.env ? [[setting.env, setting] as const] : [])));
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith("GATEWAY_") || name === "GATEWAY_CONFIG" || value === undefined) continue;
    const setting = known.get(name);
    if (!setting) throw new ConfigError("bad-config", `${name} is not a setting`);
    put(tree, setting.key.split("."), fromText(setting, value));
  }
  return check(tree, (key) => (known.get(envName(key)) && env[envName(key)] !== undefined ? envName(key) : key));
}

/** Checks a tree and fills in the defaults. @throws ConfigError */
export function check(tree: unknown, named: (key: string) => string = (key) => key): Config {
  const filled = Value.Default(ConfigSchema, withOwnDomain(tree));
  if (!Value.Check(ConfigSchema, filled)) {
    const first = Value.Errors(ConfigSchema, filled).First();
    const key = (first?.path ?? "/").slice(1).replaceAll("/", ".");
    throw new ConfigError("bad-config", `${named(key)}: ${first?.message ?? "is wrong"}`);
  }
  cross(filled);
  return filled;
}

/** Who is reached under a name serves the users of that name. */
function withOwnDomain(tree: unknown): unknown {
  if (!isRecord(tree) || tree["domains"] !== undefined || !isRecord(tree["http"])) return tree;
  const { domain } = tree["http"];
  return typeof domain === "string" ? { ...tree, domains: [domain] } : tree;
}

/** True when somebody set the key, so that it must not be replaced by another value. */
export function isExplicit(key: string, env: NodeJS.ProcessEnv = process.env): boolean {
  return env[envName(key)] !== undefined || present(fromFile(env.GATEWAY_CONFIG), key.split("."));
}

/** What spans several keys. */
function cross(config: Config): void {
  const fail = (message: string): never => {
    throw new ConfigError("bad-config", message);
  };
  if (config.auth.secret !== undefined && config.auth.secret.length < 32)
    fail("auth.secret: must have 32 characters or more");
  const { checkUrl, checkSecret = "" } = config.files;
  if (checkUrl !== undefined && !/^https?:/.test(checkUrl)) fail("files.checkUrl: must be an http or https URL");
  if (checkUrl !== undefined && checkSecret.length < 32) fail("files.checkSecret: must have 32 characters or more");
  if (config.auth.secret !== undefined && config.auth.jwks !== undefined)
    fail("auth.jwks: not together with auth.secret");
  if (config.media.portMin >= config.media.portMax) fail("media.portMax: must be greater than media.portMin");
  if (config.domains.length === 0) fail("domains: must name at least one");
  if (config.sip.minExpires > config.sip.maxExpires) fail("sip.maxExpires: must not be less than sip.minExpires");
  if ((config.sip.tlsCert === undefined) !== (config.sip.tlsKey === undefined))
    fail("sip.tlsCert: goes together with sip.tlsKey");
  for (const { name, transport } of config.trunks)
    if (transport === "tls" && config.sip.tlsCert === undefined) fail(`trunks: tls of ${name} wants sip.tlsCert`);
  const ours = (domain: string): boolean => config.domains.some((one) => one.toLowerCase() === domain.toLowerCase());
  for (const { user, sip, sipPassword } of config.accounts) {
    if (!ours(user.slice(user.lastIndexOf("@") + 1))) fail(`accounts: ${user} is in no domain of ours`);
    if (sip && sipPassword !== undefined) fail(`accounts: ${user} has both sip and sipPassword`);
  }
  for (const { id, issuer, domain } of config.auth.oidc) {
    if (!ours(domain)) fail(`auth.oidc: ${domain} of ${id} is no domain of ours`);
    if (!isProtected(issuer)) fail(`auth.oidc: the issuer of ${id} must be https`);
  }
  for (const { key, domain } of config.appKeys)
    if (!ours(domain)) fail(`appKeys: ${domain} of ${key} is no domain of ours`);
  for (const { id, domain } of config.webhooks.to)
    if (!ours(domain)) fail(`webhooks.to: ${domain} of ${id} is no domain of ours`);
  unique(
    "webhooks.to",
    config.webhooks.to.map(({ id }) => id),
    fail,
  );
  for (const { id, domain } of config.apiKeys)
    if (!ours(domain)) fail(`apiKeys: ${domain} of ${id} is no domain of ours`);
  const { cert, key, domain: name, lan } = config.http;
  if ((cert === undefined) !== (key === undefined)) fail("http.cert: goes together with http.key");
  if (name !== undefined && cert === undefined) fail("http.domain: needs http.cert and http.key");
  if (lan && cert !== undefined) fail("http.lan: makes its own certificate, so http.cert has no place");
  if (config.http.publicUrl !== undefined && !URL.canParse(config.http.publicUrl))
    fail("http.publicUrl: must be a URL such as https://phone.example.org");
  crossRedis(config.redis, fail);
  unique(
    "accounts",
    config.accounts.map(({ user }) => user),
    fail,
  );
  unique(
    "auth.oidc",
    config.auth.oidc.map(({ id }) => id),
    fail,
  );
  unique(
    "appKeys",
    config.appKeys.map(({ key }) => key),
    fail,
  );
  for (const field of ["id", "hash"] as const)
    unique(
      "apiKeys",
      config.apiKeys.map((key) => key[field].toLowerCase()),
      fail,
    );
}

function crossRedis(
  { url, sentinels, cluster, user, password, sentinelPassword, tls }: Config["redis"],
  fail: (message: string) => never,
): void {
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

function unique(key: string, names: readonly string[], fail: (message: string) => never): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) fail(`${key}: ${twice} is there twice`);
}

/** What goes there cannot be read on the way: TLS, or it stays on this machine. */
function isProtected(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
}

function fromFile(file: string | undefined): Record<string, unknown> {
  if (file === undefined) return {};
  try {
    const tree: unknown = parse(readFileSync(file, "utf8"));
    if (tree === null) return {};
    if (typeof tree === "object" && !Array.isArray(tree)) return tree as Record<string, unknown>;
  } catch (fault) {
    throw new ConfigError("bad-config", `GATEWAY_CONFIG: ${messageOf(fault)}`);
  }
  throw new ConfigError("bad-config", `GATEWAY_CONFIG: ${file} holds no settings`);
}

function fromText({ schema, env }: Setting, value: string): unknown {
  if (schema.type === "array")
    return value
      .split(",")
      .map((item) => item.trim())
      .filter(Boolean);
  if (schema.type === "boolean") return value === "true" || (value === "false" ? false : value);
  if (schema.type !== "integer") return value;
  if (!/^\d+$/.test(value)) throw new ConfigError("bad-config", `${env}: must be a whole number`);
  return Number(value);
}

function put(tree: Record<string, unknown>, [head = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) return void (tree[head] = value);
  const below = tree[head];
  const next = typeof below === "object" && below !== null ? (below as Record<string, unknown>) : {};
  tree[head] = next;
  put(next, rest, value);
}

function present(tree: unknown, [head = "", ...rest]: readonly string[]): boolean {
  if (typeof tree !== "object" || tree === null || !(head in tree)) return false;
  return rest.length === 0 || present((tree as Record<string, unknown>)[head], rest);
}

function envName(key: string): string {
  return `GATEWAY_${key
    .replaceAll(".", "_")
    .replace(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase()}`;
}

function walk(schema: TObject, path: readonly string[]): Setting[] {
  return Object.entries(schema.properties).flatMap(([name, below]) => {
    const key = [...path, name].join(".");
    if (below.type === "object") return walk(below as unknown as TObject, [...path, name]);
    const objects = below.type === "array" && (below.items as TSchema).type === "object";
    return [{ key, schema: below, ...(!objects && { env: envName(key) }) }];
  });
}
