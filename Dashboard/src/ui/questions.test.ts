import { describe, expect, it } from 'vitest';
import { exampleIn, readDate, readNumber, wrongColumns } from './questions';

describe('what a file leaves open', () => {
  it.each([
    ['43.250', '.', '43.25'],
    ['43.250', ',', '43,250'],
    ['43,250.5', '.', '43,250.5'],
    ['$1,234', ',', '1.234'],
    ['—', '.', '–'],
  ] as const)('reads %s with a decimal %s as %s', (cell, mark, shown) => expect(readNumber(cell, mark)).toBe(shown));

  it.each([
    ['01/02/2024 09:30', 'dmy', 'February 1, 2024'],
    ['01/02/2024', 'mdy', 'January 2, 2024'],
    ['31/01/2024', 'mdy', undefined],
    ['no date', 'dmy', undefined],
  ] as const)('reads %s as %s', (cell, order, shown) => expect(readDate(cell, order)).toBe(shown));

  it.each([
    [['Is not clear from the file: ‘x’'], undefined],
    [["Is not clear from the file: '43.250' may be a fraction or thousands."], '43.250'],
    [undefined, undefined],
  ])('takes the example out of %j', (messages, example) => expect(exampleIn(messages)).toBe(example));

  it.each([
    ['number,type,time,,price', undefined],
    ['number,type,,,price', 'Mark the columns that hold “Date and time”.'],
    ['', 'Mark the columns that hold “Trade number”, “Entry or exit”, “Date and time”, “Price”.'],
    ['number,type,time,price,price', 'Two columns are marked as “Price”. Keep one.'],
  ])('knows what is wrong with the columns %s', (columns, why) => expect(wrongColumns(columns)).toBe(why));
});
