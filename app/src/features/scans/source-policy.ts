import { realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, relative, resolve } from 'node:path';
import type { Principal } from '../../server/principal.ts';
import { Problem, badRequest } from '../../server/problem.ts';
import { resolvesToPrivate } from './private-address.ts';
import type { ScanSource } from './schema.ts';

/** What decides whether a source may be scanned. */
export interface SourcePolicy {
  readonly principal: Principal;
  /** Folders of the machine that may be scanned; none: all, by administrators of the first organisation only. */
  readonly roots: readonly string[];
  readonly allowPrivateAddresses: boolean;
  /** Holds the secret and everybody's uploads: never scanned. */
  readonly dataDir: string;
}

function refused(code: string, detail: string, hint: string): Problem {
  return new Problem(403, { code, title: 'This source may not be scanned', detail, hint });
}

const isInside = (path: string, root: string): boolean => {
  const way = relative(root, path);
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
};

/** The machine's own folders and network belong to those who run it, not to every organisation on it. */
function runsTheMachine({ role, isOperator }: Principal): boolean {
  return role === 'admin' && isOperator;
}

async function checkPath(path: string, policy: SourcePolicy): Promise<string> {
  const { principal, roots, dataDir } = policy;
  if (principal.role !== 'admin' && principal.role !== 'manager')
    throw refused(
      'SCAN_PATH_FORBIDDEN',
      'Paths of the server are scanned by administrators and managers only.',
      'Upload the files instead, or ask an administrator.',
    );
  const expanded = path.replace(/^~(?=$|[/\\])/, homedir());
  if (!isAbsolute(expanded))
    throw badRequest('SCAN_PATH_RELATIVE', 'The path must be absolute.', 'Begin with / (or a drive letter).');
  const real = await realpath(resolve(expanded)).catch((cause: unknown) => {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EACCES' || code === 'EPERM')
      throw badRequest(
        'SCANNER_PATH_UNREADABLE',
        'The path cannot be read by the account that runs the server.',
        'Give it permission to read, or choose another folder.',
      );
    throw badRequest(
      'SCANNER_PATH_NOT_FOUND',
      'The path does not exist on the server.',
      'Check the spelling and, in a container, that the folder is mounted.',
    );
  });
  const isAllowed = roots.length === 0 ? runsTheMachine(principal) : roots.some((root) => isInside(real, root));
  if (!isAllowed)
    throw refused(
      'SCAN_PATH_OUTSIDE_ROOTS',
      roots.length === 0
        ? 'No folder of the server is open to you.'
        : 'The path is outside the folders that may be scanned.',
      'An administrator of the first organisation sets these folders in the settings.',
    );
  const data = await realpath(dataDir).catch(() => dataDir);
  if (isInside(real, data))
    throw refused(
      'SCAN_PATH_RESERVED',
      'This folder holds the data of the platform itself.',
      'Choose a folder outside it.',
    );
  const found = await stat(real);
  if (!found.isFile() && !found.isDirectory())
    throw badRequest('SCAN_PATH_SPECIAL', 'The path is neither a file nor a folder.', 'Choose a file or a folder.');
  return real;
}

async function checkHost(url: URL, asked: boolean, policy: SourcePolicy): Promise<void> {
  if (asked && !runsTheMachine(policy.principal) && !policy.allowPrivateAddresses)
    throw refused(
      'SCAN_PRIVATE_FORBIDDEN',
      'Only administrators of the first organisation may allow internal addresses.',
      'Ask an administrator to start this scan or to allow internal addresses in the settings.',
    );
  const host = url.hostname;
  if (host === '') return;
  const isPrivate = await resolvesToPrivate(host);
  if (isPrivate === undefined)
    throw badRequest(
      'SCANNER_HOST_NOT_FOUND',
      'The host name does not resolve.',
      'Check the spelling of the host and the name server of the machine.',
    );
  if (isPrivate && !asked && !policy.allowPrivateAddresses)
    throw new Problem(400, {
      code: 'SCANNER_ADDRESS_BLOCKED',
      title: 'This source may not be scanned',
      detail: 'The address belongs to a private, loopback or otherwise internal network.',
      hint: 'An administrator may allow internal addresses for this scan (allowPrivate) or in the settings.',
    });
}

function parseAddress(text: string, schemes: readonly string[]): URL {
  const url = URL.parse(text);
  if (url === null)
    throw badRequest(
      'SCANNER_SOURCE_INVALID',
      'The address cannot be read.',
      `Use an address such as ${schemes[0]}//host/name.`,
    );
  if (!schemes.includes(url.protocol))
    throw badRequest(
      'SCANNER_SCHEME_REFUSED',
      `Addresses that begin with ${url.protocol} are not opened.`,
      `Use one of: ${schemes.map((scheme) => `${scheme}//`).join(', ')}.`,
    );
  return url;
}

/**
 * Checks whether `principal` may scan the source and makes it definite: paths are real and absolute afterwards, and
 * whether internal addresses are allowed is settled.
 *
 * @throws Problem with code and hint.
 */
export async function admitSource(source: ScanSource, policy: SourcePolicy): Promise<ScanSource> {
  switch (source.kind) {
    case 'upload':
      return source;
    case 'path':
      return { ...source, path: await checkPath(source.path, policy) };
    case 'repository': {
      if (source.path !== undefined) return { ...source, path: await checkPath(source.path, policy) };
      // scp-like addresses (git@host:path) become ssh addresses.
      const text = (source.url ?? '').replace(/^([\w.-]+@)([\w.-]+):(?!\/)/, 'ssh://$1$2/');
      const url = parseAddress(text, ['https:', 'http:', 'ssh:', 'git:']);
      await checkHost(url, source.allowPrivate === true, policy);
      return { ...source, url: text, allowPrivate: source.allowPrivate === true || policy.allowPrivateAddresses };
    }
    case 'database': {
      if (source.url.startsWith('sqlite:')) {
        const path = await checkPath(source.url.replace(/^sqlite:(?:\/\/)?/, ''), policy);
        return { ...source, url: `sqlite:${path}` };
      }
      const url = parseAddress(source.url, ['postgres:', 'postgresql:', 'mysql:', 'mariadb:']);
      // pg takes ?host= before the host of the address: it could lead anywhere, sockets included.
      for (const name of ['host', 'hostaddr', 'port', 'socketPath', 'sslcert', 'sslkey', 'sslrootcert'])
        if (url.searchParams.has(name))
          throw badRequest(
            'SCANNER_SOURCE_INVALID',
            `The address may not carry ${name}.`,
            'Put host and port before the name of the database.',
          );
      if (url.hostname === '' || url.hostname.startsWith('%2F') || url.hostname.startsWith('/'))
        throw badRequest(
          'SCANNER_SOURCE_INVALID',
          'The address names no host.',
          'Use postgres://account:password@host/name.',
        );
      await checkHost(url, source.allowPrivate === true, policy);
      return { ...source, allowPrivate: source.allowPrivate === true || policy.allowPrivateAddresses };
    }
    case 'website': {
      const url = parseAddress(source.url, ['https:', 'http:']);
      await checkHost(url, source.allowPrivate === true, policy);
      return { ...source, url: url.href, allowPrivate: source.allowPrivate === true || policy.allowPrivateAddresses };
    }
  }
}
