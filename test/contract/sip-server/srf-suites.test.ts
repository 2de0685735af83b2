import assert from "node:assert/strict";
import { type SuiteResult, SrfSuite } from "./srf-suite.ts";

/** How many assertions each suite of the pinned drachtio-srf makes: fewer would mean that one did not run. */
const suites: readonly (readonly [file: string, assertions: number])[] = [
  ["utils", 27],
  ["proxy", 2],
  ["reinvite-tests", 1],
  ["refer", 1],
  ["uac", 19],
  ["uas", 8],
  ["b2b", 19],
];

describe("drachtio-srf's own suites", function () {
  this.timeout(120_000);
  let suite: SrfSuite;

  before(async () => (suite = await SrfSuite.start()));
  after(() => suite.stop());

  const passed = ({ passed, failed, output }: SuiteResult, assertions: number): void =>
    assert.deepEqual([failed, passed], [0, assertions], output);

  it("unit tests: 52 assertions", async () => passed(await suite.mocha(), 52));

  for (const [file, assertions] of suites) {
    it(`${file}: ${assertions} assertions`, async () => passed(await suite.tap(file), assertions));
  }
});
