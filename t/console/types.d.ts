/** Types of the console's JavaScript, for `tsc --checkJs` alone: no browser loads this file. */

type Part = Node | string | number | boolean | null | undefined;
/** What an element may hold; false, null and undefined are nothing. */
type Child = Part | Part[] | Part[][];
/** Properties of an element: onclick and the like are functions, true is an attribute without a value. */
type Properties = Record<string, any>;
/** A thing, or an entry of a list, as the admin API answers it. */
type Row = any;
type Values = Record<string, any>;

interface Answer {
  data: any;
  etag: string | null;
}

/** What the address says. */
interface Address {
  tenant: string;
  screen: string;
  id: string;
  query: Record<string, string>;
}

/** An argument of an operation, or a member of what it answers. */
interface Field {
  name: string;
  type: string;
  enum?: string[];
  format?: string;
  nullable: boolean;
  required: boolean;
  help: string;
  /** the same in plain words, where words.json has them */
  text?: string;
  items?: any;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  /** 'query', 'body' or 'answer' */
  in: string;
}

interface Operation {
  id: string;
  noun: string;
  verb: string;
  method: string;
  path: string;
  summary: string;
  segments: string[];
  query: Field[];
  body: Field[];
  /** arguments by which a further request goes on */
  pieces: string[];
  answer: Field[];
  /** its answer is a page of a list */
  list: boolean;
  /** a list that is also given as CSV and as JSON lines */
  files: boolean;
}

interface Column {
  head: string;
  num?: boolean;
  cell: (row: Row) => Child;
}

/** A field of a form. */
interface Control {
  element: any;
  read: () => any;
  mark: (text: string) => void;
  field: Field;
}

type Place = ReturnType<typeof import('../../mod_scim/console/place.js').placeAt>;
type View = (place: Place) => Promise<Child>;

/** A dialog. What `work` throws is shown and leaves it open; `stays`: Escape does not close it. */
interface Question {
  title: Child;
  body: Child;
  action?: string;
  danger?: boolean;
  large?: boolean;
  cancel?: string;
  stays?: boolean;
  work?: () => any;
}

/** A field that suggests names while one types. */
interface Typeahead {
  label: string;
  placeholder?: string;
  kind?: string;
  /** the text of its button */
  action?: string;
  suggest: (text: string) => Promise<{ value: string; text?: string }[]>;
  choose: (value: string) => any;
}

/** The form of an operation. `start`: what is there already, so that only what differs is sent. */
interface FormOptions {
  operation: Operation;
  start?: any;
  only?: string[];
  action: string;
  submit: (values: Values) => Promise<any>;
  extra?: Child;
  /** the form is in a dialog, which Cancel closes */
  cancel?: boolean;
}

/** A list. `fixed` is always asked; `hide` names filters that are not offered; `bare`: a part of a screen, unknown to the address. */
interface ListOptions {
  operation: string;
  values?: Values;
  fixed?: Values;
  hide?: string[];
  columns?: Column[];
  nothing: Child;
  bare?: boolean;
  limit?: number;
}

/** The guide of an identity provider (mod_scim/console/guides). */
interface Guide {
  id: string;
  name: string;
  short: string;
  suffix?: string;
  steps: { text: string; copy?: 'url' | 'tokenUrl' | 'token' }[];
  mapping: { from: string; to: string; note?: string }[];
  test: { method: string; path: string; expect: string }[];
  expect: string[];
  trouble: { see: string; do: string }[];
}
