import { limits } from "../protocol/version.ts";

/** False for what is larger than `limits.userData` as JSON, or nested deeper than it could be written again. */
export function fitsUserData(data: unknown): boolean {
  try {
    return data === undefined || Buffer.byteLength(JSON.stringify(data)) <= limits.userData;
  } catch {
    return false;
  }
}
