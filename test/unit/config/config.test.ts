import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TSchema } from "@sinclair/typebox";
import { check, ConfigError, isExplicit, readConfig, settings, type Setting } from "../../../gateway/config.ts";

/** The value at `a.b.c`. */
function at(tree: unknown, key: string): unknown {
  return key.split(".").reduce((now: unknown, name) => (now as Record<string, unknown> | undefined)?.[name], tree);
}

/** `{a: {b: {c: value}}}` for `a.b.c`. */
const tree = (key: string, value: unknown): unknown =>
  key.split(".").reduceRight((inner: unknown, name) => ({ [name]: inner }), value);

const refusal = (read: () => unknown): string => {
  try {
    read();
  } catch (fault) {
    assert.ok(fault instanceof ConfigError, String(fault));
    return fault.message;
  }
  return assert.fail("was accepted");
};

/** Values that a setting of this form cannot have. */
function wrongValues({ type, minimum, maximum, anyOf }: TSchema): readonly unknown[] {
  if (type === "integer") return ["many", 1.5, (minimum as number) - 1, (maximum as number) + 1, null];
  if (type === "boolean") return ["yes", 1, null];
  if (type === "array") return ["one", [7], null];
  if (anyOf) return ["whatever", 7, null];
  return [7, null, ["a"]];
}

/** The same as text of an environment variable; every text is a right one for a text or a list. */
function wrongTexts({ type, minimum, maximum, anyOf }: TSchema): readonly string[] {
  if (type === "integer")
    return ["many", "1.5", "-1", "", " ", `${(maximum as number) + 1}`, ...(minimum ? ["0"] : [])];
  if (type === "boolean") return ["yes", "1", ""];
  return anyOf ? ["whatever", ""] : [];
}

const byEnvironment = settings.filter((one): one is Setting & { env: string } => one.env !== undefined);

describe("the configuration", () => {
  it("needs nothing: every default passes", () => {
    const config = readConfig({});
    for (const { key, schema } of settings) assert.deepEqual(at(config, key), schema.default, key);
    assert.deepEqual(check(config), config);
  });

  it("says what each setting is", () => {
    for (const { key, schema } of settings) assert.ok(schema.description, key);
  });

  for (const { key, schema } of settings) {
    it(`names ${key} when its value is wrong`, () => {
      for (const value of wrongValues(schema)) {
        const said = refusal(() => check(tree(key, value)));
        assert.ok(said.startsWith(`${key}`), `${JSON.stringify(value)}: ${said}`);
      }
    });
  }

  for (const { key, env, schema } of byEnvironment) {
    it(`names ${env} when its value is wrong`, () => {
      for (const value of wrongTexts(schema)) {
        const said = refusal(() => readConfig({ [env]: value }));
        assert.ok(said.startsWith(`${env}:`), `${key}=${JSON.stringify(value)}: ${said}`);
      }
    });
  }

  for (const [env, text, key, value] of [
    ["GATEWAY_HTTP_PORT", "9090", "http.port", 9090],
    ["GATEWAY_SIP_PORT", "0", "sip.port", 0],
    ["GATEWAY_SIP_WEB_SOCKET_PORT", "5062", "sip.webSocketPort", 5062],
    ["GATEWAY_STATE_DIR", "/tmp/x", "stateDir", "/tmp/x"],
    ["GATEWAY_DOMAINS", "a.example, b.example,", "domains", ["a.example", "b.example"]],
    ["GATEWAY_LOG_JSON", "true", "log.json", true],
    ["GATEWAY_LOG_LEVEL", "debug", "log.level", "debug"],
    ["GATEWAY_MEDIA_WEB_CODECS", "opus", "media.webCodecs", "opus"],
  ] as const) {
    it(`reads ${env}`, () => assert.deepEqual(at(readConfig({ [env]: text }), key), value));
  }

  it("refuses a variable that is no setting: it is a slip of the pen", () => {
    assert.equal(
      refusal(() => readConfig({ GATEWAY_HTTP_PROT: "80" })),
      "GATEWAY_HTTP_PROT is not a setting",
    );
    assert.match(
      refusal(() => readConfig({ GATEWAY_ACCOUNTS: "x" })),
      /GATEWAY_ACCOUNTS is not a setting/,
    );
  });

  it("leaves other programs' variables alone", () => {
    readConfig({ PATH: "/bin", GATEWAYS: "x", gateway_http_port: "x" });
  });
});

