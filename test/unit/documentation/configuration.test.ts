import assert from "node:assert/strict";
import { settings } from "../../../gateway/config.ts";
import { configurationPage } from "../../support/configuration-page.ts";
import { writtenPage } from "../../support/written-page.ts";

describe("docs/configuration.md", () => {
  it("is up to date (else: npm run docs)", async () => {
    assert.equal(writtenPage("configuration.md"), await configurationPage());
  });

  it("has every setting with its variable", () => {
    const page = writtenPage("configuration.md");
    for (const { key, env } of settings) {
      assert.ok(page.includes(`\`${key}\``), key);
      if (env !== undefined) assert.ok(page.includes(`\`${env}\``), env);
    }
  });
});
