/** Compact forms: RFC 3261 7.3.3 and the IANA registry (RFC 3515, 3841, 3892, 4028, 4474, 6665, 8224). */
const compact: Readonly<Record<string, string>> = {
  a: "Accept-Contact",
  b: "Referred-By",
  c: "Content-Type",
  d: "Request-Disposition",
  e: "Content-Encoding",
  f: "From",
  i: "Call-ID",
  j: "Reject-Contact",
  k: "Supported",
  l: "Content-Length",
  m: "Contact",
  n: "Identity-Info",
  o: "Event",
  r: "Refer-To",
  s: "Subject",
  t: "To",
  u: "Allow-Events",
  v: "Via",
  x: "Session-Expires",
  y: "Identity",
};

/** Names whose spelling is not "a capital after each hyphen". */
const irregular: readonly string[] = [
  "Call-ID",
  "CSeq",
  "MIME-Version",
  "WWW-Authenticate",
  "RAck",
  "RSeq",
  "SIP-ETag",
  "SIP-If-Match",
  "P-DCS-Trace-Party-ID",
  "Session-ID",
];

/** A header name in its two forms: `key` for comparing (lower case, long), `name` for printing. */
export interface HeaderName {
  readonly key: string;
  readonly name: string;
}

const known = new Map<string, HeaderName>();
for (const name of irregular) known.set(name.toLowerCase(), { key: name.toLowerCase(), name });
for (const [short, name] of Object.entries(compact)) known.set(short, { key: name.toLowerCase(), name });

/** As they stand in messages: spelling → name. Bounded, because names come from outside. */
const spellings = new Map<string, HeaderName>();
const maxSpellings = 500;

/** The name that `spelling` (any case, long or compact) stands for. Private `X-` names keep their spelling. */
export function headerName(spelling: string): HeaderName {
  const found = spellings.get(spelling);
  if (found) return found;
  const made = resolve(spelling);
  if (spellings.size < maxSpellings) spellings.set(spelling, made);
  return made;
}

/** The comparing form of a header name: lower case, compact forms made long. */
export function headerKey(spelling: string): string {
  return headerName(spelling).key;
}

function resolve(spelling: string): HeaderName {
  const lower = spelling.toLowerCase();
  const name = known.get(lower);
  if (name) return name;
  return { key: lower, name: lower.startsWith("x-") ? spelling : capitalised(lower) };
}

function capitalised(lower: string): string {
  return lower.replace(/(^|-)([a-z])/g, (_, hyphen: string, letter: string) => hyphen + letter.toUpperCase());
}

/** Headers that hold one challenge or one set of credentials a line and are never joined (RFC 3261 7.3.1). */
export const authenticationHeaders: ReadonlySet<string> = new Set([
  "www-authenticate",
  "proxy-authenticate",
  "authorization",
  "proxy-authorization",
]);

/** Headers of which a message has one at most; two of them are an attack or a defect. */
export const singleHeaders: ReadonlySet<string> = new Set([
  "from",
  "to",
  "call-id",
  "cseq",
  "max-forwards",
  "content-length",
  "content-type",
  "expires",
  "rack",
  "rseq",
]);
