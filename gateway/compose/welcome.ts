import { testNumbers } from "../switchboard/test-numbers.ts";
import type { FrontDoor } from "./front-door.ts";
import { phoneServer, type Gateway } from "./gateway.ts";
import { invitations } from "./invitations.ts";

/** What a person who just started the gateway needs to know. */
export async function welcomeText(gateway: Gateway, notes: readonly string[]): Promise<string> {
  const { door, httpPort, mediaMissing } = gateway;
  const lines = [
    "",
    "Offhook is running.",
    ...notes.map((note) => `  ${note}`),
    ...(mediaMissing ? [`  No calls yet: ${mediaMissing}`] : []),
    ...(door.warning ? [`  ${door.warning}`] : []),
    "",
    ...row("Page", pagesOf(door, httpPort)),
    ...people(gateway),
    "",
    ...row(
      "Test numbers",
      testNumbers.map(({ number, text }) => `${number}  ${text}`),
    ),
    "",
    ...(door.mode === "lan" ? [...(await invitations(gateway)), ""] : []),
    ...row("Try first", [firstSteps[door.mode]]),
    ...row("Stop", ["Ctrl-C"]),
    "",
  ];
  return `${lines.join("\n")}\n`;
}

const firstSteps = {
  local: "Open the page, sign in as Alice, call 600 and say something.",
  lan: "Open the page on a phone by its link, call 600 and say something.",
  tls: "Open the page, sign in, call 600 and say something.",
} as const;

function pagesOf({ mode, address }: Pick<FrontDoor, "mode" | "address">, port: number): string[] {
  return mode === "lan" ? [address(port), `http://localhost:${port}  on this machine`] : [address(port)];
}

function people(gateway: Gateway): string[] {
  const { made, sip, domain, accounts } = gateway;
  const server = phoneServer(sip);
  if (!made && accounts === 0) return row("Accounts", nobody(domain));
  if (!made) return row("Softphones", [`register at ${server}, domain ${domain}`]);
  return [
    ...row(
      "Web users",
      made.pages.map(({ user, name }) => `${name} (${user}), no password on this machine`),
    ),
    ...row(
      "Softphones",
      made.phones.map(({ user, password }) => `${user}  password ${password}  server ${server}`),
    ),
  ];
}

/** Nobody signs in to a public address without a password. */
const nobody = (domain: string): string[] => [
  "Nobody can sign in yet. Make an account:",
  `  npm run -s account -- somebody@${domain}`,
  "and put what it prints under accounts: in the file that GATEWAY_CONFIG names.",
];

const row = (title: string, texts: readonly string[]): string[] =>
  texts.map((text, index) => `  ${(index === 0 ? title : "").padEnd(13)}${text}`);
