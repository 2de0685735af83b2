/** So many bytes from the beginning are looked at. */
export const sniffedBytes = 4_096;

type Pattern = readonly [type: string, at: number, bytes: string];

/** First bytes, as latin1 text, by type. */
const patterns: readonly Pattern[] = [
  ["image/png", 0, "\x89PNG\r\n\x1a\n"],
  ["image/jpeg", 0, "\xff\xd8\xff"],
  ["image/gif", 0, "GIF8"],
  ["image/webp", 8, "WEBP"],
  ["image/avif", 4, "ftypavif"],
  ["image/heic", 4, "ftypheic"],
  ["application/pdf", 0, "%PDF-"],
  ["application/zip", 0, "PK\x03\x04"],
  ["application/x-ole-storage", 0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"],
  ["audio/wav", 8, "WAVE"],
  ["audio/mpeg", 0, "ID3"],
  ["audio/mpeg", 0, "\xff\xfb"],
  ["audio/mp4", 4, "ftypM4A"],
  ["audio/flac", 0, "fLaC"],
  ["audio/ogg", 0, "OggS"],
  ["video/mp4", 4, "ftyp"],
  ["video/webm", 0, "\x1a\x45\xdf\xa3"],
  ["application/x-executable", 0, "MZ"],
  ["application/x-executable", 0, "\x7fELF"],
  ["application/x-executable", 0, "\xcf\xfa\xed\xfe"],
  ["application/x-executable", 0, "\xca\xfe\xba\xbe"],
  ["application/x-executable", 0, "#!"],
];

/** Text that a browser might run. */
const markup = /<\s*(!doctype|html|head|body|script|svg|iframe|math|\?xml)\b|^\s*<\?xml/i;
const controls = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/;

/** What a file is by its first bytes, whatever its name says. `application/octet-stream` when nothing fits. */
export function typeOfContent(head: Uint8Array): string {
  const latin = Buffer.from(head).toString("latin1");
  const found = patterns.find(([, at, bytes]) => latin.startsWith(bytes, at));
  if (found) return found[0];
  const text = textOf(head);
  if (text === undefined) return "application/octet-stream";
  return markup.test(text) ? "text/html" : "text/plain";
}

/** The end may lie within a character. */
function textOf(head: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return controls.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Whether a list such as `["image/*", "text/plain"]` has the type. */
export const allowsType = (allowed: readonly string[], type: string): boolean =>
  allowed.some((one) => one === type || (one.endsWith("/*") && type.startsWith(one.slice(0, -1))));
