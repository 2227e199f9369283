/** The address identifies the place: #/TENANT/SCREEN/ID?search. A screen that is left while it loads is not shown, and
 * leaving unsaved changes asks first. */
import { queryText } from './api.js';

/** @type {(address: Address) => void} */
let show = () => {};
/** @type {() => Promise<boolean>} */
let mayLeave = async () => true;
let current = '';

/** @param {{tenant?: string, screen?: string, id?: any, query?: Values}} place */
export function link({ tenant, screen, id, query }) {
  const parts = [tenant, screen, id].filter((each) => each !== undefined && each !== '');
  return `#/${parts.map((each) => encodeURIComponent(String(each))).join('/')}${queryText(query ?? {})}`;
}

/** @param {string} text */
export function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @returns {Address} */
export function here() {
  const [route, asked] = location.hash.replace(/^#\/?/, '').split('?');
  const [tenant = '', screen = '', id = ''] = route.split('/').map(decode);
  return { tenant, screen, id, query: Object.fromEntries(new URLSearchParams(asked ?? '')) };
}

/** @param {Partial<Address>} place */
export function go(place) {
  location.hash = link(place);
}

/** Another search at the same place, in the address only: the screen that shows it stays. @param {Values} query */
export function search(query) {
  history.replaceState(null, '', link({ ...here(), query }));
  current = location.hash;
}

/** Shows the place again. */
export const again = () => show(here());

/** Sets the question that is asked before somebody leaves a screen with unsaved changes.
 * @param {(() => Promise<boolean>) | null} asks  answers whether it may be left */
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

/** @param {(address: Address) => void} listener */
export function start(listener) {
  show = listener;
  window.addEventListener('hashchange', changed);
  window.addEventListener('popstate', changed);
  current = location.hash;
  show(here());
}
