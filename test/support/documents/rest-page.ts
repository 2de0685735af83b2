import { problems } from "../../../gateway/protocol/rest/problems.ts";
import type { Operation } from "../../../gateway/protocol/rest/operation.ts";
import { operations } from "../../../gateway/protocol/rest/operations.ts";
import { code, fieldTable, table, valueSections } from "./markdown.ts";
import { plain, type TypeReader } from "./type-reader.ts";

const head = `# REST for servers

What servers of an application ask of the gateway, at \`/api/v1\`. \`npm run docs\` writes this page from
\`gateway/protocol/rest\`; change it there. The gateway serves the same as OpenAPI 3.1 at \`/api/openapi.json\`.

**Keys.** \`npm run -s api-key -- crm --domain example.org --rights tokens,messages,calls\` makes a key, shows it once, and
prints the lines of \`apiKeys\` that accept it: its SHA-256, never the key. A request carries it as
\`Authorization: Bearer KEY\`. A key sees one domain: what is of another is answered like what never was.

\`\`\`sh
curl -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" https://phone.example.org/api/v1/messages \\
  -d '{"from":"shop@example.org","to":{"user":"alice@example.org"},"text":"Your order has left","messageId":"order-7"}'
\`\`\`

**Sent once.** Whoever sends a message makes up its \`messageId\`. A request that got no answer is sent again with the same
id: the message is delivered once.

**Rooms** are groups (\`createGroup\`): for messages and data. Conference rooms for calls do not exist yet.

**Problems** are \`application/problem+json\` (RFC 9457) with a \`code\`; \`field\` names what is wrong. Every operation may
answer bad-request, unauthorized, not-allowed, rate-limited (with \`Retry-After\`) and server-error.
`;

/** docs/rest.md. */
export function restPage(types: TypeReader): string {
  const codes = Object.entries(problems).map(([name, { status, title }]) => [code(name), String(status), title]);
  const sections = Object.entries<Operation>(operations).map(([id, operation]) => section(types, id, operation));
  return [
    head,
    table(["Code", "Status", "Meaning"], codes),
    "## Operations\n",
    ...sections,
    "## Values\n",
    valueSections(types.used),
  ].join("\n");
}

function section(types: TypeReader, id: string, operation: Operation): string {
  const { method, path, summary, right, query, body, status, answer, problems: own } = operation;
  if (answer) types.named(answer);
  const result = answer ? `${status}, [${answer}](#${answer.toLowerCase()})` : String(status);
  const more = own.length > 0 ? `; besides the usual problems: ${own.join(", ")}` : "";
  const parts = [
    `### ${id}\n`,
    `${code(`${method} ${path}`)}: ${summary}. Right ${code(right)}. Answer: ${result}${more}.\n`,
    Object.keys(query.properties).length > 0 ? `Query:\n\n${fieldTable(plain(query))}` : "",
    body ? `Body:\n\n${fieldTable(plain(body))}` : "",
  ];
  return parts.filter((part) => part !== "").join("\n");
}
