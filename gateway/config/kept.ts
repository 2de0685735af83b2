import { Type } from "@sinclair/typebox";
import { Webhook } from "./entries.ts";
import { count, list, ms, section, text } from "./kinds.ts";

// Sections of the configuration for what is kept, passed on, and told to others.

export const redis = section({
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
});

export const history = section({
  entries: count(500, "Calls kept in one user's own list"),
  days: count(90, "How long a call stays in it, in days"),
});

export const messages = section({
  retention: count(90, "How long a message is kept, in days; then it is deleted, within the hour"),
  kept: count(10_000, "Messages kept in one conversation; beyond it the oldest goes"),
  pending: count(1000, "Messages that wait in the memory of a node while Redis is away; more are refused"),
  perMinute: count(120, "Messages that one session may send in a minute"),
});

export const files = section({
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
});

export const data = section({
  perSecond: count(25, "How often one session may send application data in a second, on average"),
});

export const whiteboard = section({
  perSecond: count(30, "How often one session may draw and point on whiteboards in a second, on average"),
  retention: count(365, "How long a whiteboard is kept after its last change, in days"),
});

export const records = section({
  keep: count(14, "How long the story of a call is kept, in days"),
  maxMegabytes: count(1024, "Room for the stories of calls; the oldest go first, in megabytes"),
});

export const push = section({
  enabled: Type.Boolean({
    default: true,
    description: "Whether browsers without an open page are woken by Web Push (docs/push.md)",
  }),
  contact: text(
    "How push services reach whoever runs this gateway: mailto: or https: address. Default: the page's address, or webmaster of the first domain",
  ),
  wait: Type.Integer({
    minimum: 1,
    maximum: 60_000,
    default: 20_000,
    description: "How long a call waits for a page that opens, in milliseconds",
  }),
  showText: Type.Boolean({ default: true, description: "Whether notifications of messages show what was written" }),
  browsers: count(10, "Browsers of one user that are woken; beyond it the one that was renewed longest ago goes"),
  days: count(90, "After so many days without being renewed a browser is forgotten"),
  timeout: ms(5_000, "How long a push service may take to answer"),
  perMinute: count(60, "Notifications to one user in a minute; more are dropped"),
  atOnce: count(200, "Messages to push services at once; more are dropped"),
  privateServices: Type.Boolean({
    default: false,
    description:
      "Whether push services at private addresses and by plain http count too; anybody who signs in names them",
  }),
});

export const webhooks = section({
  to: Type.Array(Webhook, {
    default: [],
    description: "Who is told what happens (docs/webhooks.md)",
  }),
  timeout: ms(10_000, "A receiver that has not answered within this time is asked again"),
  firstRetry: ms(1_000, "Pause before an event is sent again; each is twice as long as the one before"),
  lastRetry: ms(300_000, "Longest such pause"),
  attempts: count(12, "After so many tries an event is given up"),
  queue: count(1_000, "Events that may wait for one receiver; beyond it new ones are dropped"),
});
