/** Numbers, times and words as people read them. Times come in UTC and are shown in the reader's own zone. */

const LANGUAGE = 'en-GB';
const number = new Intl.NumberFormat(LANGUAGE);
const relative = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: 'auto' });
const exact = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: 'full', timeStyle: 'long' });
const day = new Intl.DateTimeFormat(LANGUAGE, { day: 'numeric', month: 'short', year: 'numeric' });
const dayOfYear = new Intl.DateTimeFormat(LANGUAGE, { day: 'numeric', month: 'long' });
const seconds = new Intl.DateTimeFormat(LANGUAGE, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const clock = new Intl.DateTimeFormat(LANGUAGE, { hour: '2-digit', minute: '2-digit' });
const names = new Intl.ListFormat(LANGUAGE);

export function count(value) {
  return value === null || value === undefined ? '–' : number.format(value);
}

/** "1 user", "12 users". @param {number} value @param {string} one @param {string} [more] */
export function many(value, one, more = `${one}s`) {
  return `${count(value)} ${value === 1 ? one : more}`;
}

/** "a, b and c" @param {string[]} texts */
export function listed(texts) {
  return names.format(texts);
}

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [['year', 31557600], ['month', 2629800], ['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];

/** "12 minutes ago", "in 9 days" @param {string} iso */
export function ago(iso) {
  const gap = (Date.parse(iso) - Date.now()) / 1000;
  if (Math.abs(gap) < 45) return gap < 0 ? 'just now' : 'in a moment';
  const [unit, size] = UNITS.find(([, length]) => Math.abs(gap) >= length * 0.95) ?? UNITS[5];
  return relative.format(Math.round(gap / size), unit);
}

export function exactly(iso) {
  return exact.format(new Date(iso));
}

/** "today 09:12", "21 November 09:12", "3 March 2025" @param {string} iso */
export function moment(iso, time = clock) {
  const then = new Date(iso);
  const now = new Date();
  if (then.toDateString() === now.toDateString()) return `today ${time.format(then)}`;
  if (then.getFullYear() === now.getFullYear()) return `${dayOfYear.format(then)} ${time.format(then)}`;
  return day.format(then);
}

/** The same with seconds, for what comes one after the other. @param {string} iso */
export function second(iso) {
  return moment(iso, seconds);
}

export function date(iso) {
  return day.format(new Date(iso));
}

export function hour(iso) {
  return clock.format(new Date(iso));
}

/** "9 days", of a time to come @param {string} iso */
export function left(iso) {
  const days = Math.floor((Date.parse(iso) - Date.now()) / 86400000);
  if (days >= 1) return many(days, 'day');
  const hours = Math.floor((Date.parse(iso) - Date.now()) / 3600000);
  return hours >= 1 ? many(hours, 'hour') : 'less than an hour';
}

/** "40 minutes", "2 hours", "3 days" @param {number} value  minutes */
export function minutes(value) {
  if (value < 120) return many(value, 'minute');
  return value < 2880 ? many(Math.round(value / 60), 'hour') : many(Math.round(value / 1440), 'day');
}

/** What a field of <input type=datetime-local> holds. @param {string | null} iso */
export function toLocal(iso) {
  if (!iso) return '';
  const then = new Date(iso);
  return new Date(then.getTime() - then.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

export function fromLocal(local) {
  return local ? new Date(local).toISOString() : null;
}

/** A value of the API as text. @param {any} value @returns {string} */
export function plain(value) {
  if (value === null || value === undefined || value === '') return '–';
  if (value === true) return 'yes';
  if (value === false) return 'no';
  if (Array.isArray(value)) return value.length ? value.map(plain).join(', ') : 'none';
  if (typeof value === 'object') return value.displayName ?? value.value ?? value.name ?? JSON.stringify(value);
  return String(value);
}
