/** Types of the console's JavaScript, only for `tsc --checkJs`: no browser loads this file. */

type Part = Node | string | number | boolean | null | undefined;
/** The content of an element; false, null and undefined are nothing. */
type Child = Part | Part[] | Part[][];
/** Properties of an element: onclick and the like are functions, true is an attribute without a value. */
type Properties = Record<string, any>;
/** An object, or an entry of a list, in the admin API's answer. */
type Row = any;
type Values = Record<string, any>;

interface Answer {
  data: any;
  etag: string | null;
}

/** The parsed address. */
interface Address {
  tenant: string;
  screen: string;
  id: string;
  query: Record<string, string>;
}

/** An argument of an operation, or a member of its answer. */
interface Field {
  name: string;
  type: string;
  enum?: string[];
  format?: string;
  nullable: boolean;
  required: boolean;
  help: string;
  /** the same in plain words, if words.json has them */
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
  /** arguments with which a further request continues */
  pieces: string[];
  answer: Field[];
  /** its answer is a page of a list */
  list: boolean;
  /** a list that is also available as CSV and as JSON lines */
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

/** A dialog. An error of `work` is shown and leaves it open; `stays`: Escape does not close it. */
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

/** A field that suggests names during typing. */
interface Typeahead {
  label: string;
  placeholder?: string;
  kind?: string;
  /** the text of its button */
  action?: string;
  suggest: (text: string) => Promise<{ value: string; text?: string }[]>;
  choose: (value: string) => any;
}

/** The form of an operation. `start`: the present values, so that only differences are sent. */
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

/** A list. `fixed` is always sent; `hide` names filters that are not offered; `bare`: a part of a screen, not in the address. */
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
