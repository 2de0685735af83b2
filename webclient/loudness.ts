/** What counts as silence, in dB below full scale. */
const floorDb = -60;

/** Loudness of samples between -1 and 1 as a share of what an ear would call full: 0 silence, 1 full scale. */
export function loudness(samples: Float32Array): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  if (!(power > 0)) return 0;
  const db = 10 * Math.log10(power * 2); // a full-scale sine has the power 1/2
  return Math.min(1, Math.max(0, 1 - db / floorDb));
}
