import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sampleDocuments } from './sample-documents.ts';

/** Writes the sample data set: invented documents of an invented Dutch company. */
export async function writeSampleData(folder: string): Promise<{ readonly files: number; readonly bytes: number }> {
  const documents = sampleDocuments();
  let bytes = 0;
  for (const { path, text } of documents) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await writeFile(target, text, { mode: 0o600 });
    bytes += Buffer.byteLength(text);
  }
  return { files: documents.length, bytes };
}
