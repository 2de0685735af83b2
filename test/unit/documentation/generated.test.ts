import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv } from "ajv";
import { clientFrameTypes } from "../../../gateway/protocol/codec.ts";
import { passingTypes } from "../../../gateway/protocol/server-frame.ts";
import { operations } from "../../../gateway/protocol/rest/operations.ts";
import { webhookEvents } from "../../../gateway/protocol/rest/webhooks.ts";
import type { Operation } from "../../../gateway/protocol/rest/operation.ts";
import { generatedPages } from "../../support/documents/pages.ts";
import { writtenPage } from "../../support/written-page.ts";

interface Json {
  readonly [key: string]: Json;
}

const read = (name: string): Json => JSON.parse(writtenPage(name)) as Json;

describe("generated documents", function () {
  // Reading the sources with the compiler takes its time on a busy machine.
  this.timeout(120_000);

  it("are up to date (else: npm run docs)", async () => {
    for (const [name, text] of Object.entries(await generatedPages())) assert.equal(writtenPage(name), text, name);
  });

  it("are an OpenAPI 3.1 document with every operation", async () => {
    const document = read("openapi.json");
    const { valid, errors } = await new Validator().validate(document as Record<string, unknown>);
    assert.ok(valid, JSON.stringify(errors));
    assert.deepEqual(Object.keys(document["webhooks"] ?? {}), webhookEvents);
    const described = Object.entries(document["paths"] ?? {}).flatMap(([path, item]) =>
      Object.entries(item).map(([method, { operationId }]) => [operationId, method.toUpperCase(), path].join(" ")),
    );
    const known = Object.entries<Operation>(operations).map(([id, { method, path }]) => [id, method, path].join(" "));
    assert.deepEqual(described.sort(), known.sort());
  });

  it("are an AsyncAPI 3 document with every frame", () => {
    const document = read("asyncapi.json");
    const schema = createRequire(import.meta.url)("@asyncapi/specs/schemas/3.0.0.json") as object;
    const validate = new Ajv({ strict: false, validateFormats: false, meta: false, validateSchema: false }).compile(
      schema,
    );
    assert.ok(validate(document), JSON.stringify(validate.errors?.slice(0, 3)));
    const messages = Object.keys(document["components"]?.["messages"] ?? {});
    for (const type of [...clientFrameTypes, ...passingTypes, "session.opened", "refused", "call.incoming"])
      assert.ok(messages.includes(type), type);
    assert.deepEqual(Object.keys(document["operations"] ?? {}).sort(), [...clientFrameTypes, "events"].sort());
  });

  it("refer to nothing that is not there", () => {
    for (const name of ["openapi.json", "asyncapi.json"]) {
      const document = read(name);
      for (const [, path = ""] of writtenPage(name).matchAll(/"\$ref": "#\/([^"]+)"/g)) {
        const found = path.split("/").reduce<Json | undefined>((at, key) => at?.[key], document);
        assert.ok(found !== undefined, `${name}: ${path}`);
      }
    }
  });
});
