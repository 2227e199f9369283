/** The start: who is here, and which screen is at which place. */
import { get, onTrouble, Problem } from './api.js';
import { fill, h, part } from './render.js';
import { button, card, problem, screen, skeleton, tell } from './parts.js';
import { frame, scheme, setMe } from './frame.js';
import { everything, generic } from './record.js';
import * as model from './model.js';
import * as router from './router.js';
import { to } from './router.js';
import * as screens from './screens.js';

/** @typedef {import('./record.js').Context} Context */

/** @type {any} */
let me = null;
let leaving = new AbortController();

function screenAt({ tenant, screen: at, id }) {
  if (!tenant) return screens.tenants;
  if (at === 'more') return everything;
  const own = screens.table[at || 'overview'];
  if (own) return id && own.one ? own.one : own.all;
  if (model.find(`${at}-list`) || (id && model.find(`${at}-show`))) return generic;
  return null;
}

/** @param {unknown} error @param {import('./router.js').Place} place */
function failed(error, { tenant }) {
  if (error instanceof Problem && error.status === 404) {
    return screen({ title: 'There is nothing here' }, card('', h('p', error.message),
      h('p', h('a', { href: to(tenant) }, 'Overview of the tenant'), ' · ', h('a', { href: '#/' }, 'All tenants'))));
  }
  if (!(error instanceof Problem)) console.error(error);
  return screen({ title: 'This page cannot be shown' }, problem(error), h('div', button('Try again', router.again)));
}

async function show(place) {
  leaving.abort();
  const mine = (leaving = new AbortController());
  const main = part('main');
  part('nav').classList.remove('open');
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
  if (!place.tenant && me?.tenant) return router.go({ tenant: me.tenant });
  frame(place);
  const slow = setTimeout(() => fill(main, skeleton()), main.childElementCount ? 250 : 0);
  let children;
  try {
    const work = screenAt(place);
    children = work ? await work({ ...place, signal: mine.signal }) : failed(new Problem(404, { detail: 'The address names no page of the console.' }),
      place);
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return undefined;
    children = failed(error, place);
  } finally {
    clearTimeout(slow);
  }
  if (mine.signal.aborted) return undefined;
  fill(main, children);
  arrive(place);
  return undefined;
}

let arrived = '';

/** A screen reader and the keyboard begin at the heading of the new screen. @param {import('./router.js').Place} place */
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

/** @type {Record<string, import('./render.js').Child>} */
const TROUBLE = {
  database: 'The database does not answer. What you see is as it was; this page goes on by itself as soon as the database is back.',
  server: 'The server does not answer. This page goes on by itself as soon as it does.',
  login: 'Your login has ended.',
};

/** @type {ReturnType<typeof setInterval> | undefined} */
let watch;

function showTrouble(trouble) {
  clearInterval(watch);
  const before = part('banner').childElementCount > 0;
  fill(part('banner'), trouble && h('div.row.apart', h('span', TROUBLE[trouble]), trouble === 'login'
    && button('Log in again', () => location.reload(), { kind: 'main' })));
  if (trouble && trouble !== 'login') watch = setInterval(() => { get('/me').catch(() => {}); }, 5000);
  if (!trouble && before) tell('The server answers again.');
}

async function begin() {
  scheme();
  onTrouble(showTrouble);
  part('skip').addEventListener('click', () => part('main').focus());
  fill(part('main'), skeleton());
  try {
    const described = await get('/openapi.json');
    model.learn(described.data);
    me = (await get('/me')).data;
    setMe(me);
  } catch (error) {
    return fill(part('main'), failed(error, router.here()));
  }
  return router.start(show);
}

begin();
