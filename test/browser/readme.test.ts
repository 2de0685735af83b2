import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { Chromium } from "../support/chromium.ts";
import { domain, TestGateway } from "../support/gateway.ts";
import { until } from "../support/until.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** An example that no test runs does not exist. */
describe("README", function () {
  this.timeout(40_000);

  it("its program calls 600 and tells how that ended", async () => {
    const [gateway, browser] = await Promise.all([TestGateway.start(), Chromium.launch()]);
    const said: string[] = [];
    const page = await browser.page();
    page.on("console", (message) => said.push(message.text()));
    const body = await bundled(programOf("README.md"));
    await page.route("**/readme.js", (route) => route.fulfill({ contentType: "text/javascript", body }));
    await page.goto(gateway.url);
    await page.addScriptTag({ type: "module", url: "/readme.js" });
    await until(`the end of the program (said ${said.join(", ")})`, () => said.at(-1)?.startsWith("normal "), 15_000);
    assert.deepEqual(said.slice(-3, -1), ["connected", "ended"], said.join(", "));
    await browser.close();
    await gateway.assertIdle();
    await gateway.stop();
  });
});

function programOf(file: string): string {
  const text = readFileSync(resolve(root, file), "utf8");
  const program = /```ts\n([\s\S]*?)```/.exec(text)?.[1] ?? "";
  return program.replaceAll("offhook.local", domain);
}

async function bundled(program: string): Promise<string> {
  const entry = "virtual:readme";
  const result = await build({
    configFile: false,
    logLevel: "silent",
    root,
    build: {
      write: false,
      minify: false,
      target: "es2022",
      rollupOptions: { input: entry, output: { codeSplitting: false } },
    },
    plugins: [
      {
        name: "readme",
        resolveId: (id) =>
          id === entry ? id : id === "@offhook/client" ? resolve(root, "webclient/index.ts") : undefined,
        load: (id) => (id === entry ? program : undefined),
      },
    ],
  });
  const [output] = (Array.isArray(result) ? result : [result]) as { output: { code: string }[] }[];
  return output?.output[0]?.code ?? "";
}
