/** Hosts that exist to follow visitors, and who runs them; a subdomain counts too. */
const TRACKER_HOSTS: Readonly<Record<string, string>> = {
  'google-analytics.com': 'Google Analytics',
  'googletagmanager.com': 'Google Tag Manager',
  'doubleclick.net': 'Google Ads',
  'googleadservices.com': 'Google Ads',
  'googlesyndication.com': 'Google Ads',
  'facebook.net': 'Meta Pixel',
  'connect.facebook.net': 'Meta Pixel',
  'hotjar.com': 'Hotjar',
  'clarity.ms': 'Microsoft Clarity',
  'bat.bing.com': 'Microsoft Ads',
  'licdn.com': 'LinkedIn Insight',
  'ads.linkedin.com': 'LinkedIn Ads',
  'analytics.tiktok.com': 'TikTok Pixel',
  'sc-static.net': 'Snap Pixel',
  'ct.pinterest.com': 'Pinterest Tag',
  'ads-twitter.com': 'X Ads',
  'criteo.com': 'Criteo',
  'criteo.net': 'Criteo',
  'taboola.com': 'Taboola',
  'outbrain.com': 'Outbrain',
  'adnxs.com': 'Xandr',
  'scorecardresearch.com': 'Comscore',
  'quantserve.com': 'Quantcast',
  'segment.com': 'Segment',
  'segment.io': 'Segment',
  'mixpanel.com': 'Mixpanel',
  'amplitude.com': 'Amplitude',
  'fullstory.com': 'FullStory',
  'mouseflow.com': 'Mouseflow',
  'crazyegg.com': 'Crazy Egg',
  'hs-analytics.net': 'HubSpot',
  'hs-scripts.com': 'HubSpot',
  'pardot.com': 'Salesforce Pardot',
  'mc.yandex.ru': 'Yandex Metrica',
  'nr-data.net': 'New Relic Browser',
  'chartbeat.com': 'Chartbeat',
  'newrelic.com': 'New Relic Browser',
  'leadfeeder.com': 'Leadfeeder',
  'adform.net': 'Adform',
};

/** Cookies by which visitors are recognised, and who sets them. */
const TRACKER_COOKIES: readonly (readonly [RegExp, string])[] = [
  [/^_ga(?:_|$)|^_gid$|^_gat|^__utm[abcz]$/, 'Google Analytics'],
  [/^_gcl_|^IDE$|^test_cookie$|^NID$/, 'Google Ads'],
  [/^_fb[pc]$|^fr$/, 'Meta Pixel'],
  [/^_hj/, 'Hotjar'],
  [/^_cl(?:ck|sk)$|^MUID$/, 'Microsoft'],
  [/^li_|^lidc$|^bcookie$|^AnalyticsSyncHistory$/, 'LinkedIn'],
  [/^_ttp$|^_tt_/, 'TikTok'],
  [/^_pk_(?:id|ses)|^_pk_ref/, 'Matomo'],
  [/^hubspotutk$|^__hs/, 'HubSpot'],
  [/^mp_.*mixpanel$|^amp_|^ajs_/, 'product analytics'],
];

/** Who follows visitors from that host, or undefined when it is not known for it. */
export function trackerOfHost(host: string): string | undefined {
  const labels = host.toLowerCase().split('.');
  for (let from = 0; from < labels.length - 1; from++) {
    const tracker = TRACKER_HOSTS[labels.slice(from).join('.')];
    if (tracker !== undefined) return tracker;
  }
  return undefined;
}

/** Who follows visitors by that cookie, or undefined when it is not known for it. */
export function trackerOfCookie(name: string): string | undefined {
  return TRACKER_COOKIES.find(([pattern]) => pattern.test(name))?.[1];
}
