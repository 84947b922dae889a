import type { ScanSource } from './schema.ts';

function withoutCredentials(address: string): string {
  const url = URL.parse(address);
  // What does not parse may hold anything, a password included.
  if (url === null) return address.split(':')[0] ?? 'address';
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  return url.href;
}

/** The source in words for lists, reports and logs: no account, no password, no query. */
export function toSourceLabel(source: ScanSource, uploadName?: string): string {
  switch (source.kind) {
    case 'upload':
      return uploadName ?? 'upload';
    case 'path':
      return source.path;
    case 'repository':
      return (
        source.path ??
        (source.url?.includes('://') ? withoutCredentials(source.url) : (source.url ?? '').replace(/^.*@/, ''))
      );
    case 'database':
      return source.url.startsWith('sqlite:') ? source.url : withoutCredentials(source.url);
    case 'website':
      return withoutCredentials(source.url);
  }
}
