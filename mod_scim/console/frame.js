/** The frame around the screens: the tenant, its menu with the number of held requests, and the colours. */
import { fill, h, part } from './render.js';
import { button, link, name, tag } from './parts.js';
import * as model from './model.js';
import * as router from './router.js';

/** The administrator, as `me show` answers. @type {any} */
export let me = null;
/** How many requests are held in each tenant. @type {Map<string, number>} */
const held = new Map();
/** The tenant that a screen has last read. @type {any} */
let known = {};

/** @param {any} who */
export function setMe(who) {
  me = who;
  for (const each of who.tenants) held.set(each.tenant, each.held);
}

/** Whether the page is for only one tenant. */
export const single = () => Boolean(me?.tenant);

/** @param {string} tenant @param {number} number */
export function setHeld(tenant, number) {
  held.set(tenant, number);
  frame(router.here());
}

/** Asks how many requests are held, on the screens that decide them. @param {Place} c */
export async function askHeld(c) {
  if (!c.tenant || c.screen !== 'holds') return;
  const { data } = await c.get('hold-list', { state: 'held', limit: 50 });
  setHeld(c.tenant, data.items.length);
}

/** Shows a tenant in the frame, whichever screen has read it. @param {any} tenant */
export function setTenant(tenant) {
  known = tenant;
  frame(router.here());
}

/** Whether provisioning is on. @param {any} tenant */
export function standing({ enabled, dryRun }) {
  if (!enabled) return tag('plain', 'Provisioning off', '○');
  return dryRun ? tag('warn', 'Dry run') : tag('good', 'Provisioning on');
}

/** The menu entry to which a screen belongs. @param {string} screen @returns {string} */
function placeOf(screen) {
  const above = model.words('home', screen);
  if (above && above !== screen) return placeOf(above);
  return model.words('frame', screen) ? screen : 'more';
}

/** @param {Address} address */
export function frame({ tenant, screen }) {
  const nav = part('nav');
  const about = known.tenant === tenant ? known
    : me?.tenants?.find((/** @type {any} */ each) => each.tenant === tenant);
  const open = () => toggle.setAttribute('aria-expanded', String(nav.classList.toggle('open')));
  const toggle = button('Menu', open, { kind: 'menu' });
  toggle.setAttribute('aria-expanded', String(nav.classList.contains('open')));
  const number = held.get(tenant) ?? 0;
  const waiting = number > 0 && h('span.count', { 'aria-label': `${number} waiting` }, number);
  const place = (/** @type {[string, any]} */ [at, text]) => h('a', {
    href: router.link({ tenant, screen: at === 'overview' ? '' : at }),
    'aria-current': placeOf(screen || 'overview') === at ? 'page' : null,
  }, text, at === 'holds' && waiting);
  fill(nav, tenant && [h('div.tenant', h('small', 'Tenant'), h('b', name(about?.displayName ?? tenant)),
    about && standing(about), !single() && h('div', link('#/', 'All tenants')), toggle),
  h('div.places', model.all('frame').map(place))],
  h('div.end', me?.user && h('span', 'Logged in as ', h('bdi', me.user)), schemes()));
}

/** Light or dark: the only setting that the console stores. */
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
