// npm start: installs what is missing, builds, and runs the gateway until Ctrl-C. Flags: see flags.mjs.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { readFlags, usage } from "./flags.mjs";
import { packages, prepare, root } from "./setup.mjs";

const { fault, help, yes, settings } = readFlags(process.argv.slice(2));
if (fault) {
  process.stderr.write(`offhook: ${fault}\n\n${usage}`);
  process.exit(2);
}
if (help) {
  process.stdout.write(usage);
  process.exit(0);
}

const ownRelay = process.env.GATEWAY_MEDIA_RTPENGINES === undefined;
await prepare({ debian: ownRelay ? packages.relay : {}, build: true, yes, optional: true });

const gateway = spawn(process.execPath, ["--enable-source-maps", join(root, "dist/gateway/main.js")], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, ...settings },
});
// Ctrl-C reaches the gateway by the terminal; we stay until it has cleaned up.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => gateway.kill("SIGTERM"));
gateway.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
