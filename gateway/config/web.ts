import { Type } from "@sinclair/typebox";
import { OidcProvider } from "./entries.ts";
import { count, list, ms, port, section, text } from "./kinds.ts";

// Sections of the configuration that pages and their sign-in meet.

export const http = section({
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
});

export const session = section({
  grace: ms(120_000, "How long a page that lost its connection may come back to its session, calls included"),
  reloadGrace: ms(10_000, "How long answered calls of a page that was left wait for it to be loaded again"),
  drain: ms(60_000, "How long a node that SIGTERM stops waits for its calls to end, where other nodes take its pages"),
});

export const auth = section({
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
});
