import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createDetection } from '../packages/scanner/src/index.ts';
import { createCorpus } from '../packages/scanner/test/detection/corpus/corpus.ts';
import { measureAccuracy, toRates } from '../packages/scanner/test/detection/corpus/measure.ts';

const seed = Number(process.env['SEED'] ?? 20_261_123);
const count = Number(process.env['DOCUMENTS'] ?? 2000);
const cleanLimitBytes = Number(process.env['CLEAN_MB'] ?? 12) * 1e6;
const detection = createDetection();

/** Kinds whose finding in public code is a mistake; names, addresses and login names of authors are really there. */
const HARD =
  /^(?!PERSON|ORG|LOCATION|DATE|DOB|URL|EMAIL|ADDRESS|AGE|POSTCODE|IP$|USERNAME|GEO|HEALTH|RELIGION|POLITICS|ETHNICITY|UNION|ORIENTATION|BIOMETRIC|GENETIC|CRIMINAL)/;

const percent = (ratio: number): string => `${(ratio * 100).toFixed(2)} %`;

function benchAccuracy(): void {
  const documents = createCorpus(seed, count);
  const bytes = documents.reduce((sum, document) => sum + document.text.length, 0);
  measureAccuracy(documents.slice(0, 200), (text) => detection.detect(text));
  const from = performance.now();
  for (const document of documents) detection.detect(document.text);
  const ms = performance.now() - from;
  const accuracy = measureAccuracy(documents, (text) => detection.detect(text));
  console.log(
    `seed ${seed}, ${count} documents, ${(bytes / 1e6).toFixed(2)} MB dense with personal data, ${(bytes / 1e3 / ms).toFixed(2)} MB/s`,
  );
  for (const [type, score] of [...accuracy.byType].toSorted(([one], [other]) => one.localeCompare(other))) {
    const { precision, recall, f1 } = toRates(score);
    console.log(
      `  ${type.padEnd(20)} P ${percent(precision).padStart(9)}  R ${percent(recall).padStart(9)}  F1 ${percent(f1).padStart(9)}  (${score.truePositives + score.falseNegatives})`,
    );
  }
  const { precision, recall, f1 } = toRates(accuracy.total);
  console.log(
    `  all: P ${percent(precision)}  R ${percent(recall)}  F1 ${percent(f1)}; look-alikes reported ${accuracy.lookAlikesReported} of ${accuracy.lookAlikes} = ${percent(accuracy.lookAlikesReported / accuracy.lookAlikes)}`,
  );
  for (const mistake of accuracy.mistakes.slice(0, Number(process.env['MISTAKES'] ?? 0))) console.log(`    ${mistake}`);
}

function* cleanFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* cleanFiles(path);
    else if (/\.(?:[cm]?js|d\.ts|md|json)$/.test(entry.name) && statSync(path).size < 600_000) yield path;
  }
}

function benchClean(): void {
  const root = new URL('../node_modules/', import.meta.url).pathname;
  // Test vectors of identifiers and lists of names are no clean text.
  const packages = readdirSync(root).filter((name) => !/^\.|dataguardian|stdnum|faker|libphonenumber/.test(name));
  let bytes = 0;
  let ms = 0;
  const counts = new Map<string, number>();
  const samples: string[] = [];
  for (const name of packages) {
    let ofPackage = 0;
    for (const path of cleanFiles(join(root, name))) {
      if (bytes > cleanLimitBytes || ofPackage > cleanLimitBytes / 30) break;
      const text = readFileSync(path, 'utf8');
      bytes += text.length;
      ofPackage += text.length;
      const from = performance.now();
      const findings = detection.detect(text, { path });
      ms += performance.now() - from;
      for (const finding of findings) {
        counts.set(finding.type, (counts.get(finding.type) ?? 0) + 1);
        if (HARD.test(finding.type))
          samples.push(
            `${finding.type} ${path.slice(root.length)}: ${text
              .slice(Math.max(0, finding.start - 40), finding.end + 10)
              .replace(/\s+/g, ' ')
              .slice(0, 140)}`,
          );
      }
    }
  }
  console.log(
    `clean code and docs: ${(bytes / 1e6).toFixed(1)} MB, ${(bytes / 1e3 / ms).toFixed(2)} MB/s, false identifiers and secrets ${samples.length} = ${((samples.length / bytes) * 1e6).toFixed(3)} per MB`,
  );
  console.log(
    `  all findings: ${[...counts]
      .toSorted(([, one], [, other]) => other - one)
      .map(([type, total]) => `${type} ${total}`)
      .join(', ')}`,
  );
  for (const sample of samples.slice(0, Number(process.env['MISTAKES'] ?? 0))) console.log(`    ${sample}`);
}

benchAccuracy();
benchClean();
