import assert from "node:assert/strict";
import { isRecord, JsonError, parseJson } from "../../../gateway/base/json.ts";

const isNumber = (value: unknown): value is number => typeof value === "number";

describe("JSON from outside", () => {
  it("is let through when the check accepts it", () => {
    assert.equal(parseJson("42", isNumber), 42);
  });

  for (const [text, code] of [
    ["", "not-json"],
    ["{", "not-json"],
    ["nonsense", "not-json"],
    ['"42"', "not-valid"],
    ["null", "not-valid"],
  ] as const) {
    it(`is refused as ${code}: ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => parseJson(text, isNumber),
        (fault) => fault instanceof JsonError && fault.code === code,
      );
    });
  }

  it("keeps its text out of the error", () => {
    assert.throws(
      () => parseJson('{"password": "hunter2" ', isNumber),
      (fault) => fault instanceof JsonError && !fault.message.includes("hunter2"),
    );
  });

  for (const [value, record] of [
    [{}, true],
    [{ a: 1 }, true],
    [[], false],
    [null, false],
    ["text", false],
    [undefined, false],
  ] as const) {
    it(`${record ? "is" : "is not"} an object: ${JSON.stringify(value)}`, () => assert.equal(isRecord(value), record));
  }
});
