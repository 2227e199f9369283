/** The start: who is logged in, and which screen is at which place. */
import { get, left, onTrouble, Problem } from './api.js';
import { fill, h, part } from './render.js';
import { button, card, link, problem, screen, skeleton, tell } from './parts.js';
import { askHeld, frame, me, scheme, setMe } from './frame.js';
import { everything, generic } from './record.js';
import { placeAt } from './place.js';
import * as model from './model.js';
import * as router from './router.js';
import * as screens from './screens.js';

let leaving = new AbortController();
/** The place that was last shown. */
let arrived = '';

/** @param {Address} address @returns {View | null} */
function screenAt({ tenant, screen: at, id }) {
  if (!tenant) return screens.tenants;
  if (at === 'more') return everything;
  const own = screens.table[at || 'overview'];
  if (own) return id && own.one ? own.one : own.all;
  return model.find(`${at}-list`) || (id && model.find(`${at}-show`)) ? generic : null;
}

/** @param {unknown} error @param {Address} address */
function failed(error, { tenant }) {
  if (!(error instanceof Problem)) console.error(error);
  if (error instanceof Problem && error.status === 404) {
    return screen({ title: 'There is nothing here' }, card('', h('p', error.message), h('p',
      link(router.link({ tenant }), 'Overview of the tenant'), ' · ', link('#/', 'All tenants'))));
  }
  return screen({ title: 'This page cannot be shown' }, problem(error), h('div', button('Try again', router.again)));
}

/** @param {Place} c */
async function made(c) {
  try {
    const work = screenAt(c);
    if (!work) throw new Problem(404, { detail: 'There is no page at this address.' });
    return await work(c);
  } catch (error) {
    return left(error) ? null : failed(error, c);
  }
}

async function show(/** @type {Address} */ address) {
  leaving.abort();
  const mine = (leaving = new AbortController());
  const main = part('main');
  part('nav').classList.remove('open');
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
  if (!address.tenant && me?.tenant) return router.go({ tenant: me.tenant });
  frame(address);
  // A slow screen shows a placeholder; a fast one does not, so that the page does not flicker.
  const slow = setTimeout(() => fill(main, skeleton()), main.childElementCount ? 250 : 0);
  const c = placeAt(address, mine.signal);
  const children = await made(c);
  clearTimeout(slow);
  if (mine.signal.aborted) return undefined;
  fill(main, children);
  arrive(address);
  return askHeld(c).catch(() => {});
}

/** Moves the focus to the heading of the new screen, for screen readers and the keyboard. @param {Address} address */
function arrive({ tenant, screen: at, id }) {
  const heading = part('main').querySelector('h1');
  document.title = [heading?.textContent, tenant].filter(Boolean).join(' · ');
  const now = [tenant, at, id].join('/');
  if (arrived && arrived !== now) {
    heading?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }
  arrived = now;
}

/** @type {ReturnType<typeof setInterval> | undefined} */
let watch;

/** Asks whether the server answers again; a screen that waits for it asks itself. */
const probe = () => get('/me').catch(() => {});

/** @param {string} trouble */
function showTrouble(trouble) {
  clearInterval(watch);
  window.onfocus = trouble === 'login' ? probe : null;
  const before = part('banner').childElementCount > 0;
  const login = trouble === 'login' && h('a.button.main', { href: '#/', target: '_blank' }, 'Log in in a new tab');
  fill(part('banner'), trouble && h('div.row.apart', h('span', model.words('trouble', trouble)), login));
  if (trouble && trouble !== 'login') watch = setInterval(probe, 5000);
  if (!trouble && before) tell('The server answers again.');
}

async function begin() {
  scheme();
  part('skip').addEventListener('click', () => part('main').focus());
  fill(part('main'), skeleton());
  try {
    const [words, openapi, who] = await Promise.all([get('/console/words.json'), get('/openapi.json'),
      get('/me', { with: router.here().tenant })]);
    model.learn(openapi.data, words.data);
    setMe(who.data);
  } catch (error) {
    return fill(part('main'), failed(error, router.here()));
  }
  onTrouble(showTrouble);
  return router.start(show);
}

begin();
