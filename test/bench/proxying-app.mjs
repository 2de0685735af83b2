// The smallest proxy on drachtio-srf's public API. Usage: proxying-app.mjs HOST PORT SECRET URI
import Srf from "drachtio-srf";

const [host, port, secret, uri] = process.argv.slice(2);
const srf = new Srf();
srf.connect({ host, port: Number(port), secret });
srf.on("connect", () => console.log("connected"));
srf.invite((req) => void srf.proxyRequest(req, uri, { remainInDialog: true, handleRedirects: false }));
