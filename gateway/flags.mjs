// The command line of npm start, as settings. Plain JavaScript without dependencies: it runs before `npm ci`.

export const usage = `usage: npm start [-- options]

  (none)                 for this machine: http://localhost:8080, no passwords
  --lan                  for the local network: https with a certificate made here, links to sign in on a phone
  --domain NAME          for everybody, as https://NAME, with your certificate:
    --cert FILE            the certificate with its chain (PEM), read again when it changes
    --key FILE             its private key (PEM)

  --yes, -y              install what is missing without asking
  --help, -h             this

Everything else is a setting: docs/configuration.md lists them.
`;

/** Flags with a value, and the setting that each makes. */
const valued = { "--domain": "GATEWAY_HTTP_DOMAIN", "--cert": "GATEWAY_HTTP_CERT", "--key": "GATEWAY_HTTP_KEY" };

/** Returns `{yes, help, settings}`, or `{fault}`: what is wrong, in one line. */
export function readFlags(words) {
  const settings = {};
  let [yes, help] = [false, false];
  for (let at = 0; at < words.length; at++) {
    const [flag, joined] = split(words[at]);
    if (flag === "--help" || flag === "-h") help = true;
    else if (flag === "--yes" || flag === "-y") yes = true;
    else if (flag === "--lan") settings.GATEWAY_HTTP_LAN = "true";
    else if (valued[flag]) {
      const value = joined ?? words[++at];
      if (!value || value.startsWith("--")) return { fault: `${flag} needs a value` };
      settings[valued[flag]] = value;
    } else return { fault: `unknown option ${words[at]}` };
  }
  const fault = help ? undefined : faultOf(settings);
  return fault ? { fault } : { yes, help, settings };
}

const split = (word) => {
  const at = word.startsWith("--") ? word.indexOf("=") : -1;
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
};

function faultOf({
  GATEWAY_HTTP_LAN: lan,
  GATEWAY_HTTP_DOMAIN: domain,
  GATEWAY_HTTP_CERT: cert,
  GATEWAY_HTTP_KEY: key,
}) {
  if (lan && (domain || cert || key)) return "--lan makes its own certificate: leave --domain, --cert and --key out";
  if ((cert === undefined) !== (key === undefined)) return "--cert and --key go together";
  if (domain && !cert) return "--domain needs --cert FILE and --key FILE: the certificate for that name";
  if (cert && !domain) return "--cert and --key need --domain NAME: the name that the certificate is for";
  return undefined;
}
