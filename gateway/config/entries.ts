import { Type } from "@sinclair/typebox";
import { apiRights } from "../protocol/rest/values.ts";
import { webhookEvents } from "../protocol/rest/webhooks.ts";
import { count, list, ms, text } from "./kinds.ts";

export const Account = Type.Object(
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
    autoAnswer: Type.Optional(
      Type.Boolean({
        description:
          "whether its pages may answer calls without asking, as those of a door or a machine do (docs/apirtc.md)",
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

export const Trunk = Type.Object(
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

export const OidcProvider = Type.Object(
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

export const AppKey = Type.Object(
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

export const ApiKey = Type.Object(
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

export const Webhook = Type.Object(
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
