import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { SCANNERS } from '../../server/access.ts';
import { principalOf } from '../../server/access-control.ts';
import type { AppContext } from '../../server/context.ts';
import { Problem, badRequest } from '../../server/problem.ts';
import { withTenant } from '../../server/tenant.ts';
import { uploadFolder } from '../../worker/scan-source.ts';
import { LEAST_FREE_BYTES, assertDiskSpace, diskFull } from '../scans/service.ts';
import { deleteUploadFiles, freeBytes, toSafeRelativePath, writeUploadedFile } from './upload-store.ts';

/** Bounds of one upload. */
export interface UploadLimits {
  /** @defaultValue 5 GB */
  readonly maxFileBytes: number;
  /** @defaultValue 20 GB */
  readonly maxTotalBytes: number;
  /** @defaultValue 50_000 */
  readonly maxFiles: number;
}

/** What an upload may hold unless said otherwise. */
export const DEFAULT_UPLOAD_LIMITS: UploadLimits = {
  maxFileBytes: 5_000_000_000,
  maxTotalBytes: 20_000_000_000,
  maxFiles: 50_000,
};

const uploadSchema = z.object({
  id: z.uuid(),
  fileCount: z.number(),
  totalBytes: z.number(),
  /** Files that were left out because nothing of their name is usable. */
  skipped: z.array(z.string()),
});

function tooLarge(what: string, limit: string): Problem {
  return new Problem(413, {
    code: 'UPLOAD_TOO_LARGE',
    title: 'Too much for one upload',
    detail: `${what} (limit: ${limit}).`,
    hint: 'Leave out what need not be scanned, upload in parts, or have the server scan its own folder.',
  });
}

interface Received {
  files: number;
  bytes: number;
  readonly skipped: string[];
}

/** Receives files: streamed to disk, relative paths kept, never in memory as a whole. */
export function registerUploadRoutes(
  app: FastifyInstance,
  context: AppContext,
  limits: UploadLimits = DEFAULT_UPLOAD_LIMITS,
): void {
  const { config, database, log } = context;

  const count =
    (received: Received) =>
    (bytes: number): void => {
      received.bytes += bytes;
      if (received.bytes > limits.maxTotalBytes)
        throw tooLarge('The files together are too large', `${limits.maxTotalBytes / 1e9} GB`);
    };

  async function receive(request: FastifyRequest, folder: string): Promise<Received> {
    const received: Received = { files: 0, bytes: 0, skipped: [] };
    const taken = new Set<string>();
    for await (const part of request.parts({
      preservePath: true,
      limits: { fileSize: limits.maxFileBytes, files: limits.maxFiles, fields: 1000, parts: limits.maxFiles + 1000 },
    })) {
      if (part.type !== 'file') continue;
      const path = toSafeRelativePath(part.filename);
      if (path === undefined) {
        received.skipped.push(part.filename.slice(0, 200));
        part.file.resume();
        continue;
      }
      await writeUploadedFile(folder, { path, content: part.file, taken, onBytes: count(received) });
      if (part.file.truncated) throw tooLarge(`The file ${path} is too large`, `${limits.maxFileBytes / 1e9} GB`);
      received.files++;
      if (received.files % 100 === 0 && (await freeBytes(config.dataDir)) < LEAST_FREE_BYTES) throw diskFull();
    }
    if (received.files === 0)
      throw badRequest(
        'UPLOAD_EMPTY',
        'The upload holds no file.',
        'Choose at least one file; an empty folder has nothing to scan.',
      );
    return received;
  }

  function toProblem(error: unknown): unknown {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull();
    if (code === 'FST_REQ_FILE_TOO_LARGE') return tooLarge('A file is too large', `${limits.maxFileBytes / 1e9} GB`);
    if (code === 'FST_FILES_LIMIT' || code === 'FST_PARTS_LIMIT')
      return tooLarge('There are too many files', `${limits.maxFiles} files`);
    if (code === 'FST_INVALID_MULTIPART_CONTENT_TYPE')
      return badRequest(
        'UPLOAD_NOT_MULTIPART',
        'The body is not multipart/form-data.',
        'Send the files as a form with the field "files".',
      );
    return error;
  }

  void app.register(async (scope) => {
    await scope.register(multipart);
    scope.withTypeProvider<ZodTypeProvider>().post(
      '/api/uploads',
      {
        config: { access: SCANNERS, admission: 'free' },
        bodyLimit: limits.maxTotalBytes,
        schema: {
          tags: ['scans'],
          summary:
            'Upload files to be scanned (multipart/form-data, field "files"; a file name may be a relative path)',
          consumes: ['multipart/form-data'],
          response: { 201: uploadSchema },
        },
      },
      async (request, reply) => {
        const principal = principalOf(request);
        const announced = Number(request.headers['content-length'] ?? 0);
        if (announced > limits.maxTotalBytes + 10_000_000)
          throw tooLarge('The files together are too large', `${limits.maxTotalBytes / 1e9} GB`);
        await assertDiskSpace(config.dataDir, Number.isFinite(announced) ? announced : 0);
        const id = randomUUID();
        const folder = uploadFolder(config.dataDir, id);
        await mkdir(folder, { recursive: true, mode: 0o700 });
        try {
          const { files, bytes, skipped } = await receive(request, folder);
          await withTenant(database, principal, (sql) =>
            sql.query(
              'insert into uploads (id, organisation_id, created_by, file_count, total_bytes) values ($1, $2, $3, $4, $5)',
              [id, principal.organisationId, principal.userId, files, bytes],
            ),
          );
          return await reply.code(201).send({ id, fileCount: files, totalBytes: bytes, skipped });
        } catch (error) {
          await deleteUploadFiles(config.dataDir, id).catch(() =>
            log.warn({ id }, 'a refused upload could not be removed'),
          );
          throw toProblem(error);
        }
      },
    );
  });
}
