import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { CodedError, messageOf } from "../base/errors.ts";
import { canonicalHost, parseHostPort } from "../sip-syntax/uri.ts";
import type { Endpoint } from "./transport/flow.ts";
import { Networks } from "./transport/networks.ts";

/** An option is missing, unknown or has a wrong value; the message names it. */
export class ConfigError extends CodedError<"option"> {}

export function readList(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

export function readEndpoint(option: string, value: string): Endpoint {
  const parsed = parseHostPort(value);
  const host = parsed && canonicalHost(parsed.host === "localhost" ? "127.0.0.1" : parsed.host);
  if (!host || parsed?.port === undefined || !isIP(host))
    throw wrong(option, `${value} is not an IP address and a port`);
  return { host, port: parsed.port };
}

/** An option that may also come from the file that `--OPTION-file` names. */
export function readGiven(option: string, value: string | undefined, file: string | undefined): string | undefined {
  const fileOption = `${option}-file`;
  if (value !== undefined && file !== undefined) throw wrong(fileOption, `and --${option} exclude each other`);
  if (file === undefined) return value === "" ? undefined : value;
  try {
    const read = readFileSync(file, "utf8").trim();
    if (read !== "") return read;
  } catch {
    throw wrong(fileOption, `${file} cannot be read`);
  }
  throw wrong(fileOption, `${file} is empty`);
}

export function readMs(option: string, value: string | undefined): number {
  return readCount(option, value, "milliseconds");
}

/** A whole number of `unit`, not below `least`. */
export function readCount(option: string, value: string | undefined, unit: string, least = 1): number {
  const count = Number(value);
  if (!/^\d{1,9}$/.test(value ?? "") || count < least) throw wrong(option, `${value} is not a number of ${unit}`);
  return count;
}

export function readNetworks(option: string, text: string): Networks {
  try {
    return new Networks(readList(text));
  } catch (fault) {
    throw wrong(option, messageOf(fault));
  }
}

export function wrong(option: string, why: string): ConfigError {
  return new ConfigError("option", `--${option} ${why}`);
}
