import { describe, expect, test } from 'vitest';
import { allFigures, loadsFor, needsPsql, needsServer } from '../../../../scripts/bench/figure-loads.ts';
import { describeCommand, parseOptions } from '../../../../scripts/bench/options.ts';

describe('options', () => {
  test('without any, everything is measured five times with 200,000 documents', () => {
    const options = parseOptions([])!;
    expect(options).toMatchObject({ documents: 200_000, rounds: 5, json: false });
    expect(options.shapes).toEqual(['nested', 'flat', 'transformed', 'orders']);
    expect([...options.figures]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15]);
    expect(options.target).toBeUndefined();
  });

  test('lists keep the usual order, whatever order they come in', () => {
    const { shapes, figures } = parseOptions(['--shapes', 'flat,nested', '--figures', '13, 1'])!;
    expect(shapes).toEqual(['nested', 'flat']);
    expect([...figures]).toEqual([1, 13]);
  });

  test.each([
    [['--documents', '10'], /--documents takes a whole number of at least 1000/],
    [['--rounds', '1.5'], /--rounds takes a whole number/],
    [['--figures', '1,11'], /--figures takes .*, not 11/],
    [['--shapes', ''], /--shapes takes nested, flat/],
    [['--unknown'], /--unknown/],
  ])('%j is refused', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });

  test('a wish for help is no run', () => {
    expect(parseOptions(['--help'])).toBeUndefined();
  });
});

test.each([
  [['--target', 'postgres://u:secret@h/d', '--rounds', '3'], '--target URI --rounds 3'],
  [['--json', '--target=postgres://u:secret@h/d?a=b'], '--json --target=URI'],
  [['--cli', '/home/somebody/main.js'], '--cli FILE'],
])('the command that is shown for %j is %s', (args, expected) => {
  expect(describeCommand(args)).toBe(`npm run bench -- ${expected}`);
});

describe('loads', () => {
  test('a figure brings both loads that it compares, and no others', () => {
    expect(loadsFor(new Set([4]), 'flat')).toEqual(['B2', 'docrow-2']);
    expect(loadsFor(new Set([1, 13]), 'nested')).toEqual(['B1', 'T1', 'docrow-1', 'docrow-live']);
  });

  test('CPU time and memory alone need no psql', () => {
    const loads = loadsFor(new Set([6, 7]), 'flat');
    expect(loads).toEqual(['docrow-1', 'docrow-2', 'docrow-live']);
    expect(needsPsql(loads)).toBe(false);
    expect(needsServer(loads)).toBe(true);
  });

  test('loads from files need no MongoDB server', () => {
    expect(needsServer(loadsFor(new Set([1, 2, 3, 4, 9]), 'nested'))).toBe(false);
    expect(needsPsql(loadsFor(new Set([9]), 'flat'))).toBe(true);
  });

  test('a figure brings nothing to shapes that it is not measured with', () => {
    const all = new Set(allFigures);
    expect(loadsFor(all, 'transformed')).toEqual(['B1', 'docrow-1']);
    expect(loadsFor(all, 'orders')).toEqual(['B1', 'docrow-1']);
    expect(loadsFor(new Set([1, 5, 14, 15]), 'flat')).toEqual([]);
  });

  test('a dump is inspected without psql and without a server', () => {
    const loads = loadsFor(new Set([15]), 'nested');
    expect(loads).toEqual(['docrow-inspect']);
    expect([needsPsql(loads), needsServer(loads)]).toEqual([false, false]);
  });
});
