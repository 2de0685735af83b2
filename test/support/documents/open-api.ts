import { problems, type ProblemCode } from "../../../gateway/protocol/rest/problems.ts";
import { commonProblems, type Operation } from "../../../gateway/protocol/rest/operation.ts";
import { webhookEvents, type WebhookEvent } from "../../../gateway/protocol/rest/webhooks.ts";
import { operations } from "../../../gateway/protocol/rest/operations.ts";
import { plain, type Schema, type TypeReader } from "./type-reader.ts";

/** The OpenAPI 3.1 document of REST. */
export function openApi(types: TypeReader, version: string): Schema {
  const paths: Record<string, Record<string, Schema>> = {};
  for (const [id, operation] of Object.entries<Operation>(operations))
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = described(types, id, operation);
  const problem = types.named("Problem");
  return {
    openapi: "3.1.0",
    info: {
      title: "Offhook for servers",
      version,
      license: { name: "MIT", identifier: "MIT" },
      description:
        "What servers of an application ask of the gateway, each within the domain of its API key. Rooms are groups: " +
        "`createGroup`.",
    },
    servers: [{ url: "/api/v1" }],
    security: [{ apiKey: [] }],
    paths,
    webhooks: Object.fromEntries(webhookEvents.map((event) => [event, { post: told(types, event) }])),
    components: {
      securitySchemes: {
        apiKey: { type: "http", scheme: "bearer", description: "A key of `apiKeys` in the gateway's configuration" },
      },
      responses: Object.fromEntries(
        Object.entries(problems).map(([code, { title }]) => [
          code,
          { description: title, content: { "application/problem+json": { schema: problem } } },
        ]),
      ),
      schemas: types.used,
    },
  };
}

function described(types: TypeReader, id: string, operation: Operation): Schema {
  const { summary, body, answer, status, right } = operation;
  const content = answer && { content: { "application/json": { schema: types.named(answer) } } };
  return {
    operationId: id,
    summary,
    description: `Wants the right \`${right}\`.`,
    tags: [right],
    parameters: [...parameters("path", operation.params), ...parameters("query", operation.query)],
    ...(body && { requestBody: { required: true, content: { "application/json": { schema: plain(body) } } } }),
    responses: {
      [status]: { description: answer ? "Done" : "Done; there is nothing to say", ...content },
      ...refusals([...commonProblems, ...operation.problems]),
    },
  };
}

function told(types: TypeReader, event: WebhookEvent): Schema {
  const { data, doc } = types.field("WebhookData", event);
  const schema = { allOf: [types.named("CloudEvent"), { properties: { type: { const: event }, data } }] };
  return {
    operationId: event,
    summary: doc === "" ? event : doc,
    tags: ["webhooks"],
    // The signature stands for the key.
    security: [],
    parameters: ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => ({
      name,
      in: "header",
      required: true,
      schema: { type: "string" },
    })),
    requestBody: { required: true, content: { "application/cloudevents+json": { schema } } },
    responses: {
      "2XX": { description: "Taken" },
      410: { description: "Nothing more is wanted: the webhook is switched off until the gateway starts anew" },
    },
  };
}

function parameters(place: "path" | "query", { properties, required = [] }: Operation["params"]): Schema[] {
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: plain(schema),
  }));
}

const refusals = (codes: readonly ProblemCode[]): Schema =>
  Object.fromEntries(codes.map((code) => [problems[code].status, { $ref: `#/components/responses/${code}` }]));
