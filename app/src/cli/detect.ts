import { once } from 'node:events';
import { Command } from 'commander';
import { createDetection } from '@dataguardian/scanner';
import { answerLines } from './detect-lines.ts';

const EXAMPLES = `
Examples:
  $ echo '{"id":1,"text":"BSN: 111222333"}' | dataguardian detect
  {"id":1,"findings":[{"type":"BSN","start":5,"end":14,"score":0.99,"category":"identifier"}]}
  $ dataguardian detect < requests.jsonl > answers.jsonl

A line may also carry "path" or "column" as a hint. Offsets count UTF-16 code units.
A line that cannot be answered is answered by {"id":...,"line":N,"error":"..."} in its place.
`;

/** Output is gathered to writes of this size. */
const WRITE_CHARS = 65_536;

/** The command `dataguardian detect`. */
export function detectCommand(): Command {
  return new Command('detect')
    .description('Answer JSON lines {"id","text"} from standard input with their findings')
    .option('--types <list>', 'look for these types only, separated by commas')
    .option('--minimum-score <score>', 'least certain finding to report, 0 to 1')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: { types?: string; minimumScore?: string }) => {
      const detection = createDetection({
        ...(flags.types === undefined ? {} : { types: flags.types.split(',').map((type) => type.trim()) }),
        ...(flags.minimumScore === undefined ? {} : { minimumScore: Number(flags.minimumScore) }),
      });
      let isGone = false;
      process.stdout.on('error', () => {
        isGone = true;
      });
      process.stdin.setEncoding('utf8');
      let pending = '';
      const flush = async (): Promise<void> => {
        if (pending === '') return;
        const text = pending;
        pending = '';
        if (!process.stdout.write(text))
          await Promise.race([once(process.stdout, 'drain'), once(process.stdout, 'close')]);
      };
      for await (const line of answerLines(flushBeforeWaiting(process.stdin, flush), detection)) {
        pending += line;
        if (pending.length >= WRITE_CHARS) await flush();
        if (isGone) return;
      }
      await flush();
    });
}

/** Hands the input on; before each wait for more of it, what is answered goes out, so that a dialogue never stalls. */
async function* flushBeforeWaiting(input: AsyncIterable<string>, flush: () => Promise<void>): AsyncGenerator<string> {
  for await (const piece of input) {
    yield piece;
    await flush();
  }
}
