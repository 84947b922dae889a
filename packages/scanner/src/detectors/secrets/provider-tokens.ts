import type { Detector } from '../../detection/detector.ts';
import { base62Crc } from './base62-crc.ts';
import { entropyBits } from './entropy.ts';
import { providerToken } from './provider-token.ts';

const word = (...words: string[]): { kind: 'keyword'; words: string[] } => ({ kind: 'keyword', words });
const prefix = (...prefixes: string[]): { kind: 'prefix'; prefixes: string[] } => ({ kind: 'prefix', prefixes });
const varied = (value: string): boolean => entropyBits(value) >= 3;

/** Secrets that their issuer marks with a prefix of its own. */
export const PROVIDER_TOKENS: readonly Detector[] = [
  providerToken({
    type: 'SECRET_AWS',
    triggers: [prefix('AKIA', 'ASIA', 'ABIA', 'ACCA')],
    pattern: /A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}/y,
  }),
  providerToken({
    type: 'SECRET_GITHUB',
    triggers: [word('ghp', 'gho', 'ghu', 'ghs', 'ghr')],
    pattern: /gh[pousr]_[A-Za-z0-9]{36}/y,
    check: varied,
    proof: hasTokenChecksum,
  }),
  providerToken({
    type: 'SECRET_GITHUB',
    triggers: [word('github')],
    pattern: /github_pat_[A-Za-z0-9_]{36,255}/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_GITLAB',
    triggers: [
      word('glpat', 'gldt', 'glrt', 'glptt', 'glcbt', 'glsoat', 'glft', 'glagent', 'gloas', 'glimt', 'glffct'),
    ],
    pattern: /gl(?:pat|dt|rt|ptt|cbt|soat|ft|agent|oas|imt|ffct)-[A-Za-z0-9_-]{20,64}/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_SLACK',
    triggers: [word('xoxb', 'xoxp', 'xoxa', 'xoxr', 'xoxs', 'xoxe', 'xoxo', 'xapp')],
    pattern: /xox[abeoprs]-(?:\d{1,14}-){0,3}[A-Za-z0-9-]{10,160}|xapp-\d-[A-Z0-9]{8,14}-\d{8,14}-[a-f0-9]{40,80}/y,
    check: (value) => /\d/.test(value) && varied(value),
  }),
  providerToken({
    type: 'SECRET_SLACK_WEBHOOK',
    triggers: [word('https', 'hooks')],
    pattern: /(?:https:\/\/)?hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9+/]{40,60}/y,
  }),
  providerToken({
    type: 'SECRET_TEAMS_WEBHOOK',
    triggers: [word('https')],
    pattern: /https:\/\/[a-z0-9]{1,40}\.webhook\.office\.com\/webhookb2\/[A-Za-z0-9@/-]{100,200}/y,
  }),
  providerToken({
    type: 'SECRET_DISCORD_WEBHOOK',
    triggers: [word('https')],
    pattern: /https:\/\/(?:ptb\.|canary\.)?discord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/[A-Za-z0-9_-]{60,90}/y,
  }),
  providerToken({
    type: 'SECRET_STRIPE',
    triggers: [word('sk', 'rk')],
    pattern: /[sr]k_(?:live|test|prod)_[A-Za-z0-9]{10,120}/y,
  }),
  providerToken({
    type: 'SECRET_STRIPE_WEBHOOK',
    triggers: [word('whsec')],
    pattern: /whsec_[A-Za-z0-9+/=]{32,64}/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_NPM',
    triggers: [word('npm')],
    pattern: /npm_[A-Za-z0-9]{36}/y,
    check: varied,
    proof: hasTokenChecksum,
  }),
  providerToken({
    type: 'SECRET_PYPI',
    triggers: [word('pypi')],
    pattern: /pypi-AgE[A-Za-z0-9_-]{50,1000}/y,
  }),
  providerToken({
    type: 'SECRET_OPENAI',
    triggers: [word('sk')],
    pattern:
      /sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,100}T3BlbkFJ[A-Za-z0-9_-]{20,100}|sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,180}|sk-[A-Za-z0-9]{48}/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_ANTHROPIC',
    triggers: [word('sk')],
    pattern: /sk-ant-(?:api|admin|oat)\d{2}-[A-Za-z0-9_-]{80,120}/y,
  }),
  providerToken({ type: 'SECRET_GCP', triggers: [prefix('AIza')], pattern: /AIza[A-Za-z0-9_-]{35}/y, check: varied }),
  providerToken({
    type: 'SECRET_GCP_OAUTH',
    triggers: [prefix('ya29'), word('gocspx')],
    pattern: /ya29\.[A-Za-z0-9_-]{20,400}|GOCSPX-[A-Za-z0-9_-]{28}/y,
  }),
  providerToken({
    type: 'SECRET_SENDGRID',
    triggers: [word('sg')],
    pattern: /SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}/y,
  }),
  providerToken({
    type: 'SECRET_TWILIO',
    triggers: [
      prefix(
        'SK0',
        'SK1',
        'SK2',
        'SK3',
        'SK4',
        'SK5',
        'SK6',
        'SK7',
        'SK8',
        'SK9',
        'SKa',
        'SKb',
        'SKc',
        'SKd',
        'SKe',
        'SKf',
      ),
    ],
    pattern: /SK[0-9a-f]{32}/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_MAILGUN',
    triggers: [word('key', 'pubkey')],
    pattern: /(?:pub)?key-[0-9a-f]{32}/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_MAILCHIMP',
    triggers: [{ kind: 'token', token: 'mixed', min: 32, next: ['-a'] }],
    pattern: /[0-9a-f]{32}-us\d{1,2}/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_BREVO',
    triggers: [word('xkeysib')],
    pattern: /xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}/y,
  }),
  providerToken({
    type: 'SECRET_DIGITALOCEAN',
    triggers: [word('dop', 'doo', 'dor')],
    pattern: /do[opr]_v1_[a-f0-9]{64}/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_HUGGINGFACE',
    triggers: [word('hf')],
    pattern: /hf_[A-Za-z0-9]{34,40}/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_SHOPIFY',
    triggers: [word('shpat', 'shpca', 'shppa', 'shpss')],
    pattern: /shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_TELEGRAM',
    triggers: [{ kind: 'token', token: 'digits', min: 8, max: 10, next: [':a', ':0'] }],
    pattern: /\d{8,10}:AA[A-Za-z0-9_-]{33}/y,
  }),
  providerToken({
    type: 'SECRET_SQUARE',
    triggers: [word('sq'), prefix('sq0'), prefix('EAAA')],
    pattern: /sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{22,43}|EAAA[A-Za-z0-9_-]{60}/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_DATABRICKS',
    triggers: [prefix('dapi')],
    pattern: /dapi[a-f0-9]{32}(?:-\d)?/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_DOPPLER',
    triggers: [word('dp')],
    pattern: /dp\.(?:pt|st|ct|sa)\.[A-Za-z0-9]{40,44}/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_LINEAR',
    triggers: [word('lin')],
    pattern: /lin_(?:api|oauth)_[A-Za-z0-9]{40,64}/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_NOTION',
    triggers: [word('ntn', 'secret')],
    pattern: /ntn_[A-Za-z0-9]{40,50}|secret_[A-Za-z0-9]{43}/y,
    check: varied,
  }),
  providerToken({ type: 'SECRET_POSTMAN', triggers: [word('pmak')], pattern: /PMAK-[a-f0-9]{24}-[a-f0-9]{34}/y }),
  providerToken({
    type: 'SECRET_NEWRELIC',
    triggers: [word('nrak', 'nrjs', 'nraa')],
    pattern: /NR(?:AK|AA)-[A-Z0-9]{27}|NRJS-[a-f0-9]{19}/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_GRAFANA',
    triggers: [word('glc', 'glsa')],
    pattern: /glc_[A-Za-z0-9+/=]{32,400}|glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}/y,
    check: varied,
  }),
  providerToken({ type: 'SECRET_VAULT', triggers: [word('hvs', 'hvb')], pattern: /hv[sb]\.[A-Za-z0-9_-]{90,300}/y }),
  providerToken({
    type: 'SECRET_TERRAFORM',
    triggers: [{ kind: 'token', token: 'mixed', min: 14, next: ['.a'] }],
    pattern: /[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}/y,
  }),
  providerToken({ type: 'SECRET_PULUMI', triggers: [word('pul')], pattern: /pul-[a-f0-9]{40}/y, check: varied }),
  providerToken({
    type: 'SECRET_RUBYGEMS',
    triggers: [word('rubygems')],
    pattern: /rubygems_[a-f0-9]{48}/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_DOCKER',
    triggers: [word('dckr')],
    pattern: /dckr_(?:pat|oat)_[A-Za-z0-9_-]{27,36}/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_ATLASSIAN',
    triggers: [prefix('ATATT3', 'ATCTT3', 'ATBB')],
    pattern: /AT(?:ATT3|CTT3)[A-Za-z0-9_=-]{60,240}|ATBB[A-Za-z0-9]{32}/y,
    check: varied,
  }),
  providerToken({ type: 'SECRET_FACEBOOK', triggers: [prefix('EAA')], pattern: /EAA[MC][A-Za-z0-9]{100,250}/y }),
  providerToken({
    type: 'SECRET_SENTRY',
    triggers: [word('sntrys', 'sntryu')],
    pattern: /sntryu_[a-f0-9]{64}|sntrys_[A-Za-z0-9+/=_]{80,400}/y,
  }),
  providerToken({
    type: 'SECRET_PLANETSCALE',
    triggers: [word('pscale')],
    pattern: /pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,64}/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_AGE',
    triggers: [word('age')],
    pattern: /AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}/y,
  }),
  providerToken({
    type: 'SECRET_AIRTABLE',
    triggers: [
      { kind: 'token', token: 'mixed', min: 17, next: ['.a', '.0'] },
      { kind: 'token', token: 'letters', min: 17, next: ['.a', '.0'] },
    ],
    pattern: /pat[A-Za-z0-9]{14}\.[a-f0-9]{64}/y,
  }),
  providerToken({
    type: 'SECRET_GROQ',
    triggers: [word('gsk', 'xai', 'r', 'fw', 'tvly', 'pplx')],
    pattern: /(?:gsk_|pplx-)[A-Za-z0-9]{48,56}|xai-[A-Za-z0-9]{80}|r8_[A-Za-z0-9]{37}/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_DYNATRACE',
    triggers: [prefix('dt0')],
    pattern: /dt0c01\.[A-Z0-9]{24}\.[A-Z0-9]{64}/y,
  }),
  providerToken({ type: 'SECRET_ALIBABA', triggers: [prefix('LTAI')], pattern: /LTAI[A-Za-z0-9]{20}/y, check: varied }),
  providerToken({ type: 'SECRET_EASYPOST', triggers: [prefix('EZAK', 'EZTK')], pattern: /EZ[AT]K[A-Za-z0-9]{54}/y }),
  providerToken({
    type: 'SECRET_FIGMA',
    triggers: [word('figd')],
    pattern: /figd_[A-Za-z0-9_-]{38,44}/y,
    check: varied,
  }),
  providerToken({ type: 'SECRET_PREFECT', triggers: [word('pnu')], pattern: /pnu_[A-Za-z0-9]{36}/y, check: varied }),
  providerToken({ type: 'SECRET_CLOJARS', triggers: [word('clojars')], pattern: /CLOJARS_[A-Za-z0-9]{60}/y }),
  providerToken({ type: 'SECRET_FRAMEIO', triggers: [word('fio')], pattern: /fio-u-[A-Za-z0-9_=-]{64}/y }),
  providerToken({
    type: 'SECRET_FLY',
    triggers: [prefix('fo1'), prefix('fm1'), prefix('fm2')],
    pattern: /fo1_[A-Za-z0-9_-]{43}|fm[12][ar]?_[A-Za-z0-9+/]{100,400}={0,3}/y,
  }),
  providerToken({
    type: 'SECRET_PLAID',
    triggers: [word('access')],
    pattern: /access-(?:sandbox|development|production)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/y,
  }),
  providerToken({ type: 'SECRET_INFRACOST', triggers: [word('ico')], pattern: /ico-[A-Za-z0-9]{32}/y, check: varied }),
  providerToken({ type: 'SECRET_README', triggers: [word('rdme')], pattern: /rdme_[a-z0-9]{70}/y }),
  providerToken({ type: 'SECRET_ADAFRUIT', triggers: [word('aio')], pattern: /aio_[A-Za-z0-9]{28}/y, check: varied }),
  providerToken({
    type: 'SECRET_TYPEFORM',
    triggers: [word('tfp')],
    pattern: /tfp_[A-Za-z0-9_.=-]{40,64}/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_DUFFEL',
    triggers: [word('duffel')],
    pattern: /duffel_(?:test|live)_[A-Za-z0-9_=-]{43}/y,
  }),
  providerToken({ type: 'SECRET_SHIPPO', triggers: [word('shippo')], pattern: /shippo_(?:live|test)_[a-f0-9]{40}/y }),
  providerToken({
    type: 'SECRET_FLUTTERWAVE',
    triggers: [word('flwseck', 'flwpubk')],
    pattern: /FLW(?:SECK|PUBK)_TEST-[A-Za-z0-9]{12,40}(?:-X)?/y,
  }),
  providerToken({ type: 'SECRET_OPENSHIFT', triggers: [prefix('sha256')], pattern: /sha256~[A-Za-z0-9_-]{43}/y }),
  providerToken({
    type: 'SECRET_TWILIO',
    triggers: [{ kind: 'token', token: 'mixed', min: 34 }],
    pattern: /AC[0-9a-f]{32}/y,
    check: varied,
    prior: 1,
  }),
  providerToken({
    type: 'SECRET_ARTIFACTORY',
    triggers: [prefix('AKC')],
    pattern: /AKC[A-Za-z0-9]{24,80}/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_SONAR',
    triggers: [word('squ', 'sqp', 'sqa')],
    pattern: /sq[upa]_[a-f0-9]{40}/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_SOURCEGRAPH',
    triggers: [word('sgp')],
    pattern: /sgp_(?:[a-fA-F0-9]{16}_|local_)?[a-fA-F0-9]{40}/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_NETLIFY',
    triggers: [word('nfp')],
    pattern: /nfp_[A-Za-z0-9_]{36,40}/y,
    check: varied,
  }),
  providerToken({
    type: 'SECRET_HUBSPOT',
    triggers: [word('pat')],
    pattern: /pat-(?:na|eu)\d-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/y,
  }),
  providerToken({
    type: 'SECRET_CONTENTFUL',
    triggers: [word('cfpat')],
    pattern: /CFPAT-[A-Za-z0-9_-]{43}/y,
    check: varied,
  }),
];

/** Whether a classic GitHub or npm token carries the right checksum in its last six characters. */
export function hasTokenChecksum(token: string): boolean {
  const body = token.slice(token.indexOf('_') + 1);
  return base62Crc(body.slice(0, -6)) === body.slice(-6);
}
