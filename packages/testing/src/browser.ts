import { chromium, type Browser } from 'playwright-core';
import { prepareChromium, type ChromiumLaunch } from './chromium.ts';

/** Quiet and self-contained: nothing in the background talks to the outside. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--font-render-hinting=none',
];

/** Launches a headless Chromium; close it when done. */
export async function launchBrowser(): Promise<Browser> {
  const prepared = process.env['DATAGUARDIAN_TEST_CHROMIUM'];
  const launch = prepared === undefined ? await prepareChromium() : (JSON.parse(prepared) as ChromiumLaunch);
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return chromium.launch({
    executablePath: launch.executablePath,
    args: ARGUMENTS,
    env: { ...Object.fromEntries(inherited), ...launch.env },
    timeout: 120_000,
  });
}
