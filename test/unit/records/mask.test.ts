import assert from "node:assert/strict";
import { masked, withMaskedNumbers } from "../../../gateway/records/mask.ts";

describe("masked numbers", () => {
  it("keep what tells two apart", () => {
    assert.equal(masked("+442079460958"), "+442•••••••58");
    assert.equal(masked("020 7946 0958"), "020 •••• ••58");
  });

  it("are covered wherever they stand, in any of their writings", () => {
    const story = {
      to: "+442079460958",
      line: "INVITE sip:+442079460958@198.51.100.7:5060 SIP/2.0",
      headers: [
        ["From", '"+33186260010" <sip:+33186260010@offhook.test>;tag=1'],
        ["P-Asserted-Identity", "<tel:+33186260010>"],
      ],
      text: "442079460958 was not called",
    };
    assert.deepEqual(withMaskedNumbers(story), {
      to: "+442•••••••58",
      line: "INVITE sip:+442•••••••58@198.51.100.7:5060 SIP/2.0",
      headers: [
        ["From", '"+331••••••10" <sip:+331••••••10@offhook.test>;tag=1'],
        ["P-Asserted-Identity", "<tel:+331••••••10>"],
      ],
      text: "442•••••••58 was not called",
    });
  });

  it("are no addresses, times or counts", () => {
    const story = {
      at: 1_795_406_380_697,
      address: "198.51.100.7",
      contact: "<sip:198.51.100.7:5060>",
      cseq: "19206560 INVITE",
      text: "1893 packets to 198.51.100.7:40122",
      user: "alice@a.example",
      short: "600",
    };
    assert.deepEqual(withMaskedNumbers(story), story);
  });
});
