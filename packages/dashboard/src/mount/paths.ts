import { API } from '../routes/route.ts';

/** Where the pages are; everything below belongs to the single-page application. */
export const PAGES_PATH = '/admin/performance';

/** Where the stream is. */
export const STREAM_PATH = `${API}/stream`;
