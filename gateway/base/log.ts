import winston from "winston";
import { messageOf } from "./errors.ts";

export type LogLevel = "error" | "warn" | "info" | "debug";

/**
 * `info` is one line a lifecycle change, `debug` is for developers, `warn` needs no one at night, `error` does.
 * Fields named `child({call})` stand on every line of that logger. No secret may be passed in.
 */
export interface Logger {
  error(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  debug(message: string, fields?: Fields): void;
  child(fields: Fields): Logger;
}

export type Fields = Record<string, unknown>;

/** A logger that writes `time level message key=value …` lines to standard error, or to `file` when given. */
export function createLogger(options: { level: LogLevel; file?: string; json?: boolean }): Logger {
  surviveFullDisks();
  const target = options.file
    ? new winston.transports.File({ filename: options.file })
    : new winston.transports.Console({ stderrLevels: ["error", "warn", "info", "debug"] });
  const format = options.json
    ? winston.format.combine(winston.format.timestamp(), winston.format.json())
    : winston.format.combine(winston.format.timestamp(), winston.format.printf(line));
  const logger = winston.createLogger({ level: options.level, format, transports: [target] });
  logger.on("error", () => {});
  return wrap(logger, options.level, {});
}

let surviving = false;

/** A line that cannot be written (disk full, its reader gone) is lost: said aloud it would be the next such line. */
function surviveFullDisks(): void {
  if (surviving) return;
  surviving = true;
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
}

/** Drops everything: for tests and for parts that were given no logger. */
export const silentLogger: Logger = {
  error() {},
  warn() {},
  info() {},
  debug() {},
  child: () => silentLogger,
};

const levels: readonly LogLevel[] = ["error", "warn", "info", "debug"];

/** winston would format a line before it looks at the level, and build a logger for each child. */
function wrap(inner: winston.Logger, upTo: LogLevel, bound: Fields): Logger {
  const at = (level: LogLevel): Logger[LogLevel] =>
    levels.indexOf(level) > levels.indexOf(upTo)
      ? () => {}
      : (message, fields) => void inner.log(level, message, { ...bound, ...fields });
  return {
    error: at("error"),
    warn: at("warn"),
    info: at("info"),
    debug: at("debug"),
    child: (fields) => wrap(inner, upTo, { ...bound, ...fields }),
  };
}

function line({ timestamp, level, message, ...fields }: winston.Logform.TransformableInfo): string {
  const pairs = Object.entries(fields).map(([key, value]) => `${key}=${shown(value)}`);
  return [timestamp, level, message, ...pairs].join(" ");
}

function shown(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(messageOf(value));
  return typeof value === "string" && /^[\w.:@/+-]+$/.test(value) ? value : (JSON.stringify(value) ?? "undefined");
}
