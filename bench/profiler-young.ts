/** Megabytes of the young generation. */
const YOUNG_MB = 16;

/**
 * Flags that give all servers a young generation of the same size: V8 lets it grow by what happens to live when it is
 * collected, so that one of two equal processes collects half as often as the other, which is 1% of its processor time.
 */
export const YOUNG_FLAGS: readonly string[] = [
  `--min-semi-space-size=${YOUNG_MB}`,
  `--max-semi-space-size=${YOUNG_MB}`,
];
