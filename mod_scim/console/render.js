/** Creates elements. Text is always written as text: nothing in the console makes markup from data. */

const SVG = 'http://www.w3.org/2000/svg';
const AS_PROPERTY = new Set(['value', 'checked', 'disabled', 'selected', 'open', 'indeterminate']);

/** Where a link may lead: within the console, to a file below it, or to another web site. @param {unknown} href */
export function safeLink(href) {
  const text = String(href);
  return /^(#|https?:\/\/|[a-z0-9-]+(\/|$|\?))/i.test(text) && !/^[a-z0-9+.-]*script:/i.test(text) ? text : '#';
}

/** @param {Element} element @param {string} name @param {any} value */
function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (typeof value === 'function') element.addEventListener(name.slice(2), value);
  else if (AS_PROPERTY.has(name)) /** @type {any} */ (element)[name] = value;
  else if (/^on|^style$|^src/i.test(name)) throw new Error(`${name} is not set here`);
  else element.setAttribute(name, value === true ? '' : name === 'href' ? safeLink(value) : String(value));
}

/** Puts children into an element. @param {Element | DocumentFragment} element @param {...Child} children */
export function add(element, ...children) {
  for (const child of /** @type {Part[]} */ (children.flat(3))) {
    if (child === null || child === undefined || child === false || child === true || child === '') continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/** @param {string | null} space @param {string} tag  a name, and classes behind dots: 'section.card.wide'
 * @param {any} first @param {Child[]} children */
function make(space, tag, first, children) {
  const [name, ...classes] = tag.split('.');
  const element = space ? document.createElementNS(space, name) : document.createElement(name);
  const plain = first && typeof first === 'object' && !Array.isArray(first) && !(first instanceof Node);
  if (classes.length) element.setAttribute('class', classes.join(' '));
  if (plain) for (const key of Object.keys(first)) set(element, key, first[key]);
  add(element, plain ? null : first, ...children);
  return element;
}

/** An element: h('p.soft', {title: 'x'}, 'text', h('b', 'bold')). The properties may be left out.
 * @param {string} tag @param {Properties | Child} [first] @param {...Child} children @returns {any} */
export function h(tag, first, ...children) {
  return make(null, tag, first, children);
}

/** An element of a drawing. @param {string} tag @param {Properties | Child} [first] @param {...Child} children */
export function svg(tag, first, ...children) {
  return make(SVG, tag, first, children);
}

/** Replaces an element's content and keeps the focus. @param {?Element} element @param {...Child} children */
export function fill(element, ...children) {
  const at = document.activeElement;
  const within = at && at !== element && element?.contains(at) ? at : null;
  const alike = () => [...(within && element ? element.querySelectorAll(within.tagName) : [])];
  const called = (/** @type {any} */ each) => each.getAttribute('aria-label') ?? each.value ?? each.textContent;
  const place = within ? alike().indexOf(within) : -1;
  element?.replaceChildren(add(document.createDocumentFragment(), ...children));
  const now = alike();
  const again = within && (now.find((each) => called(each) === called(within)) ?? now[place]);
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
}

/** @param {string} id @returns {HTMLElement} */
export function part(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

let ids = 0;

/** An id that no other element has. */
export function newId() {
  return `n${++ids}`;
}
