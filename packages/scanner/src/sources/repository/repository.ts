import { existsSync } from 'node:fs';
import type { BlobItem } from '../../chunk.ts';
import type { ChunkSession } from '../../chunk-session.ts';
import { ScannerError } from '../../errors.ts';
import type { ScanLimits } from '../../options.ts';
import type { ReadSteps } from '../../read/item-context.ts';
import { readItem } from '../../read/read-item.ts';
import { createStreamInput } from '../../read/stream-input.ts';
import type { RepositorySource } from '../../source-spec.ts';
import { createFilesSource } from '../files.ts';
import type { Source, UnnumberedChunk } from '../source.ts';
import { checkHost, parseHttpUrl } from '../website/address-guard.ts';
import { createBlobReader } from './blob-reader.ts';
import { withClone } from './clone.ts';
import { listHistory, listModified, listTree, resolveCommit } from './list-blobs.ts';

/** A git repository: on disk its working tree, one commit of it, or its whole history; from an address a clone. */
export function createRepositorySource(spec: RepositorySource): Source {
  if (spec.url !== undefined) return createCloneSource(spec, spec.url);
  if (spec.path === undefined) throw new ScannerError('SCANNER_SOURCE_INVALID', 'a repository needs `url` or `path`');
  return createLocalSource(spec, spec.path);
}

function createLocalSource(spec: RepositorySource, path: string): Source {
  const files = createFilesSource({ kind: 'path', path });
  return {
    async *plan(options) {
      if (!existsSync(path)) throw new ScannerError('SCANNER_PATH_NOT_FOUND', path);
      if (spec.ref !== undefined) {
        yield* gatherBlobChunks(listRef(path, spec, spec.ref), options.limits);
        return;
      }
      yield* files.plan(options);
      if (spec.history !== true) return;
      const head = await resolveCommit(path, 'HEAD');
      const current = await listUntouched(path, head);
      yield* gatherBlobChunks(listHistory(path, '--all', current), options.limits);
    },
    async *read(chunk, session) {
      if (chunk.kind === 'blobs') yield* readBlobs(path, chunk.items, session);
      else yield* files.read(chunk, session);
    },
  };
}

function createCloneSource(spec: RepositorySource, url: string): Source {
  return {
    async *plan() {
      await checkHost(parseHttpUrl(url), { allowPrivate: spec.allowPrivate === true });
      yield { kind: 'clone', items: [{ url }], estimatedBytes: 0 };
    },
    async *read(_chunk, session) {
      yield* withClone(spec, session.options.signal, async function* (folder) {
        const items: BlobItem[] = [];
        let totalBytes = 0;
        for await (const item of listRef(folder, spec, 'HEAD')) {
          items.push(item);
          totalBytes += item.bytes;
        }
        session.emit({ kind: 'planned', totalBytes, totalItems: items.length - 1 });
        yield* readBlobs(folder, items, session);
      });
    },
  };
}

async function* listRef(repository: string, spec: RepositorySource, ref: string): AsyncGenerator<BlobItem> {
  const commit = await resolveCommit(repository, ref);
  const current = new Set<string>();
  for await (const item of listTree(repository, commit)) {
    current.add(item.blob);
    yield item;
  }
  if (spec.history === true) yield* listHistory(repository, commit, current);
}

/** The contents that the working tree shows as they are committed, which therefore need no second look. */
async function listUntouched(repository: string, head: string): Promise<ReadonlySet<string>> {
  const modified = await listModified(repository);
  const untouched = new Set<string>();
  for await (const { blob, path } of listTree(repository, head)) if (!modified.has(path)) untouched.add(blob);
  return untouched;
}

async function* gatherBlobChunks(
  blobs: AsyncIterable<BlobItem>,
  limits: ScanLimits,
): AsyncGenerator<UnnumberedChunk & { readonly kind: 'blobs' }> {
  let items: BlobItem[] = [];
  let estimatedBytes = 0;
  for await (const blob of blobs) {
    items.push(blob);
    estimatedBytes += blob.bytes;
    if (estimatedBytes < limits.chunkBytes && items.length < limits.chunkItems) continue;
    yield { kind: 'blobs', items, estimatedBytes };
    items = [];
    estimatedBytes = 0;
  }
  if (items.length > 0) yield { kind: 'blobs', items, estimatedBytes };
}

async function* readBlobs(repository: string, items: readonly BlobItem[], session: ChunkSession): ReadSteps {
  const blobs = createBlobReader(repository);
  try {
    for (const { blob, path, commit, bytes } of items) {
      const pieces = blobs.read(blob);
      yield* session.item(
        path,
        bytes,
        (context) => readItem(createStreamInput(path, lend(pieces), context.limits), context),
        { commit },
      );
      for (let rest = await pieces.next(); rest.done !== true; rest = await pieces.next());
      yield;
    }
  } finally {
    await blobs.close();
  }
}

/** Hands pieces on without ending the stream they come from when the reader stops early. */
async function* lend(pieces: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
}
