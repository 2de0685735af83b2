import { Type, type Static } from "@sinclair/typebox";
import { Account, ApiKey, AppKey, type OidcProvider, Trunk } from "./entries.ts";
import { data, files, history, messages, push, records, redis, webhooks, whiteboard } from "./kept.ts";
import { list, section } from "./kinds.ts";
import { call, dial, media, sip } from "./telephony.ts";
import { auth, http, session } from "./web.ts";

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
    http,
    sip,
    media,
    call,
    session,
    dial,
    history,
    messages,
    files,
    data,
    push,
    redis,
    whiteboard,
    webhooks,
    records,
    auth,
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