const account = { user: "alice@offhook.local" };
const ha1 = { md5: "0".repeat(32), sha256: "0".repeat(64) };
const oidc = { id: "corp", name: "Corp", issuer: "https://id.example", clientId: "x", domain: "offhook.local" };
const appKey = {
  key: "shop-key",
  label: "Shop",
  domain: "offhook.local",
  origins: ["https://shop.example"],
  targets: ["user:bob@offhook.local"],
};

describe("settings that must fit together", () => {
  for (const [what, given, said] of [
    ["a short secret", { auth: { secret: "x".repeat(31) } }, /^auth\.secret: must have 32/],
    ["two kinds of key", { auth: { secret: "x".repeat(32), jwks: "keys.json" } }, /^auth\.jwks: not together/],
    ["ports the wrong way round", { media: { portMin: 4000, portMax: 3000 } }, /^media\.portMax: must be greater/],
    ["no domain", { domains: [] }, /^domains: must name/],
    ["expiries the wrong way round", { sip: { minExpires: 9, maxExpires: 8 } }, /^sip\.maxExpires: must not/],
    ["an account elsewhere", { accounts: [{ user: "alice@b.example" }] }, /^accounts: alice@b\.example is in no/],
    ["an account twice", { accounts: [account, account] }, /^accounts: alice@offhook\.local is there twice/],
    ["two softphone passwords", { accounts: [{ ...account, sip: ha1, sipPassword: "x" }] }, /both sip and sipPassword/],
    ["a provider elsewhere", { auth: { oidc: [{ ...oidc, domain: "b.example" }] } }, /^auth\.oidc: b\.example of corp/],
    ["a provider that anybody reads", { auth: { oidc: [{ ...oidc, issuer: "http://a.example" }] } }, /must be https/],
    ["a provider twice", { auth: { oidc: [oidc, oidc] } }, /^auth\.oidc: corp is there twice/],
    ["a key elsewhere", { appKeys: [{ ...appKey, domain: "b.example" }] }, /^appKeys: b\.example of shop-key is no/],
    ["a key twice", { appKeys: [appKey, appKey] }, /^appKeys: shop-key is there twice/],
    ["a Redis twice", { redis: { url: "redis://a.example", cluster: ["b.example"] } }, /^redis: one of url/],
    ["a Redis that is none", { redis: { url: "http://a.example" } }, /^redis\.url: must be an address/],
    ["a password beside a URL", { redis: { url: "redis://a.example", password: "x" } }, /^redis\.url: has user/],
    ["a Sentinel's password alone", { redis: { sentinelPassword: "x" } }, /^redis\.sentinelPassword: needs/],
    ["a node without an address", { redis: { cluster: ["a b"] } }, /^redis: a b is not host:port/],
    ["an address that is none", { http: { publicUrl: "phone" } }, /^http\.publicUrl: must be a URL/],
  ] as const) {
    it(`are refused: ${what}`, () =>
      assert.match(
        refusal(() => check(given)),
        said,
      ));
  }

  it("are accepted when they do", () => {
    check({
      domains: ["A.example"],
      accounts: [{ user: "alice@a.example", name: "Alice", sipPassword: "x", media: "srtp" }],
      trunks: [{ name: "t", address: "192.0.2.1:5070", transport: "tcp", inbound: { "*": "alice@a.example" } }],
      auth: { secret: "x".repeat(32) },
    });
    check({
      accounts: [{ ...account, password: "$scrypt$x", sip: ha1, role: "operator", numbers: ["+33186260014"] }],
      auth: { oidc: [oidc, { ...oidc, id: "here", issuer: "http://localhost:3000" }] },
      appKeys: [appKey],
      http: { publicUrl: "https://phone.example", frameAncestors: ["https://intra.example"] },
    });
  });

  for (const [what, given, key] of [
    ["a misspelt account field", { accounts: [{ user: "a@offhook.local", pasword: "x" }] }, "accounts.0.pasword"],
    ["an account without a domain", { accounts: [{ user: "alice" }] }, "accounts.0.user"],
    ["a trunk without an address", { trunks: [{ name: "t" }] }, "trunks.0.address"],
    ["a profile outside its folder", { trunks: [{ name: "t", address: "x", profile: "../x" }] }, "trunks.0.profile"],
    ["a plain password", { accounts: [{ ...account, password: "geheim" }] }, "accounts.0.password"],
    ["a role that is none", { accounts: [{ ...account, role: "root" }] }, "accounts.0.role"],
    ["a short hash", { accounts: [{ ...account, sip: { ...ha1, md5: "0" } }] }, "accounts.0.sip.md5"],
    ["a key for any target", { appKeys: [{ ...appKey, targets: ["tel:*"] }] }, "appKeys.0.targets.0"],
    ["a key for any page", { appKeys: [{ ...appKey, origins: ["*"] }] }, "appKeys.0.origins.0"],
    ["a key without pages", { appKeys: [{ ...appKey, origins: [] }] }, "appKeys.0.origins"],
    ["a frame of anybody", { http: { frameAncestors: ["*"] } }, "http.frameAncestors.0"],
    ["a misspelt section", { htpp: {} }, "htpp"],
    ["a misspelt key", { http: { prot: 80 } }, "http.prot"],
  ] as const) {
    it(`are refused by name: ${what}`, () => {
      const said = refusal(() => check(given));
      assert.ok(said.startsWith(`${key}:`), said);
    });
  }
});

