import { SipSyntaxError } from "./grammar.ts";

/** RFC 3261 20.16. */
export interface CSeq {
  readonly number: number;
  readonly method: string;
}

/** RFC 3262 7.2: which provisional response a PRACK acknowledges. */
export interface RAck {
  readonly rseq: number;
  readonly cseq: CSeq;
}

/** @throws SipSyntaxError `cseq`; RFC 3261 8.1.1.5 limits the number to 31 bits */
export function parseCSeq(text: string): CSeq {
  const match = /^(\d{1,10})\s+([A-Za-z0-9\-.!%*_+`'~]+)$/.exec(text);
  const number = Number(match?.[1]);
  if (!match?.[2] || number >= 2 ** 31) throw new SipSyntaxError("cseq", "CSeq is not a number and a method");
  return { number, method: match[2] };
}

export function printCSeq(cseq: CSeq): string {
  return `${cseq.number} ${cseq.method}`;
}

/** @throws SipSyntaxError `rack` */
export function parseRAck(text: string): RAck {
  // Some peers repeat the method ("1 1 INVITE INVITE"); what follows the first one is ignored.
  const match = /^(\d{1,10})\s+(\d+\s+\S+)/.exec(text);
  if (!match?.[1] || !match[2]) throw new SipSyntaxError("rack", "RAck is not two numbers and a method");
  return { rseq: Number(match[1]), cseq: parseCSeq(match[2]) };
}

export function printRAck(rack: RAck): string {
  return `${rack.rseq} ${printCSeq(rack.cseq)}`;
}
