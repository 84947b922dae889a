import { execFileSync } from 'node:child_process';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { strToU8, zipSync, type Zippable } from 'fflate';
import { pack } from 'tar-stream';
import { afterEach, describe, expect, it } from 'vitest';
import { folderWith, scanAll, type Scanned, type TestFolder } from '../scan/scan-world.ts';
import { minimalPdf } from './minimal-pdf.ts';

let folder: TestFolder;
afterEach(() => folder.remove());

const BSN_LINE = 'BSN: 111222333\n';

async function scanFile(name: string, content: string | Uint8Array, options = {}): Promise<Scanned> {
  folder = folderWith({ [name]: content });
  return scanAll({ kind: 'path', path: join(folder.path, name) }, options);
}
const places = ({ findings }: Scanned): readonly string[] =>
  findings.map(({ type, location }) => `${type} ${location.item}`);
const skips = ({ skipped }: Scanned): readonly string[] => skipped.map(({ item, code }) => `${code} ${item}`);

function zip(entries: Readonly<Record<string, string | Uint8Array>>): Uint8Array {
  const files: Zippable = {};
  for (const [name, content] of Object.entries(entries))
    files[name] = typeof content === 'string' ? strToU8(content) : content;
  return zipSync(files);
}

function tar(entries: Readonly<Record<string, string>>, links: Readonly<Record<string, string>> = {}): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(entries)) archive.entry({ name }, content);
  for (const [name, linkname] of Object.entries(links)) archive.entry({ name, type: 'symlink', linkname });
  archive.finalize();
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    archive.on('data', (part: unknown) => parts.push(part as Buffer));
    archive.on('end', () => resolve(Buffer.concat(parts)));
    archive.on('error', reject);
  });
}

describe('archives', () => {
  it('are read entry by entry, nested ones too', async () => {
    const inner = zip({ 'deep/a.txt': BSN_LINE });
    expect(places(await scanFile('outer.zip', zip({ 'b.txt': BSN_LINE, 'inner.zip': inner })))).toEqual([
      'BSN outer.zip!/b.txt',
      'BSN outer.zip!/inner.zip!/deep/a.txt',
    ]);
  });

  it('include tar, also packed by gzip and zstd, and single packed files', async () => {
    const plain = await tar({ 'x/a.txt': BSN_LINE, 'x/b.txt': 'none', 'c.txt': BSN_LINE });
    expect(places(await scanFile('a.tar', plain))).toEqual(['BSN a.tar!/x/a.txt', 'BSN a.tar!/c.txt']);
    folder.remove();
    expect(places(await scanFile('a.tar.gz', gzipSync(plain)))).toEqual([
      'BSN a.tar.gz!/x/a.txt',
      'BSN a.tar.gz!/c.txt',
    ]);
    folder.remove();
    expect(places(await scanFile('a.tar.zst', zstdCompressSync(plain)))).toHaveLength(2);
    folder.remove();
    expect(places(await scanFile('day.log.gz', gzipSync(BSN_LINE)))).toEqual(['BSN day.log.gz!/day.log']);
  });

  it('deeper than the limit are reported', async () => {
    let content = zip({ 'a.txt': BSN_LINE });
    for (let level = 3; level >= 1; level--) content = zip({ [`level${level}.zip`]: content });
    const scanned = await scanFile('level0.zip', content);
    expect(places(scanned)).toEqual([]);
    expect(skips(scanned)).toEqual(['ARCHIVE_DEPTH level0.zip!/level1.zip!/level2.zip!/level3.zip!/a.txt']);
  });

  it('that are bombs are stopped and reported', async () => {
    const zeros = new Uint8Array(30_000_000).fill(97);
    const scanned = await scanFile('bomb.zip', zip({ 'a.txt': zeros, 'b.txt': BSN_LINE }));
    expect(skips(scanned)).toEqual(['ARCHIVE_RATIO bomb.zip!/a.txt']);
    expect(places(scanned)).toEqual(['BSN bomb.zip!/b.txt']);
    folder.remove();
    expect(skips(await scanFile('bomb.gz', gzipSync(zeros)))).toEqual(['ARCHIVE_RATIO bomb.gz!/bomb']);
  });

  it('are bounded in total size and number of entries', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [`${index}.txt`, `${index} `.repeat(50_000)]),
    );
    const large = await scanFile('large.zip', zip(many), { limits: { maxExpandedBytes: 1_000_000 } });
    expect(skips(large)).toEqual([expect.stringMatching(/^ARCHIVE_SIZE large\.zip!\/\d+\.txt$/)]);
    folder.remove();
    const counted = await scanFile('many.zip', zip(many), { limits: { maxArchiveEntries: 10 } });
    expect(skips(counted)).toEqual(['ARCHIVE_ENTRIES many.zip']);
  });

  it('with names that lead out of them are read around and reported', async () => {
    const scanned = await scanFile(
      'slip.zip',
      zip({ '../../evil.txt': BSN_LINE, '/abs.txt': BSN_LINE, 'C:\\win.txt': 'x', 'ok.txt': BSN_LINE }),
    );
    expect(places(scanned)).toEqual(['BSN slip.zip!/ok.txt']);
    expect(skips(scanned).map((skip) => skip.split(' ')[0])).toEqual(['UNSAFE_NAME', 'UNSAFE_NAME', 'UNSAFE_NAME']);
    folder.remove();
    const tarred = await scanFile(
      'slip.tar',
      await tar({ '../evil.txt': BSN_LINE, 'ok.txt': BSN_LINE }, { link: '../../etc/passwd' }),
    );
    expect(places(tarred)).toEqual(['BSN slip.tar!/ok.txt']);
    expect(skips(tarred)).toEqual(['UNSAFE_NAME slip.tar!/../evil.txt', 'UNSAFE_NAME slip.tar!/link']);
  });

  it('that are cut off or encrypted are reported', async () => {
    const whole = zip({ 'a.txt': BSN_LINE });
    expect(skips(await scanFile('cut.zip', whole.subarray(0, whole.length - 30)))).toEqual(['BROKEN cut.zip']);
    folder.remove();
    const locked = Buffer.from(whole);
    // Sets the encryption bit in the local and the central header.
    locked.writeUInt16LE(locked.readUInt16LE(6) | 1, 6);
    const central = locked.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
    locked.writeUInt16LE(locked.readUInt16LE(central + 8) | 1, central + 8);
    expect(skips(await scanFile('locked.zip', locked))).toEqual(['ENCRYPTED locked.zip!/a.txt']);
  });
});

