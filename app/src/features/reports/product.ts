/** The release that reports name. */
export const PRODUCT_VERSION = '0.1.0';
