declare module 'pg/lib/utils.js' {
  const utils: { readonly prepareValue: (value: unknown) => string | Uint8Array | null };
  // oxlint-disable-next-line import/no-default-export -- the module is CommonJS
  export default utils;
}
