/** The frame around the screens: the tenant, its places with what waits in each, and the colours. */
import { fill, h, part } from './render.js';
import { button, name, tag } from './parts.js';
import * as router from './router.js';

/** Who is here, as `me show` answers. @type {any} */
let me = null;
/** @type {Record<string, number>} */
const counts = {};
/** @type {any} */
let known = {};

export function setMe(who) {
  me = who;
}

/** The places of a tenant, in the order in which the frame has them. @type {[string, string][]} */
const PLACES = [['overview', 'Overview'], ['connect', 'Connect'], ['tokens', 'Tokens'], ['users', 'Users'], ['groups', 'Groups'], ['access', 'Access'],
  ['roles', 'Roles and flags'], ['activity', 'Activity'], ['audit', 'Audit'], ['holds', 'Held requests'], ['duplicates', 'Duplicates'],
    ['settings', 'Settings'],
  ['more', 'Everything else']];

/** @param {string} place @param {number} value */
export function setCount(place, value) {
  counts[place] = value;
  frame(router.here());
}

/** What the frame shows of a tenant, from whatever screen has read it. @param {any} tenant */
export function setTenant(tenant) {
  if (known.tenant !== tenant.tenant) for (const place of Object.keys(counts)) delete counts[place];
  known = tenant;
  frame(router.here());
}

export function frame({ tenant, screen: at }) {
  const nav = part('nav');
  const single = Boolean(me?.tenant);
  const about = known.tenant === tenant ? known : me?.tenants?.find((each) => each.tenant === tenant);
  const toggle = button('Menu', () => toggle.setAttribute('aria-expanded', String(nav.classList.toggle('open'))), { kind: 'menu' });
  toggle.setAttribute('aria-expanded', String(nav.classList.contains('open')));
  fill(nav, tenant && h('div.tenant', h('small', 'Tenant'), h('b', name(about?.displayName ?? tenant)),
    about && (about.enabled ? tag(about.dryRun ? 'warn' : 'good', about.dryRun ? 'Dry run' : 'Provisioning on') : tag('plain', 'Provisioning off', '○')),
    !single && h('div', h('a', { href: '#/' }, 'All tenants')), toggle),
  tenant && h('div.places', PLACES.map(([place, text]) => h('a', { href: router.link({ tenant, screen: place === 'overview' ? '' : place }),
    'aria-current': (at || 'overview') === place ? 'page' : null }, text, counts[place] > 0
      && h('span.count', { 'aria-label': `${counts[place]} waiting` }, counts[place])))),
  h('div.end', me?.user && h('span', 'Logged in as ', h('bdi', me.user)), schemes()));
}

/** Light or dark, which is all that the console remembers. */
function schemes() {
  const next = { '': 'dark', dark: 'light', light: '' }[document.documentElement.dataset.scheme ?? ''] ?? '';
  return button({ dark: 'Dark colours', light: 'Light colours', '': 'Colours of the system' }[next], () => {
    localStorage.setItem('scheme', next);
    scheme();
    frame(router.here());
  }, { kind: 'plain' });
}

export function scheme() {
  const chosen = localStorage.getItem('scheme');
  if (chosen) document.documentElement.dataset.scheme = chosen;
  else delete document.documentElement.dataset.scheme;
}

