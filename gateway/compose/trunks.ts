import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type { Config } from "../config.ts";
import { ConfigError } from "../config.ts";
import { messageOf } from "../base/errors.ts";
import { checkProfile, type Profile } from "../sip/profile.ts";
import type { TrunkConfig } from "../sip/trunk.ts";

/** The configured trunks with their profiles. @throws ConfigError, ProfileError */
export function prepareTrunks(config: Omit<Config, "accounts">): readonly TrunkConfig[] {
  return config.trunks.map(
    ({ name, address, transport = "udp", profile = "trunk", username, password, domains, number, inbound = {} }) => ({
      name,
      address,
      transport,
      profile: readProfile(profile),
      inbound,
      ...(username !== undefined && password !== undefined && { credentials: { username, password } }),
      ...(domains !== undefined && { domains }),
      ...(number !== undefined && { number }),
    }),
  );
}

/** One file of sip-profiles. @throws ConfigError, ProfileError */
export function readProfile(name: string): Profile {
  const file = profileFile(name);
  try {
    return checkProfile(parse(readFileSync(file, "utf8")), `sip-profiles/${name}.yaml`);
  } catch (fault) {
    if (fault instanceof Error && "code" in fault && fault.code === "ENOENT")
      throw new ConfigError("bad-config", `there is no sip-profiles/${name}.yaml`);
    throw fault instanceof Error ? fault : new ConfigError("bad-config", messageOf(fault));
  }
}

/** Beside the sources, and two folders further up from `dist/gateway/compose`. */
function profileFile(name: string): string {
  const root = import.meta.url.endsWith(".ts") ? "../../" : "../../../";
  return fileURLToPath(new URL(`${root}sip-profiles/${name}.yaml`, import.meta.url));
}
