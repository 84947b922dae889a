import { ApiProblem, toProblem } from './problem.ts';

/** What {@link uploadFiles} needs. */
export interface UploadRequest {
  readonly files: readonly { readonly path: string; readonly file: File }[];
  readonly onProgress: (sentBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
}

function readAnswer(request: XMLHttpRequest): unknown {
  try {
    return JSON.parse(request.responseText) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Sends files to the server's upload area and returns the upload's id. `XMLHttpRequest`, because `fetch` does not
 * tell how much of a body has been sent.
 *
 * @throws ApiProblem when the server refuses or does not answer.
 */
export function uploadFiles({ files, onProgress, signal }: UploadRequest): Promise<string> {
  const form = new FormData();
  for (const { path, file } of files) form.append('files', file, path);
  const total = files.reduce((sum, { file }) => sum + file.size, 0);

  return new Promise((done, fail) => {
    const sending = new XMLHttpRequest();
    signal?.addEventListener('abort', () => sending.abort());
    // The measured body holds the part headers too; report the share of the files' own bytes.
    sending.upload.addEventListener('progress', (event) =>
      onProgress(event.lengthComputable ? (event.loaded / event.total) * total : event.loaded, total),
    );
    sending.addEventListener('load', () => {
      const answer = readAnswer(sending);
      if (sending.status >= 400)
        fail(new ApiProblem(toProblem(sending.status, answer, sending.getResponseHeader('retry-after'))));
      else done(String((answer as { readonly id?: unknown } | undefined)?.id));
    });
    sending.addEventListener('error', () =>
      fail(new ApiProblem({ status: 0, code: 'UNREACHABLE', title: 'The server does not answer' })),
    );
    sending.addEventListener('abort', () => fail(new DOMException('The upload was stopped.', 'AbortError')));
    sending.open('POST', '/api/uploads');
    sending.setRequestHeader('accept', 'application/json');
    sending.send(form);
  });
}
