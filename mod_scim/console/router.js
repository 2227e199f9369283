/**
 * The address holds the place: #/TENANT/SCREEN/ID?search. Whoever goes elsewhere while a screen is loading never sees
 * it arrive, and what is not saved yet is asked about first.
 *
 * @typedef {{tenant: string, screen: string, id: string, query: Record<string, string>}} Place
 */
import { queryText } from './api.js';

/** @type {(place: Place) => void} */
let show = () => {};
/** @type {() => Promise<boolean>} */
let mayLeave = async () => true;
let current = '';

/** @param {{tenant?: string, screen?: string, id?: any, query?: Record<string, any>}} place */
export function link({ tenant, screen, id, query }) {
  const parts = [tenant, screen, id].filter((each) => each !== undefined && each !== '').map((each) => encodeURIComponent(String(each)));
  return `#/${parts.join('/')}${queryText(query ?? {})}`;
}

/** The link to a place. @param {string} tenant @param {string} [screen] @param {any} [id] @param {Record<string, any>} [query] */
export function to(tenant, screen, id, query) {
  return link({ tenant, screen, id, query });
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @returns {Place} */
export function here() {
  const [route, asked] = location.hash.replace(/^#\/?/, '').split('?');
  const [tenant = '', screen = '', id = ''] = route.split('/').map(decode);
  return { tenant, screen, id, query: Object.fromEntries(new URLSearchParams(asked ?? '')) };
}

/** @param {Partial<Place>} place */
export function go(place) {
  location.hash = link(place);
}

/** Another search at the same place, for the address alone: the screen that shows it stays. @param {Record<string, any>} query */
export function search(query) {
  history.replaceState(null, '', link({ ...here(), query }));
  current = location.hash;
}

/** Shows the place anew. */
export function again() {
  show(here());
}

/**
 * What is asked before the place is left, while something is not saved.
 * @param {(() => Promise<boolean>) | null} asks  answers whether it may be left
 */
export function guard(asks) {
  mayLeave = asks ?? (async () => true);
  window.onbeforeunload = asks ? (event) => event.preventDefault() : null;
}

async function changed() {
  if (location.hash === current) return;
  const wanted = location.hash;
  if (current && window.onbeforeunload) {
    history.replaceState(null, '', current);
    if (!(await mayLeave())) return;
    guard(null);
    history.pushState(null, '', wanted);
  }
  current = location.hash;
  show(here());
}

/** @param {(place: Place) => void} listener */
export function start(listener) {
  show = listener;
  window.addEventListener('hashchange', changed);
  window.addEventListener('popstate', changed);
  current = location.hash;
  show(here());
}
