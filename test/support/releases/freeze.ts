import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { version } from "../../../gateway/compose/version.ts";
import { TestGateway } from "../gateway.ts";
import { startRedis } from "../redis-server.ts";
import { writeContent } from "./content.ts";
import { dumpOf, vectorOf } from "./redis-dump.ts";

/**
 * `npm run -s freeze`, with a release that is built: keeps its library, and what it writes to Redis, for the tests of the
 * releases after it. Never for one that is kept already: that is not what was released.
 */
async function freeze(): Promise<void> {
  if (existsSync(vectorOf(version, "README.md"))) throw new Error(`${version} is kept already`);
  const redis = await startRedis();
  const env = { NO_MEDIA: "/nonexistent", GATEWAY_REDIS_URL: redis.url, GATEWAY_SESSION_GRACE: "60000" };
  const gateway = await TestGateway.start({ entry: "dist/gateway/main.js", env });
  await writeContent(gateway);
  await gateway.stop();
  const dump = await dumpOf(redis.port, version);
  await redis.stop();
  mkdirSync(vectorOf(version, "."), { recursive: true });
  writeFileSync(vectorOf(version, "redis.json"), `${JSON.stringify(dump, null, 2)}\n`);
  copyFileSync(new URL("../../../dist/client/client.js", import.meta.url), vectorOf(version, "client.js"));
  writeFileSync(vectorOf(version, "README.md"), readme);
  process.stdout.write(`${fileURLToPath(vectorOf(version, "."))}\n`);
}

const readme = `# Release ${version}

Made by \`npm run -s freeze\` from that release, and never changed: \`client.js\`, its library as the gateway served it at
\`/client.js\`; \`redis.json\`, what it wrote to Redis (\`test/support/releases/content.ts\`): keys, and their texts or hashes.
\`test/flows/previous-release.test.ts\` runs both against the gateway of today.
`;

await freeze();
