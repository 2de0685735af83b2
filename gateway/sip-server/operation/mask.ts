/** What may stand in a log of a header that carries credentials. */
const open: ReadonlySet<string> = new Set(["username", "realm", "uri", "algorithm", "qop", "nc"]);

const credentials = /^((?:proxy-)?authorization|authentication-info)([ \t]*:[ \t]*)(.*)$/gim;
/** RFC 4568: the key of a media stream. */
const mediaKeys = /^(a=crypto:.*?inline:)[^|\s]+/gim;

/** A message without what would let its reader pass for somebody else, or listen. */
export function withoutSecrets(text: string): string {
  return text
    .replace(/\r\n[ \t]+/g, " ")
    .replace(credentials, (_, name: string, colon: string, value: string) => name + colon + masked(name, value))
    .replace(mediaKeys, "$1***");
}

function masked(name: string, value: string): string {
  const asParameters = /^digest\s/i.test(value) || /^authentication-info$/i.test(name);
  if (!asParameters) return `${value.split(/\s/)[0] ?? ""} ***`;
  return value.replace(/([\w-]+)[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|[^,\s]*)/g, parameter);
}

function parameter(whole: string, name: string): string {
  return open.has(name.toLowerCase()) ? whole : `${name}=***`;
}