describe('documents', () => {
  it('DOCX: text of body and footer, also when split into runs', async () => {
    const body =
      '<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>BSN: 111</w:t></w:r><w:r><w:t>222333</w:t></w:r></w:p></w:body></w:document>';
    const footer = '<w:ftr xmlns:w="w"><w:p><w:r><w:t>mail jan@example.org</w:t></w:r></w:p></w:ftr>';
    const scanned = await scanFile(
      'letter.docx',
      zip({ '[Content_Types].xml': '<Types/>', 'word/document.xml': body, 'word/footer1.xml': footer }),
    );
    expect(scanned.findings.map(({ type, location }) => [type, location.part])).toEqual([
      ['BSN', 'document'],
      ['EMAIL', 'footer1'],
    ]);
  });

  it('XLSX: values with their sheet, column name and row', async () => {
    const sheet = `<worksheet><sheetData>
      <row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>
      <row r="2"><c r="A2" t="inlineStr"><is><t>Jan</t></is></c><c r="B2"><v>111222333</v></c></row></sheetData></worksheet>`;
    const scanned = await scanFile(
      'staff.xlsx',
      zip({
        '[Content_Types].xml': '<Types/>',
        'xl/workbook.xml':
          '<workbook xmlns:r="r"><sheets><sheet name="Staff" sheetId="1" r:id="rId1"/></sheets></workbook>',
        'xl/_rels/workbook.xml.rels':
          '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
        'xl/sharedStrings.xml': '<sst><si><t>naam</t></si><si><t>bsn</t></si></sst>',
        'xl/worksheets/sheet1.xml': sheet,
      }),
    );
    expect(scanned.findings.find(({ type }) => type === 'BSN')?.location).toEqual({
      item: 'staff.xlsx',
      part: 'Staff',
      field: 'bsn',
      row: 2,
    });
  });

  it('PPTX: slides and notes', async () => {
    const slide = '<p:sld xmlns:a="a" xmlns:p="p"><a:p><a:r><a:t>BSN: 111222333</a:t></a:r></a:p></p:sld>';
    const scanned = await scanFile(
      'talk.pptx',
      zip({ '[Content_Types].xml': '<Types/>', 'ppt/slides/slide3.xml': slide }),
    );
    expect(scanned.findings.map(({ location }) => location.page)).toEqual([3]);
  });

  it('ODT and ODS: paragraphs and table rows; encrypted ones are reported', async () => {
    const manifest = '<manifest:manifest xmlns:manifest="m"/>';
    const text = '<o xmlns:text="t"><text:p>BSN: 111222333</text:p></o>';
    expect(places(await scanFile('a.odt', zip({ 'META-INF/manifest.xml': manifest, 'content.xml': text })))).toEqual([
      'BSN a.odt',
    ]);
    folder.remove();
    const row = (...cells: string[]): string =>
      `<table:table-row>${cells.map((cell) => `<table:table-cell><text:p>${cell}</text:p></table:table-cell>`).join('')}</table:table-row>`;
    const table = `<o xmlns:table="b" xmlns:text="t"><table:table table:name="Blad1">${row('naam', 'bsn')}${row('x', '111222333')}</table:table></o>`;
    const sheet = await scanFile('a.ods', zip({ 'META-INF/manifest.xml': manifest, 'content.xml': table }));
    expect(sheet.findings[0]?.location).toEqual({ item: 'a.ods', part: 'Blad1', field: 'bsn', row: 2 });
    folder.remove();
    const locked = '<manifest:manifest xmlns:manifest="m"><manifest:encryption-data/></manifest:manifest>';
    expect(skips(await scanFile('b.odt', zip({ 'META-INF/manifest.xml': locked, 'content.xml': 'noise' })))).toEqual([
      'ENCRYPTED b.odt',
    ]);
  });

  it('password-protected DOCX is told from old Office formats', async () => {
    const compound = Buffer.alloc(4096);
    Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(compound);
    expect(skips(await scanFile('old.doc', compound))).toEqual(['UNSUPPORTED old.doc']);
    folder.remove();
    compound.write('EncryptedPackage', 2048, 'utf16le');
    expect(skips(await scanFile('locked.docx', compound))).toEqual(['ENCRYPTED locked.docx']);
  });

  it('PDF: pages with their number; protected and empty ones are reported', async () => {
    const scanned = await scanFile('a.pdf', minimalPdf(['nothing', 'BSN: 111222333']));
    expect(scanned.findings.map(({ type, location }) => [type, location.page])).toEqual([['BSN', 2]]);
    folder.remove();
    expect(skips(await scanFile('b.pdf', minimalPdf([''])))).toEqual(['NO_TEXT b.pdf']);
    folder.remove();
    expect(skips(await scanFile('c.pdf', minimalPdf(['secret'], { isEncrypted: true })))).toEqual(['ENCRYPTED c.pdf']);
    folder.remove();
    expect(skips(await scanFile('d.pdf', '%PDF-1.7 and then nothing'))).toEqual(['BROKEN d.pdf']);
  });

  it('e-mail and mailboxes: headers, encoded text and attachments', async () => {
    const mail = [
      'From: Jan <jan@example.org>',
      'To: piet@example.net',
      'Subject: x',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(BSN_LINE).toString('base64'),
      '--b',
      'Content-Disposition: attachment; filename=a.txt',
      '',
      BSN_LINE,
      '--b--',
      '',
    ].join('\r\n');
    expect(places(await scanFile('a.eml', mail))).toEqual(
      expect.arrayContaining(['EMAIL a.eml', 'BSN a.eml', 'BSN a.eml!/a.txt']),
    );
    folder.remove();
    const box = `From jan Mon\n${mail}\n\nFrom piet Tue\n${mail}\n`;
    const scanned = places(await scanFile('all.mbox', box));
    expect(scanned).toContain('BSN all.mbox!/message-1.eml!/a.txt');
    expect(scanned).toContain('BSN all.mbox!/message-2.eml');
  });

  it('SQLite files: table, column and row, without a trace beside the file', async () => {
    folder = folderWith();
    const database = new DatabaseSync(join(folder.path, 'app.db'));
    database.exec("create table person (id integer, bsn text); insert into person values (1, 'x'), (2, '111222333')");
    database.close();
    const { findings } = await scanAll({ kind: 'path', path: folder.path });
    expect(findings.map(({ location }) => location)).toEqual([{ item: 'app.db!/person', field: 'bsn', row: 2 }]);
    expect(execFileSync('ls', [folder.path], { encoding: 'utf8' }).trim()).toBe('app.db');
  });
});
