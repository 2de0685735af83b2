import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { version } from "../../../gateway/compose/version.ts";

describe("the version", () => {
  it("is the one of package.json", () => {
    const manifest = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
    assert.equal(version, manifest.version);
  });
});
