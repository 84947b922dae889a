import { createDetection } from '@dataguardian/scanner';
import { describe, expect, it } from 'vitest';
import { createSampleFiles } from '../../web/src/sample/sample-files.ts';

describe('the sample data', () => {
  it('is the same every time', async () => {
    const [one, two] = await Promise.all(
      [createSampleFiles(), createSampleFiles()].map((files) => Promise.all(files.map(({ file }) => file.text()))),
    );
    expect(one).toEqual(two);
  });

  it('shows the families of findings the product knows', async () => {
    const detection = createDetection();
    const found = new Set<string>();
    for (const { path, file } of createSampleFiles())
      for (const { category } of detection.detect(await file.text(), { path })) found.add(category);
    expect([...found].sort()).toEqual(
      expect.arrayContaining(['contact', 'credential', 'financial', 'identifier', 'online', 'special']),
    );
  });

  it('has a clean file', async () => {
    const clean = createSampleFiles().find(({ path }) => path.endsWith('README.md'));
    expect(createDetection().detect((await clean?.file.text()) ?? 'missing', { path: 'README.md' })).toEqual([]);
  });
});
