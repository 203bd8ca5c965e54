import { viewLimits } from '../limits.ts';

/**
 * What surrounds a view's functions inside the sandbox, evaluated before them: a function that takes the two and gives what the
 * server calls. It holds on to what it uses of the language, so that a view may spoil its own globals; whatever a view does, the
 * result is text that the other side checks. `+` in front of a result means a value, `-` an error.
 */
export const prelude = `
(function (global) {
  'use strict';
  const { parse, stringify } = JSON;
  let open = false, over = false, text = '', rows = 0;
  function json(value) {
    const out = stringify(value);
    return out === undefined ? 'null' : out;
  }
  function say(error) {
    try { return '-' + error; } catch (again) { return '-error'; }
  }
  // Serialised at once: what a map function does to an object afterwards must not reach the index.
  global.emit = function (key, value) {
    if (!open) throw new Error('emit() outside of the map function');
    const row = '[' + json(key) + ',' + json(value) + ']';
    if (rows >= ${viewLimits.rowsOfDocument} || text.length + row.length > ${viewLimits.bytesOfDocument}) {
      over = true;
      open = false;
      throw new RangeError('too many rows of one document');
    }
    text += rows === 0 ? row : ',' + row;
    rows += 1;
  };
  global.sum = function (values) { return values.reduce(function (a, b) { return a + b; }, 0); };
  global.dateToArray = function (when) {
    const d = new Date(when);
    return [d.getUTCFullYear(), d.getUTCMonth() + 1, d.getUTCDate(), d.getUTCHours(), d.getUTCMinutes(), d.getUTCSeconds()];
  };
  return function (map, reduce) {
    return {
      map: function (doc, meta) {
        open = true;
        over = false;
        text = '';
        rows = 0;
        try {
          map(parse(doc), parse(meta));
          return over ? '-more than ${viewLimits.rowsOfDocument} rows or ${viewLimits.bytesOfDocument} bytes' : '+[' + text + ']';
        } catch (error) {
          return say(error);
        } finally {
          open = false;
          text = '';
        }
      },
      reduce: function (keys, values) {
        try {
          const list = parse(keys);
          return '+' + json(reduce(list, parse(values), list === null));
        } catch (error) {
          return say(error);
        }
      },
    };
  };
})(globalThis)
`;
