import assert from "node:assert/strict";
import { readFlags, usage } from "../../gateway/flags.mjs";

describe("the command line of npm start", () => {
  const settings = (...words: string[]): unknown => {
    const flags = readFlags(words);
    return flags.fault ?? flags.settings;
  };

  it("becomes settings", () => {
    assert.deepEqual(settings(), {});
    assert.deepEqual(settings("--lan"), { GATEWAY_HTTP_LAN: "true" });
    assert.deepEqual(settings("--domain", "phone.example.org", "--cert=a.pem", "--key", "b.pem"), {
      GATEWAY_HTTP_DOMAIN: "phone.example.org",
      GATEWAY_HTTP_CERT: "a.pem",
      GATEWAY_HTTP_KEY: "b.pem",
    });
  });

  const wrong = [
    [["--lam"], "unknown option --lam"],
    [["--domain"], "--domain needs a value"],
    [["--domain", "--cert"], "--domain needs a value"],
    [["--domain", "a.example"], "--domain needs --cert FILE and --key FILE: the certificate for that name"],
    [["--cert", "a.pem"], "--cert and --key go together"],
    [["--cert=a", "--key=b"], "--cert and --key need --domain NAME: the name that the certificate is for"],
    [["--lan", "--domain=a"], "--lan makes its own certificate: leave --domain, --cert and --key out"],
  ] as const;
  for (const [words, fault] of wrong) it(`says: ${fault}`, () => assert.equal(settings(...words), fault));

  it("knows --yes and --help, and helps with everything that it knows", () => {
    const { yes, help } = readFlags(["-y", "--help", "--domain=a"]) as { yes: boolean; help: boolean };
    assert.ok(yes && help);
    for (const flag of ["--lan", "--domain", "--cert", "--key", "--yes", "--help"]) assert.ok(usage.includes(flag));
  });
});