describe("the configuration file", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "offhook-config-"))));
  after(() => rmSync(folder, { recursive: true }));

  const file = (text: string): string => {
    const path = join(folder, "gateway.yaml");
    writeFileSync(path, text);
    return path;
  };

  it("gives the same tree, and the environment wins", () => {
    const GATEWAY_CONFIG = file("http:\n  port: 8181\n  host: 127.0.0.1\nsip:\n  port: 5070\n");
    const { http, sip } = readConfig({ GATEWAY_CONFIG, GATEWAY_HTTP_PORT: "8282" });
    assert.deepEqual([http.host, http.port, sip.port], ["127.0.0.1", 8282, 5070]);
  });

  it("may be empty", () => {
    assert.equal(readConfig({ GATEWAY_CONFIG: file("# nothing yet\n") }).http.port, 8080);
  });

  for (const [what, text, said] of [
    ["a wrong value", "http:\n  port: many\n", /^http\.port: /],
    ["a list", "- http\n", /^GATEWAY_CONFIG: .*holds no settings/],
    ["text that is no YAML", "http: [", /^GATEWAY_CONFIG: /],
  ] as const) {
    it(`is refused: ${what}`, () =>
      assert.match(
        refusal(() => readConfig({ GATEWAY_CONFIG: file(text) })),
        said,
      ));
  }

  it("is refused when it is not there", () => {
    assert.match(
      refusal(() => readConfig({ GATEWAY_CONFIG: join(folder, "none.yaml") })),
      /^GATEWAY_CONFIG: .*ENOENT/,
    );
  });

  it("names the variable when that is the one that is wrong", () => {
    const GATEWAY_CONFIG = file("http:\n  port: 8181\n");
    assert.match(
      refusal(() => readConfig({ GATEWAY_CONFIG, GATEWAY_HTTP_PORT: "99999" })),
      /^GATEWAY_HTTP_PORT: /,
    );
  });

  it("tells what was set on purpose", () => {
    const GATEWAY_CONFIG = file("http:\n  port: 8181\n");
    assert.equal(isExplicit("http.port", { GATEWAY_CONFIG }), true);
    assert.equal(isExplicit("sip.port", { GATEWAY_CONFIG }), false);
    assert.equal(isExplicit("sip.port", { GATEWAY_CONFIG, GATEWAY_SIP_PORT: "5060" }), true);
  });
});
