/** RFC 8292: the key pair (P-256) by which push services know this gateway; base64url, without padding. */
export interface PushKeyPair {
  /** 65 bytes, uncompressed: what pages subscribe with. */
  readonly publicKey: string;
  readonly privateKey: string;
}

/**
 * One pair, made once and kept: browsers that have subscribed with it are reached with no other. All who share the store
 * have the same.
 */
export interface PushKeys {
  /** What is kept, or what `make` makes and is kept from now on. */
  pair(make: () => PushKeyPair): Promise<PushKeyPair>;
}

export const isPushKeyPair = (value: unknown): value is PushKeyPair => {
  const { publicKey, privateKey } = (value ?? {}) as Partial<Record<keyof PushKeyPair, unknown>>;
  return isText(publicKey, 87) && isText(privateKey, 43);
};

const isText = (value: unknown, length: number): boolean =>
  typeof value === "string" && value.length === length && /^[\w-]+$/.test(value);
