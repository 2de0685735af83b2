// Calls a URI and hangs up. Usage: uac.mjs HOST PORT SECRET URI
import Srf from "drachtio-srf";

const [host, port, secret, uri] = process.argv.slice(2);
const srf = new Srf();
srf.connect({ host, port: Number(port), secret });
srf.on("error", (fault) => console.log(`error ${fault.message}`));
srf.on("connect", async () => {
  try {
    const sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
    const dialog = await srf.createUAC(uri, { localSdp: sdp, callingNumber: "1000" });
    console.log(`answered ${dialog.remote.sdp.length > 0}`);
    await dialog.destroy();
    console.log("ended");
  } catch (fault) {
    console.log(`failed ${fault.status ?? fault.message}`);
  }
  srf.disconnect();
});
