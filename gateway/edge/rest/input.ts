import type { TObject } from "@sinclair/typebox";
import { TypeCompiler, type TypeCheck } from "@sinclair/typebox/compiler";
import { Value } from "@sinclair/typebox/value";
import type { FastifyRequest } from "fastify";
import type { Asked, Operation } from "../../protocol/rest/operation.ts";
import { RestProblem } from "./rest-problem.ts";

type Part = "params" | "query" | "body";

/** Reads the requests of one operation. What goes beyond here has the form that the schemas say. */
export function inputOf<Of extends Operation>(operation: Of): (request: FastifyRequest) => Asked<Of> {
  const params = reader("params", operation.params);
  const query = reader("query", operation.query);
  const body = operation.body && reader("body", operation.body);
  return (request) =>
    ({ params: params(request.params), query: query(request.query), body: body?.(request.body) }) as Asked<Of>;
}

function reader(part: Part, schema: TObject): (value: unknown) => unknown {
  const check = TypeCompiler.Compile(schema);
  return (given) => {
    // Paths and queries are text: digits count as numbers where one is asked for.
    const value = part === "body" ? given : Value.Convert(schema, given);
    if (check.Check(value)) return value;
    throw wrong(part, check, value);
  };
}

function wrong(part: Part, check: TypeCheck<TObject>, value: unknown): RestProblem {
  const first = check.Errors(value).First();
  const field = first?.path ?? "";
  if (part === "body" && field === "") return new RestProblem("bad-request", "The body must be a JSON object.");
  const detail = `${part} ${field}: ${first?.message ?? "is wrong"}`;
  return new RestProblem("bad-request", detail, { field });
}
