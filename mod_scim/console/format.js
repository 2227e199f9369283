/** Numbers, times and words as people read them. Times come in UTC and are shown in the reader's own zone. */

const LANGUAGE = 'en-GB';
const number = new Intl.NumberFormat(LANGUAGE);
const relative = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: 'auto' });
const names = new Intl.ListFormat(LANGUAGE);

/** @param {Intl.DateTimeFormatOptions} options @returns {(iso: string) => string} */
function writer(options) {
  const format = new Intl.DateTimeFormat(LANGUAGE, options);
  return (iso) => format.format(new Date(iso));
}

export const exactly = writer({ dateStyle: 'full', timeStyle: 'long' });
export const date = writer({ day: 'numeric', month: 'short', year: 'numeric' });
export const hour = writer({ hour: '2-digit', minute: '2-digit' });
const seconds = writer({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayOfYear = writer({ day: 'numeric', month: 'long' });

/** @param {number | null | undefined} value */
export const count = (value) => (value === null || value === undefined ? '–' : number.format(value));

/** "1 user", "12 users". @param {number} value @param {string} one @param {string} [more] */
export const many = (value, one, more = `${one}s`) => `${count(value)} ${value === 1 ? one : more}`;

/** @param {number} value */
export const people = (value) => many(value, 'person', 'people');

/** "a, b and c" @param {string[]} texts */
export const listed = (texts) => names.format(texts);

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [['year', 31557600], ['month', 2629800], ['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];

/** "12 minutes ago", "in 9 days" @param {string} iso */
export function ago(iso) {
  const gap = (Date.parse(iso) - Date.now()) / 1000;
  if (Math.abs(gap) < 45) return gap < 0 ? 'just now' : 'in a moment';
  const [unit, size] = UNITS.find(([, length]) => Math.abs(gap) >= length * 0.95) ?? UNITS[5];
  return relative.format(Math.round(gap / size), unit);
}

/** "today 09:12", "21 November 09:12", "3 March 2025" @param {string} iso */
export function moment(iso, time = hour) {
  const then = new Date(iso);
  const now = new Date();
  if (then.toDateString() === now.toDateString()) return `today ${time(iso)}`;
  return then.getFullYear() === now.getFullYear() ? `${dayOfYear(iso)} ${time(iso)}` : date(iso);
}

/** The same with seconds, for sequences. @param {string} iso */
export const second = (iso) => moment(iso, seconds);

/** "9 days", for a future time @param {string} iso */
export function left(iso) {
  const hours = Math.floor((Date.parse(iso) - Date.now()) / 3600000);
  if (hours >= 24) return many(Math.floor(hours / 24), 'day');
  return hours >= 1 ? many(hours, 'hour') : 'less than an hour';
}

/** "40 minutes", "2 hours", "3 days" @param {number} value  minutes */
export function minutes(value) {
  if (value < 120) return many(value, 'minute');
  return value < 2880 ? many(Math.round(value / 60), 'hour') : many(Math.round(value / 1440), 'day');
}

/** "740 kB", "3.2 MB" @param {number} value */
export function bytes(value) {
  return value < 1e6 ? `${count(Math.ceil(value / 1000))} kB` : `${number.format(Math.round(value / 1e5) / 10)} MB`;
}

/** The value of an <input type=datetime-local>. @param {string | null} iso */
export function toLocal(iso) {
  if (!iso) return '';
  const then = new Date(iso);
  return new Date(then.getTime() - then.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

/** @param {string} local */
export const fromLocal = (local) => (local ? new Date(local).toISOString() : null);

/** A value of the API as text. @param {any} value @returns {string} */
export function plain(value) {
  if (value === null || value === undefined || value === '') return '–';
  if (value === true) return 'yes';
  if (value === false) return 'no';
  if (Array.isArray(value)) return value.length ? value.map(plain).join(', ') : 'none';
  if (typeof value === 'object') return value.displayName ?? value.value ?? value.name ?? JSON.stringify(value);
  return String(value);
}
