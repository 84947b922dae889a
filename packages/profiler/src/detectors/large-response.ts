import type { Detector } from '../bottlenecks.ts';
import { toTypical } from './typical.ts';

/** A megabyte takes 0.8 s at 10 Mbit/s; nobody reads that much JSON or HTML at once. */
const LARGE_BYTES = 1_000_000;
const FEWEST = 3;
const TEXT = /json|html|xml|^text\/plain$/;

/**
 * Rule: half of a route's answers are texts (JSON, HTML, XML) of a megabyte or more, and at least three were. Downloads,
 * images and streams may be large.
 */
export const largeResponse: Detector = {
  rule: 'large-response',
  detect: ({ traces, hotLines }) =>
    toTypical(
      traces.filter(({ kind }) => kind === 'request'),
      ({ bytes, mediaType }) =>
        new Map<string, number>(bytes >= LARGE_BYTES && TEXT.test(mediaType) ? [[mediaType, bytes]] : []),
    )
      .filter(({ parts }) => parts.length >= FEWEST)
      .map(({ route, parts, since }) => {
        const meanBytes = parts.reduce((sum, bytes) => sum + bytes, 0) / parts.length;
        const printed = hotLines.find((line) => line.route === route && line.cause === 'json');
        return {
          rule: 'large-response',
          subject: route,
          severity: meanBytes >= LARGE_BYTES * 10 ? 'high' : 'medium',
          title: `${route} answers with ${(meanBytes / 1e6).toFixed(1)} MB`,
          evidence: {
            meanBytes,
            responseCount: parts.length,
            ...(printed === undefined ? {} : { jsonMs: printed.durationMs }),
          },
          location: undefined,
          share: 0,
          since,
        };
      }),
};
